package enforce

import (
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
)

// Beside is what of nono's was started before this process, and is there for the command.
// The zero value is nothing.
type Beside struct {
	Supervisor int  // the Unix socket to the supervisor that started this process; 0 if none did
	Overlay    bool // overlays are mounted, which keep changes apart
}

// check refuses a spec that needs what is not there, and the reverse: each would be
// another sandbox than was asked for.
func (b Beside) check(s *spec.Spec) error {
	supervisor := b.Supervisor != 0
	switch {
	case s.Supervised() && !supervisor:
		return &fault.Error{Do: "use the spec", Err: fault.Text("it needs a supervisor, and no supervisor started this program"),
			Hint: "nono run starts both from flags"}
	case s.Ephemeral && !b.Overlay:
		return &fault.Error{Do: "use the spec", Err: fault.Text("it keeps changes separate, and no overlay is mounted for them"),
			Hint: "nono run --ephemeral mounts them"}
	case !s.Supervised() && supervisor:
		return &fault.Error{Do: "use the spec", Err: fault.Text("a supervisor started this program, and the spec has no line 'supervise'")}
	}
	return nil
}
