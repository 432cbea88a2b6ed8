package spec

// Switches are the directives with `allow` (true) or `block` (false). The zero Switches
// allow nothing. Those marked * need a supervisor.
type Switches struct {
	Net          bool // the network; if false, a program can make only Unix sockets
	UnixSockets  bool // connecting to every Unix socket
	Rmdir        bool // removing and renaming directories, beneath a grant to write
	RmdirOwn     bool // * the same, but only for directories that the command made
	BesideDenied bool // * new names in chain directories
	PrivateShm   bool // * new names in /dev/shm; the command cannot use other files there
	Keychain     bool // the Keychain of macOS: every item that macOS gives to a program
	Undo         bool // * changes of data; the supervisor saves the original and makes the change
	Ephemeral    bool // changes of data go to an overlay that is mounted before the shim starts
	IPC          bool // System V IPC and POSIX message queues, which all processes of a user share
	KernelLog    bool // the kernel writes what Landlock denies to its audit log
}

// A Switch is one of these directives.
type Switch struct {
	Word string // the word in the document
	What string // what it allows, for a person
	Flag string // the flag of nono-run that allows it, without its dashes; "" for net
	// Optional: the switch is newer than the format. If a document lacks it, it is off.
	Optional bool
	Rare     bool // printed and shown only if it is on
	of       func(*Switches) *bool
}

// SwitchTable has all switches, in the order of a document. The parser, the printer, the
// flags, profiles and summaries use this table.
var SwitchTable = [...]Switch{
	{"ipc", "System V IPC and message queues", "allow-ipc", true, false, func(s *Switches) *bool { return &s.IPC }},
	{"net", "network", "", false, false, func(s *Switches) *bool { return &s.Net }},
	{"unix-sockets", "Unix sockets outside", "allow-unix-sockets", false, false, func(s *Switches) *bool { return &s.UnixSockets }},
	{"rmdir-own", "removing or renaming its own directories", "allow-rmdir-own", true, true, func(s *Switches) *bool { return &s.RmdirOwn }},
	{"rmdir", "removing or renaming directories", "allow-rmdir", false, false, func(s *Switches) *bool { return &s.Rmdir }},
	{"kernel-log", "denials in the kernel's audit log", "audit-kernel", true, true, func(s *Switches) *bool { return &s.KernelLog }},
	{"undo", "taking back what it changes", "undo", true, true, func(s *Switches) *bool { return &s.Undo }},
	{"ephemeral", "keeping its changes apart", "", true, true, func(s *Switches) *bool { return &s.Ephemeral }},
	{"beside-denied", "making, renaming and removing names beside what is denied", "allow-beside-denied", true, true, func(s *Switches) *bool { return &s.BesideDenied }},
	{"private-shm", "shared memory of its own", "private-shm", true, true, func(s *Switches) *bool { return &s.PrivateShm }},
	{"keychain", "the Keychain, every item in it", "allow-keychain", true, true, func(s *Switches) *bool { return &s.Keychain }},
}

// Of returns the value of the switch in s, to read or set it.
func (w *Switch) Of(s *Switches) *bool { return w.of(s) }
