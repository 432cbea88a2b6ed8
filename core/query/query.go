// Package query tells which operations a spec allows, and why. On Linux, it uses the rules
// that core/carve makes for the shim, with the files that are on disk now, and checks a
// path in the order of the kernel. tests/oracle compares its verdicts with the kernel.
//
// The package changes nothing on disk. It reads symlinks and, to tell whether a program
// would start, the first bytes of the program.
package query

import (
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/kernel/clock"
	"github.com/nono-sandbox/nono/core/spec"
)

// An Op is an operation. Its text is the argument of --op.
type Op string

// The operations. Each is one system call, so it has one answer.
const (
	Read      Op = "read"      // open(2) for reading; of a directory, list it
	Write     Op = "write"     // open(2) for writing; of a directory, or of what does not exist, create
	ReadWrite Op = "readwrite" // both
	Execute   Op = "execute"   // execve(2), with the interpreter or loader it names
	List      Op = "list"      // open(2) a directory for reading
	Create    Op = "create"    // open(2) with O_CREAT and O_EXCL
	Delete    Op = "delete"    // unlink(2); of a directory, rmdir
	Rmdir     Op = "rmdir"     // rmdir(2) of an empty directory
	Mkdir     Op = "mkdir"     // mkdir(2)
	Symlink   Op = "symlink"   // symlink(2) at the path
	Mkfifo    Op = "mkfifo"    // mknod(2) of a FIFO
	Mksock    Op = "mksock"    // socket(2) and bind(2) of a Unix socket
	Mkdev     Op = "mkdev"     // mknod(2) of a device
	Truncate  Op = "truncate"  // truncate(2)
	RenameTo  Op = "rename-to" // rename(2) to Question.To
	LinkTo    Op = "link-to"   // link(2) as Question.To
	Ioctl     Op = "ioctl"     // open(2) a device for reading and ioctl(2) on it
	Connect   Op = "connect"   // connect(2) to the Unix socket at the path
	Metadata  Op = "metadata"  // chmod(2), chown(2), utimensat(2), setxattr(2)
)

// Ops are all operations, in the order of the manual.
var Ops = [...]Op{Read, Write, ReadWrite, Execute, List, Create, Delete, Rmdir, Mkdir, Symlink,
	Mkfifo, Mksock, Mkdev, Truncate, RenameTo, LinkTo, Ioctl, Connect, Metadata}

// ParseOp returns the operation of that name.
func ParseOp(name string) (Op, error) {
	for _, o := range Ops {
		if string(o) == name {
			return o, nil
		}
	}
	return "", fault.Text("there is no operation " + fault.Quote(name))
}

// Two reports whether the operation takes a second path.
func (o Op) Two() bool { return o == RenameTo || o == LinkTo }

// A Question is one operation on one path.
type Question struct {
	Op   Op
	Path string // absolute, or relative to the working directory; not cleaned
	To   string // the second path of RenameTo and LinkTo
}

// Status is the verdict in one word.
type Status string

// The statuses.
const (
	Allowed      Status = "allowed"
	Denied       Status = "denied"
	NotSandboxed Status = "not_sandboxed"
)

// Reason says why, as a stable key.
type Reason string

// Why something is allowed.
const (
	ExplicitGrant   Reason = "explicit_grant"
	WithinWorkdir   Reason = "within_workdir"
	SystemPath      Reason = "system_path"
	PrivateTemp     Reason = "private_temp"
	NetworkDefault  Reason = "network_allowed_by_default"
	HostGranted     Reason = "host_granted"
	SocketsAllowed  Reason = "unix_sockets_allowed"
	PortGranted     Reason = "port_granted"
	NotRestricted   Reason = "not_restricted" // no promise of nono covers it
	NotEnforced     Reason = "not_enforced_on_this_kernel"
	NotBlocked      Reason = "not_a_blocked_command"
	OutsideOfAnyone Reason = "not_sandboxed"
)

// Why something is denied by the policy.
const (
	SensitivePath      Reason = "sensitive_path"
	BlockedCommand     Reason = "blocked_command"
	NotInAllowedPaths  Reason = "not_in_allowed_paths"
	InsufficientAccess Reason = "insufficient_access"
	ChainDirectory     Reason = "chain_directory"
	RmdirBlocked       Reason = "directory_deletion_blocked"
	NetworkBlocked     Reason = "network_blocked"
	HostNotGranted     Reason = "host_not_granted"
	HostDenied         Reason = "host_denied"
	PortNotGranted     Reason = "port_not_granted"
	UnixSocketBlocked  Reason = "unix_socket_blocked"
	TruncateRefused    Reason = "truncate_refused"  // truncate(2), on a kernel before Landlock ABI 3
	DeviceNode         Reason = "device_node"       // never made, renamed or linked
	MoreRightsThere    Reason = "more_rights_there" // a rename or link that would gain rights: EXDEV
	NoReparenting      Reason = "no_move_between_directories"
	OutsideProcess     Reason = "process_outside"         // reading of a process that is not in the sandbox
	SinceTheStart      Reason = "differs_from_the_kernel" // the kernel gives another answer than the spec
)

// Why something fails with every policy.
const (
	FilePermissions Reason = "file_permissions"
	DoesNotExist    Reason = "does_not_exist"
	Exists          Reason = "exists"
	NotADirectory   Reason = "not_a_directory"
	IsADirectory    Reason = "is_a_directory"
	NotSuitable     Reason = "wrong_kind" // reading of a socket, a link to a directory
	MountPoint      Reason = "mount_point"
	OtherMount      Reason = "different_mount"
	BadPath         Reason = "bad_path" // too long, a symlink loop, an end that no name is
	CannotStart     Reason = "cannot_start"
)

// A Verdict answers one Question. Its JSON keys are stable.
type Verdict struct {
	Status Status
	Reason Reason
	Op     Op
	Path   string // as asked
	// Resolved is the target of Path, without symlinks; empty if there is none.
	Resolved string
	To       string
	// Exists tells whether Path exists. If it does not, the verdict about reading is for a
	// file that another process makes after the start.
	Exists bool
	// Errno is the name of the error of the system call; empty if the call succeeds.
	Errno string
	// Line is the line of the spec that decided; nil for none.
	Line *spec.Path
	// Also is the second line, if two lines allowed the operation together.
	Also *spec.Path
	// Category is the category of a deny: "SSH keys".
	Category string
	// EnforcedBy says what enforces a denial: "Landlock", "seccomp", "file permissions",
	// "the file system".
	EnforcedBy string
	// Lacking is the path that lacks a right: Resolved, a directory of it, or the
	// interpreter or loader of a program. It is empty if the policy is not the reason, or
	// no path is.
	Lacking string
	// Suggestion would allow the operation; nil if none is known. Package advice finds it.
	Suggestion *Suggestion
	// Profiles are names of profiles that would allow the operation too.
	Profiles []string
	// Host, Port and Protocol are the question about the network, and Command is the
	// question about a command. Op and Path are empty for these.
	Host, Protocol string
	Port           int
	Command        string
	// Until is the time when the grant ends, in seconds of CLOCK_BOOTTIME; 0 for never.
	Until int64
	// Asks: if a program tries the operation, nono asks a person.
	Asks bool
	// Note is one more sentence for people, or empty.
	Note string
}

// ByPolicy reports whether the operation is denied because of the policy: another policy
// may allow it.
func (v *Verdict) ByPolicy() bool {
	switch v.Reason {
	case SensitivePath, BlockedCommand, NotInAllowedPaths, InsufficientAccess, ChainDirectory, RmdirBlocked, NetworkBlocked, HostNotGranted, HostDenied,
		UnixSocketBlocked, TruncateRefused, DeviceNode, MoreRightsThere, NoReparenting, OutsideProcess:
		return v.Status == Denied
	}
	return false
}

// EndsIn returns the whole seconds from now to Until.
func (v *Verdict) EndsIn() int64 { return clock.SecondsTo(v.Until) }

// GrantedBy returns the origin of the line that allowed the operation, or "".
func (v *Verdict) GrantedBy() string {
	if v.Line != nil && v.Line.Kind.Grants() {
		return v.Line.By.String()
	}
	return ""
}
