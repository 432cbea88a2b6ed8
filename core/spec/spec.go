// Package spec is the one document that nono turns on: the fully resolved
// policy of one sandbox, as nono-run writes it, nono-exec-shim applies it and
// nono-why answers from it. It is described for people in nono-spec(5).
//
// The package is pure: it opens no file and asks the kernel nothing. It avoids
// fmt and encoding/json because the shim links it.
package spec

import "strings"

// MaxSize is the largest document Parse accepts, in bytes.
const MaxSize = 16 << 20

// Kind is the directive of a path line: what it grants or takes.
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
	Deny                       // nothing at or beneath, whatever is granted above
	DenyWrite                  // at or beneath, what changes something is taken away
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

// KindOf returns the directive that is spelled so in a document, or 0.
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

// Writes reports whether the directive lets something be changed.
func (k Kind) Writes() bool {
	return k == Write || k == Allow || k == WriteFile || k == AllowFile || k == Device || k == Temp
}

// Directory reports whether the directive names a directory.
func (k Kind) Directory() bool { return k == Read || k == Write || k == Allow || k == Temp }

// File reports whether the directive names one thing that must not be a
// directory.
func (k Kind) File() bool {
	return k == ReadFile || k == WriteFile || k == AllowFile
}

// Path is one path line.
type Path struct {
	Kind Kind
	// Path is absolute and clean. The path of a grant has no symlink when the spec is
	// made; if a symlink has appeared since, applying the spec fails. The path of a deny
	// may be a symlink: the deny covers that name, and another line covers the target.
	Path string
	// Optional (a `?` behind the directive) lets the path be missing. On a deny
	// it changes nothing: a denied path is kept absent.
	Optional bool
	// By says where the line comes from.
	By Origin
	// Line is the number of the line that Parse read, from 1; 0 for a line not yet printed.
	Line int
	// Until is when the grant ends, in seconds of CLOCK_BOOTTIME: set in Spec.Ending,
	// and 0 elsewhere.
	Until int64
}

// Spec is one sandbox's policy. The zero value grants nothing at all.
type Spec struct {
	Paths []Path
	Switches
	// Supervise are the groups of system calls that a supervisor is asked about,
	// in their order and each once; none where there is no supervisor.
	Supervise []Trap
	// Hosts are where the supervisor lets the command connect to. With any, Net is
	// false: nothing else of the network can be reached.
	Hosts []Host
	// EndingHosts are granted for a time. Only the supervisor gives them, as it does Hosts.
	EndingHosts []Host
	// HostDenies take away from Hosts, whatever these give.
	HostDenies []Host
	// Listens are where from outside the servers inside can be reached, on the same port
	// inside. Each is one address with a port.
	Listens []Host
	// Ports are the TCP ports that may be connected to although Net is not allowed.
	Ports []Port
	// Ending are grants that end. Only the supervisor gives them; the kernel's rules
	// never do.
	Ending []Path
	// Askable are what a person may be asked for, and what not: grants, and denies that
	// hold against these alone. The kernel's rules know none of it.
	Askable []Path
	// AskableHosts are what a person may be asked for beside Hosts.
	AskableHosts []Host
	// Unasked are grants that no answer may give: at a path and above, or, where the path
	// is empty, anywhere.
	Unasked []Path
	// Ends is when the supervisor ends the command, in seconds of CLOCK_BOOTTIME; 0
	// for never.
	Ends int64
	// Supervisor are the lines that only a supervisor acts on. Parse leaves them as they
	// are, and package document makes of them what stands above.
	Supervisor []Line
	// KeepFDs are the inherited descriptors above 2 that the command keeps.
	KeepFDs []int
}

// A Line is one line of a document: from 1, its first word, and what stands behind.
type Line struct {
	Line int
	Word string
	Args []string
}

// Join returns the path of name in dir. Neither is cleaned.
func Join(dir, name string) string {
	if dir == "/" {
		return "/" + name
	}
	return dir + "/" + name
}

// Parent returns the directory of an absolute path, going by the names alone.
// The parent of "/" is "/".
func Parent(path string) string {
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		return path[:i]
	}
	return "/"
}

// Base returns the last component of a path: "" for "/".
func Base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// Within reports whether path is dir or lies beneath it, going by the names alone.
// Both must be absolute and clean.
func Within(path, dir string) bool { return path == dir || Beneath(path, dir) }

// Beneath reports whether path lies strictly beneath dir, going by the names
// alone. Both must be absolute and clean.
func Beneath(path, dir string) bool {
	if dir == "/" {
		return path != "/"
	}
	return len(path) > len(dir) && path[len(dir)] == '/' && path[:len(dir)] == dir
}
