package carve

import (
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
)

// What another name of a thing takes, when the two were found to be one only
// while carving: after a rename, or a mount made meanwhile.
func TestKnownNamesLeft(t *testing.T) {
	const all = ReadFile | WriteFile | List | Create
	deny, write, chain, other := &node{deny: true}, &node{denyWrite: true}, &node{denyBelow: true}, &node{}
	writeChain := &node{denyWriteBelow: true}
	for _, c := range []struct {
		name  string
		known knownNames
		self  *node
		want  Rights
	}{
		{"nobody's", nil, nil, all},
		{"denied elsewhere, here without a name", knownNames{deny}, nil, 0},
		{"denied elsewhere, named here", knownNames{deny, other}, other, 0},
		{"denied elsewhere, on the way here", knownNames{deny, chain}, chain, 0},
		{"deny-write elsewhere", knownNames{write}, nil, ReadFile | List},
		{"on the way elsewhere, here without a name", knownNames{chain}, nil, 0},
		{"on the way to a deny-write elsewhere", knownNames{writeChain}, nil, 0},
		{"on the way elsewhere, named here", knownNames{chain, other}, other, 0},
		{"on the way in both", knownNames{chain, writeChain}, writeChain, all},
		{"its own deny is not another's", knownNames{deny}, deny, all},
	} {
		if got := c.known.left(c.self, all); got != c.want {
			t.Errorf("%s: %b, want %b", c.name, got, c.want)
		}
	}
}

func TestKnownNamesJoin(t *testing.T) {
	n := &node{denyWriteBelow: true}
	knownNames{n, &node{denyBelow: true}, &node{deniedDirBelow: true}}.join(n)
	if !n.denyBelow || !n.denyWriteBelow || !n.deniedDirBelow {
		t.Errorf("%+v", n)
	}
}

func TestGranted(t *testing.T) {
	for k := spec.Kind(0); k <= spec.DenyWrite; k++ {
		for _, rmdir := range []bool{false, true} {
			r := Granted(k, rmdir)
			if (r != 0) != (k != 0 && k.Grants()) {
				t.Errorf("%v gives %b", k, r)
			}
			if k.File() && r&^OfFiles != 0 {
				t.Errorf("%v gives %b, some of which only a directory can have", k, r)
			}
			if wants := k == spec.Temp || rmdir && (k == spec.Write || k == spec.Allow); (r&RemoveDir != 0) != wants {
				t.Errorf("%v with rmdir %v: removing directories is %v", k, rmdir, !wants)
			}
			if r&ConnectUnix != 0 && k != spec.UnixSocket || r&Ioctl != 0 && k != spec.Device {
				t.Errorf("%v gives %b", k, r)
			}
		}
	}
}
