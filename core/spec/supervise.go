package spec

import "slices"

// A Trap is a group of system calls that the kernel asks a supervisor about. The caller
// waits until the supervisor has answered. core/seccomp lists the calls of each group.
type Trap uint8

// The groups, in the order of a document.
const (
	TrapExec     Trap = iota + 1 // starting programs
	TrapOpens                    // opening files, all of them
	TrapWrites                   // opening files to write or make them, and truncating
	TrapNames                    // making, removing and renaming names
	TrapMetadata                 // changing modes, owners, times and attributes
	TrapConnects                 // connecting
	TrapSockets                  // giving a Unix socket an address: its own or its peer's
	TrapHosts                    // sockets of the internet: made, connected, listening
	TrapFamilies                 // making sockets that are no Unix sockets
	// TrapHeldMetadata has the calls of TrapMetadata. The supervisor allows them only for
	// files that the command may write.
	TrapHeldMetadata
	TrapCreates // opening files with O_CREAT
)

var trapNames = [...]string{
	TrapExec: "exec", TrapOpens: "opens", TrapWrites: "writes", TrapNames: "names", TrapMetadata: "metadata",
	TrapConnects: "connects", TrapSockets: "sockets", TrapHosts: "hosts", TrapFamilies: "families", TrapHeldMetadata: "held-metadata", TrapCreates: "creates",
}

// Traps are all groups.
var Traps = [...]Trap{TrapExec, TrapOpens, TrapWrites, TrapNames, TrapMetadata, TrapConnects, TrapSockets, TrapHosts, TrapFamilies, TrapHeldMetadata, TrapCreates}

// String returns the word after `supervise` in the document.
func (t Trap) String() string {
	if int(t) < len(trapNames) && t != 0 {
		return trapNames[t]
	}
	return "?"
}

// Supervised reports whether the sandbox needs a supervisor. Its document has version 2.
func (s *Spec) Supervised() bool { return len(s.Supervise) > 0 }

// Traps reports whether the kernel asks the supervisor about the calls of group t.
func (s *Spec) Traps(t Trap) bool { return slices.Contains(s.Supervise, t) }

// AddTrap adds the group t, if it is missing.
func (s *Spec) AddTrap(t Trap) {
	if !s.Traps(t) {
		s.Supervise = append(s.Supervise, t)
		slices.Sort(s.Supervise)
	}
}

// supervise adds the group of one `supervise` line.
func (s *Spec) supervise(args []string) string {
	if len(args) != 1 {
		return "'supervise' needs one group of system calls"
	}
	for _, t := range Traps {
		if t.String() != args[0] {
			continue
		}
		if s.Traps(t) {
			return "there is a second line 'supervise " + args[0] + "'"
		}
		s.AddTrap(t)
		return ""
	}
	return "there is no group of system calls " + Shown(args[0])
}
