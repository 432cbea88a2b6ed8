// Package spec is the document that describes one sandbox: the policy, fully resolved.
// nono-run writes it, nono-exec-shim applies it, and nono-why answers from it.
// nono-spec(5) describes the document for people.
//
// The package opens no file and asks the kernel nothing. It does not use fmt and
// encoding/json, because the shim links it.
package spec

import "strings"

// MaxSize is the largest document Parse accepts, in bytes.
const MaxSize = 16 << 20

// A Kind is the directive of a line with a path: it grants rights or takes them away.
type Kind uint8

// The path directives. The first group grants, the last two take away.
const (
	Read       Kind = iota + 1 // a directory: list, read and execute beneath it
	Write                      // a directory: create, write, rename and remove files beneath it
	Allow                      // Read and Write together
	ReadFile                   // one file, never a directory: read and execute
	WriteFile                  // one file: write and truncate
	AllowFile                  // ReadFile and WriteFile together
	Device                     // a device, or a directory of devices: read, write and ioctl
	Temp                       // Allow, and directories beneath may be removed
	UnixSocket                 // connect to the Unix socket at this path, or to those beneath a directory
	Deny                       // takes all rights away, at the path and beneath
	DenyWrite                  // takes the rights away that change something, at the path and beneath
)

var kindNames = [...]string{
	Read: "read", Write: "write", Allow: "allow",
	ReadFile: "read-file", WriteFile: "write-file", AllowFile: "allow-file",
	Device: "device", Temp: "temp", UnixSocket: "unix-socket",
	Deny: "deny", DenyWrite: "deny-write",
}

// String returns the directive as it stands in the document.
func (k Kind) String() string {
	if int(k) < len(kindNames) && k != 0 {
		return kindNames[k]
	}
	return "?"
}

// KindOf returns the Kind whose String is word, or 0.
func KindOf(word string) Kind {
	for k, name := range kindNames {
		if name == word && word != "" {
			return Kind(k)
		}
	}
	return 0
}

// Grants reports whether the directive gives a right. Deny and DenyWrite, which
// take rights away, do not.
func (k Kind) Grants() bool { return k != Deny && k != DenyWrite }

// Writes reports whether the directive grants a right to change something.
func (k Kind) Writes() bool {
	return k == Write || k == Allow || k == WriteFile || k == AllowFile || k == Device || k == Temp
}

// Directory reports whether the directive names a directory.
func (k Kind) Directory() bool { return k == Read || k == Write || k == Allow || k == Temp }

// File reports whether the directive names one file, which must not be a directory.
func (k Kind) File() bool {
	return k == ReadFile || k == WriteFile || k == AllowFile
}

// A Path is one line with a path.
type Path struct {
	Kind Kind
	// Path is absolute and clean. The path of a grant has no symlink when the spec is
	// made; if a symlink has appeared since, applying the spec fails. The path of a deny
	// may be a symlink: the deny covers that name, and another line covers the target.
	Path string
	// Optional (a `?` after the directive) means that a grant is skipped if the path is
	// missing. It changes nothing for a deny: a missing denied path cannot be made.
	Optional bool
	By       Origin
	// Line is the number of the line that Parse read, from 1; 0 for a line not yet printed.
	Line int
	// Until is the time when the grant ends, in seconds of CLOCK_BOOTTIME. It is set only
	// in Spec.Ending.
	Until int64
}

// A Spec is the policy of one sandbox. The zero Spec grants nothing.
type Spec struct {
	Paths []Path
	Switches
	// Supervise are the groups of system calls that the kernel asks a supervisor about,
	// sorted, each once. Without a supervisor there are none.
	Supervise []Trap
	// Ports are the TCP ports that the command may connect to although Net is false.
	Ports []Port
	// KeepFDs are the inherited descriptors above 2 that the command keeps.
	KeepFDs []int
	// Supervisor are the lines for a supervisor. Parse does not read them further: package
	// document makes the fields below from them. The rules of the kernel do not depend on
	// these fields.
	Supervisor []Line

	// Hosts are the hosts that the supervisor connects to. If there is one, Net is false:
	// the command can reach nothing else of the network.
	Hosts []Host
	// EndingHosts are Hosts whose grants end.
	EndingHosts []Host
	// HostDenies are stronger than Hosts and EndingHosts.
	HostDenies []Host
	// Listens are addresses with a port outside. The supervisor connects each to the same
	// port inside.
	Listens []Host
	// Ending are grants that end. The supervisor opens their files for the command.
	Ending []Path
	// Askable are grants that a person may give, and denies that limit only these grants.
	Askable []Path
	// AskableHosts are hosts that a person may grant.
	AskableHosts []Host
	// Unasked are grants that no person may give, at a path and above it; an empty path
	// means everywhere.
	Unasked []Path
	// Ends is the time when the supervisor ends the command, in seconds of
	// CLOCK_BOOTTIME; 0 for never.
	Ends int64
}

// A Line is one line of a document: its number from 1, its first word, and the words after
// it.
type Line struct {
	Line int
	Word string
	Args []string
}

// Join returns the path of name in dir. It cleans neither.
func Join(dir, name string) string {
	if dir == "/" {
		return "/" + name
	}
	return dir + "/" + name
}

// Parent returns the directory of an absolute path, without a look at the disk. The
// parent of "/" is "/".
func Parent(path string) string {
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		return path[:i]
	}
	return "/"
}

// Base returns the last component of a path: "" for "/".
func Base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// Within reports whether path is dir or lies beneath dir, without a look at the disk.
// Both must be absolute and clean.
func Within(path, dir string) bool { return path == dir || Beneath(path, dir) }

// Beneath reports whether path lies beneath dir and is not dir, without a look at the
// disk. Both must be absolute and clean.
func Beneath(path, dir string) bool {
	if dir == "/" {
		return path != "/"
	}
	return len(path) > len(dir) && path[len(dir)] == '/' && path[:len(dir)] == dir
}
