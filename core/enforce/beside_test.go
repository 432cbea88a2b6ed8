package enforce

import (
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
)

// A spec is applied only where all that it needs was started before, and nothing that it
// does not ask for.
func TestBeside(t *testing.T) {
	var supervised, ephemeral spec.Spec
	supervised.AddTrap(spec.TrapSockets)
	ephemeral.Ephemeral = true
	for _, c := range []struct {
		spec   spec.Spec
		beside Beside
		ok     bool
	}{
		{spec.Spec{}, Beside{}, true},
		{spec.Spec{}, Beside{Supervisor: 5}, false},
		{supervised, Beside{}, false},
		{supervised, Beside{Overlay: true}, false},
		{supervised, Beside{Supervisor: 5}, true},
		{ephemeral, Beside{}, false},
		{ephemeral, Beside{Overlay: true}, true},
	} {
		if err := c.beside.check(&c.spec); (err == nil) != c.ok {
			t.Errorf("%v, beside %+v: %v", c.spec.Supervise, c.beside, err)
		}
	}
}
