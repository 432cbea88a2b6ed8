package spec

// Switches are the directives that are on or off: true is `allow`. The zero value
// allows nothing.
type Switches struct {
	Net          bool // any network; otherwise no socket but a Unix one exists
	UnixSockets  bool // any Unix socket, anywhere
	Rmdir        bool // a write grant may remove and rename directories
	RmdirOwn     bool // only those that the command made itself; that takes a supervisor
	BesideDenied bool // new names in directories that lost that right to a deny; that takes a supervisor
	PrivateShm   bool // new names in /dev/shm, and nothing that is there; that takes a supervisor
	Keychain     bool // macOS's Keychain: every item that its programs may have
	Undo         bool // every change of data is saved first, which takes a supervisor that makes it
	Ephemeral    bool // every change of data goes to a place apart, which whoever starts the shim has mounted
	IPC          bool // System V IPC and POSIX message queues, which all processes of a user share
	KernelLog    bool // the kernel's audit log tells what Landlock denies
}

// A Switch is one of these directives.
type Switch struct {
	Word string // as it stands in the document
	What string // what it allows, for a person
	Flag string // the flag of nono-run that allows it, without its dashes; "" for net
	// Optional switches may be missing in a document, and are off then: they are
	// younger than the format.
	Optional bool
	Rare     bool // printed, and told, only where it is on
	of       func(*Switches) *bool
}

// SwitchTable has them all, in the order in which they are printed. The parser,
// the printer, the flags, profiles and summaries are made of it.
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

// Of returns the switch's value in s, to be read or set.
func (w *Switch) Of(s *Switches) *bool { return w.of(s) }
