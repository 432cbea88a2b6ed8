package promise

import (
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
)

// TestPromises says, for every ABI, what is not held, and when what holds it
// changes.
func TestPromises(t *testing.T) {
	all := strings.Fields("files move truncate ioctl devices ptrace signal mount net unix rmdir privileges calls ipc descriptors")
	notHeld := [11]string{0: strings.Join(all, " "), 1: "ioctl signal", 2: "ioctl signal", 3: "ioctl signal", 4: "ioctl signal", 5: "signal"}
	for abi, want := range notHeld {
		var keys, not []string
		for _, p := range On("linux", kernel.Support{ABI: abi}, nil) {
			keys = append(keys, p.Key)
			if !p.Held {
				not = append(not, p.Key)
			}
			if p.What == "" || p.Held != (p.By != "") || p.Held != (p.Needs == "") {
				t.Errorf("ABI %d: %+v contradicts itself", abi, p)
			}
			if !p.Held && !strings.Contains(p.Needs, ", Linux ") {
				t.Errorf("ABI %d, %s: no kernel is named in %q", abi, p.Key, p.Needs)
			}
		}
		if !slices.Equal(keys, all) {
			t.Errorf("ABI %d: promises %q, want %q", abi, keys, all)
		}
		if got := strings.Join(not, " "); got != want {
			t.Errorf("ABI %d: not held %q, want %q", abi, got, want)
		}
	}
}

func TestWhatHoldsAPromise(t *testing.T) {
	by := func(abi int, key string) string {
		for _, p := range On("linux", kernel.Support{ABI: abi}, nil) {
			if p.Key == key {
				return p.By
			}
		}
		return "no such promise"
	}
	for _, c := range []struct {
		key  string
		from int // the first ABI at which Landlock has a part in it
	}{{"truncate", kernel.ABITruncate}, {"net", kernel.ABINet}, {"unix", kernel.ABIUnix}} {
		for abi := kernel.MinABI; abi <= kernel.ABIUDP; abi++ {
			if got := by(abi, c.key); strings.Contains(got, "Landlock") != (abi >= c.from) || got == "" {
				t.Errorf("ABI %d: %s is held by %q; Landlock has it from %d on", abi, c.key, got, c.from)
			}
		}
	}
	if one, two := by(1, "move"), by(2, "move"); one == two || !strings.Contains(one, "5.19") {
		t.Errorf("moving files: %q, then %q", one, two)
	}
	if got := by(7, "no such key"); got != "no such promise" {
		t.Errorf("%q", got)
	}
}

// TestOnlyWhatWasAskedIsPromised: what the spec allows is no promise.
func TestOnlyWhatWasAskedIsPromised(t *testing.T) {
	strict := On("linux", kernel.Support{ABI: 7}, &spec.Spec{})
	for key, s := range map[string]*spec.Spec{
		"net": {Switches: spec.Switches{Net: true}}, "unix": {Switches: spec.Switches{UnixSockets: true}},
		"rmdir": {Switches: spec.Switches{Rmdir: true}}, "ipc": {Switches: spec.Switches{IPC: true}},
	} {
		has := func(p Promise) bool { return p.Key == key }
		if list := On("linux", kernel.Support{ABI: 7}, s); slices.ContainsFunc(list, has) || !slices.ContainsFunc(strict, has) || len(list) != len(strict)-1 {
			t.Errorf("%s: %v", key, list)
		}
	}
}

// TestOnMacOS: what is kept there does not depend on a kernel's Landlock, and
// what Seatbelt cannot keep for a policy is told.
func TestOnMacOS(t *testing.T) {
	held := func(s *spec.Spec) (yes, no string) {
		for _, p := range On("darwin", kernel.Support{}, s) {
			if p.What == "" || p.Held != (p.By != "") || p.Held != (p.Needs == "") || strings.Contains(p.By+p.Needs, "Landlock") {
				t.Errorf("%+v", p)
			}
			if p.Held {
				yes += " " + p.Key
			} else {
				no += " " + p.Key
			}
		}
		return yes, no
	}
	yes, no := held(nil)
	if yes != " files move truncate ioctl devices ptrace signal mount net unix rmdir privileges ipc descriptors" || no != " calls reading" {
		t.Errorf("held%s; not held%s", yes, no)
	}
	if _, no := held(&spec.Spec{}); no != " calls" {
		t.Errorf("of an ordinary policy, not held%s", no)
	}
	drop := &spec.Spec{Paths: []spec.Path{{Kind: spec.Write, Path: "/drop"}, {Kind: spec.Allow, Path: "/work"}}}
	if _, no := held(drop); no != " calls reading" {
		t.Errorf("of a policy with a directory for writing alone, not held%s", no)
	}
}
