package enforce

import (
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
)

// Beside says what nono has started or mounted before this process. The zero Beside says
// that there is nothing.
type Beside struct {
	Supervisor int  // the Unix socket to the supervisor that started this process; 0 for none
	Overlay    bool // the overlays of --ephemeral are mounted
}

// check returns an error if s needs a supervisor or overlays and they are missing, or if
// there is a supervisor and s needs none: the result would be another sandbox than the
// user asked for.
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
