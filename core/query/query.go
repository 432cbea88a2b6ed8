// Package query says what a spec lets through, and why. Its verdicts on Linux
// come from the very rules that core/carve makes for the shim, over the disk as
// it is, and follow the order in which the kernel looks at a path; the oracle in
// tests/oracle holds them against the kernel.
//
// It changes nothing on disk and reads no file but symlinks and, to tell whether
// a program would start, the program's first bytes.
package query

import (
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/kernel/clock"
	"github.com/nono-sandbox/nono/core/spec"
)

// Op is what is asked about. Its text is what --op takes.
type Op string

// The operations. Each is one system call, so that it has one answer.
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
	NotRestricted   Reason = "not_restricted" // nothing nono keeps stands against it
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
	OutsideProcess     Reason = "process_outside"         // a look into a process that is not in the sandbox
	SinceTheStart      Reason = "differs_from_the_kernel" // the running sandbox answers otherwise than its spec
)

// Why something fails whatever the policy says.
const (
	FilePermissions Reason = "file_permissions"
	DoesNotExist    Reason = "does_not_exist"
	Exists          Reason = "exists"
	NotADirectory   Reason = "not_a_directory"
	IsADirectory    Reason = "is_a_directory"
	NotSuitable     Reason = "wrong_kind" // a socket that is to be read, a directory to be linked
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
	// Resolved is where Path leads, free of symlinks; empty if it leads nowhere.
	Resolved string
	To       string
	// Exists tells whether Path exists. Reading what does not is answered as if
	// it were made by someone else after the start.
	Exists bool
	// Errno is the name of the error that the system call returns, or empty if
	// it succeeds.
	Errno string
	// Line is the line of the spec that decided; nil if it is none.
	Line *spec.Path
	// Also is the second line, where two lines allowed it together.
	Also *spec.Path
	// Category is the kind of thing that a deny protects: "SSH keys".
	Category string
	// EnforcedBy is what holds a denial: "Landlock", "seccomp", "file
	// permissions", "the file system".
	EnforcedBy string
	// Lacking is where the policy stands against it: Resolved, a directory of
	// it, or the interpreter or loader of a program. It is empty where the policy
	// does not, or is not about a path.
	Lacking string
	// Suggestion would allow it; nil where none is known. Package advice finds it.
	Suggestion *Suggestion
	// Profiles are names of profiles that would allow it too.
	Profiles []string
	// Host, Port and Protocol are the question where it is about the network,
	// Command where it is about a command; Op and Path are empty then.
	Host, Protocol string
	Port           int
	Command        string
	// Until is when a grant ends that allows it, in seconds of CLOCK_BOOTTIME; 0 for
	// never.
	Until int64
	// Asks tells that a person is asked about it when it is tried.
	Asks bool
	// Note is one more sentence for people, or empty.
	Note string
}

// ByPolicy reports whether it is denied, and the policy is the reason: then a
// change of the policy may allow it.
func (v *Verdict) ByPolicy() bool {
	switch v.Reason {
	case SensitivePath, BlockedCommand, NotInAllowedPaths, InsufficientAccess, ChainDirectory, RmdirBlocked, NetworkBlocked, HostNotGranted, HostDenied,
		UnixSocketBlocked, TruncateRefused, DeviceNode, MoreRightsThere, NoReparenting, OutsideProcess:
		return v.Status == Denied
	}
	return false
}

// EndsIn is for how many whole seconds it is allowed from now on, where Until says that
// this ends.
func (v *Verdict) EndsIn() int64 { return clock.SecondsTo(v.Until) }

// GrantedBy returns what the line that allowed it is there by, or "".
func (v *Verdict) GrantedBy() string {
	if v.Line != nil && v.Line.Kind.Grants() {
		return v.Line.By.String()
	}
	return ""
}
