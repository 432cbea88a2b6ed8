package policy

import (
	"testing"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
)

// No answer connects the command to a Unix socket where an administrator forbids that.
func TestAskableSockets(t *testing.T) {
	support, err := kernel.Detect()
	if err != nil || support.ABI >= kernel.ABIUnix {
		t.Skip("no supervisor connects to Unix sockets here")
	}
	for _, c := range []struct {
		managed *Managed
		want    bool
	}{
		{nil, true},
		{&Managed{Forbidden: []Forbidden{{Flag: "read", Value: "/srv"}}}, true},
		{&Managed{Forbidden: []Forbidden{{Flag: "unix-socket"}}}, false},
		{&Managed{Forbidden: []Forbidden{{Flag: "unix-socket", Value: "/run/other"}}}, false},
		{&Managed{Forbidden: []Forbidden{{Flag: "allow-unix-sockets"}}}, false},
	} {
		s := &spec.Spec{Paths: []spec.Path{{Kind: spec.Deny, Path: "/run/shut"}}, Askable: []spec.Path{{Kind: spec.Allow, Path: "/"}}}
		addAskableSockets(s, Options{Managed: c.managed})
		if got := query.SocketAskable(s, "/run/s"); got != c.want {
			t.Errorf("%+v: %v", c.managed, got)
		}
		if query.SocketAskable(s, "/run/shut/s") {
			t.Error("a denied socket is asked about")
		}
	}
}
