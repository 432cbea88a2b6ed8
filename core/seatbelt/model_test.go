package seatbelt

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
	"github.com/nono-sandbox/nono/core/testenv/sbpl"
)

// The model is the meaning of a spec written down a second time, from the
// definition and with nothing of the package: a grant gives a class at a path
// unless a deny lies strictly beneath the grant and at or above the path.

// gives is what each directive grants, and how far: "=" at the path, "<" beneath
// it, "≤" both.
var gives = map[spec.Kind]map[Class]string{
	spec.Read:       {Read: "≤", Copy: "≤", Exec: "≤"},
	spec.Write:      {Write: "≤", Attr: "≤", Create: "<", Remove: "<"},
	spec.Allow:      {Read: "≤", Copy: "≤", Exec: "≤", Write: "≤", Attr: "≤", Create: "<", Remove: "<", Link: "≤"},
	spec.Temp:       {Read: "≤", Copy: "≤", Exec: "≤", Write: "≤", Attr: "≤", Create: "<", Remove: "<", Link: "≤", RemoveDir: "<", Bind: "≤", Connect: "≤"},
	spec.ReadFile:   {Read: "=", Copy: "=", Exec: "="},
	spec.WriteFile:  {Write: "=", Attr: "="},
	spec.AllowFile:  {Read: "=", Copy: "=", Exec: "=", Write: "=", Attr: "="},
	spec.Device:     {Read: "≤", Copy: "≤", Write: "≤", Ioctl: "≤"},
	spec.UnixSocket: {Connect: "≤"},
}

// takes is what each deny takes away.
var takes = map[spec.Kind][]Class{
	spec.Deny:      {Read, Copy, Exec, Write, Attr, Create, Remove, RemoveDir, Link, Ioctl, Bind, Connect},
	spec.DenyWrite: {Write, Attr, Create, Remove, RemoveDir, Link, Ioctl, Bind},
}

func split(path string) []string {
	if path == "/" {
		return nil
	}
	return strings.Split(path[1:], "/")
}

// above reports whether dir is a proper prefix of path, name by name.
func above(dir, path string, same func(a, b string) bool) bool {
	d, p := split(dir), split(path)
	return len(d) < len(p) && slices.EqualFunc(d, p[:len(d)], same)
}

func modelled(s *spec.Spec, c Class, path string) bool {
	if c == Create || c == Remove || c == RemoveDir {
		for _, d := range s.Paths {
			if !d.Kind.Grants() && above(path, d.Path, strings.EqualFold) {
				return false // on the way to what is denied
			}
		}
	}
	for _, g := range s.Paths {
		far := gives[g.Kind][c]
		if c == RemoveDir && s.Rmdir {
			far = gives[g.Kind][Remove]
		}
		here := far == "=" && g.Path == path || far == "<" && above(g.Path, path, exact) ||
			far == "≤" && (g.Path == path || above(g.Path, path, exact))
		if here && !denied(s, c, g.Path, path) {
			return true
		}
	}
	if c == Read || c == Copy || c == Exec {
		return path == "/" && !denied(s, c, "", "/") // every profile reads it
	}
	return s.UnixSockets && (c == Bind || c == Connect) && !denied(s, c, "", path)
}

// denied reports whether a deny of c lies between: beneath g, which is "" for
// what is granted even above /, and at or above path.
func denied(s *spec.Spec, c Class, g, path string) bool {
	for _, d := range s.Paths {
		if d.Kind.Grants() || !slices.Contains(takes[d.Kind], c) {
			continue
		}
		covers := d.Path == path || above(d.Path, path, exact)
		if !covers && (strings.EqualFold(d.Path, path) || above(d.Path, path, strings.EqualFold)) {
			covers = makeable(s, path, d.Path) || (above("/Users", d.Path, exact) || above("/private", d.Path, exact)) && reachable(s, path, d)
		}
		if covers && (g == "" || above(g, d.Path, strings.EqualFold)) {
			return true
		}
	}
	return false
}

// listable reports whether path can be listed, since the command starts beneath it
// or Bun asks for it: unless it is denied, in whatever case.
func listable(s *spec.Spec, dir, path string) bool {
	if path != "/private/tmp" && !above(path, dir, exact) {
		return false
	}
	return !slices.ContainsFunc(s.Paths, func(d spec.Path) bool {
		return d.Kind == spec.Deny && (strings.EqualFold(d.Path, path) || above(d.Path, path, strings.EqualFold))
	})
}

func exact(a, b string) bool { return a == b }

// makeable reports whether someone inside could make path as a spelling of deny.
func makeable(s *spec.Spec, path, deny string) bool {
	return slices.ContainsFunc(s.Paths, func(w spec.Path) bool {
		return gives[w.Kind][Create] != "" && above(w.Path, path, exact) && above(w.Path, deny, strings.EqualFold)
	})
}

// reachable reports whether a grant of what deny takes has path and deny in it:
// in a home, a user may make path as a spelling of deny.
func reachable(s *spec.Spec, path string, deny spec.Path) bool {
	return slices.ContainsFunc(s.Paths, func(g spec.Path) bool {
		return above(g.Path, path, exact) && above(g.Path, deny.Path, strings.EqualFold) &&
			slices.ContainsFunc(takes[deny.Kind], func(c Class) bool {
				far := gives[g.Kind][c]
				return far == "<" || far == "≤"
			})
	}) || s.UnixSockets && path != "/"
}

// requests are what the kernel asks for a class at a path. All must agree.
func requests(c Class, path string) []sbpl.Request {
	var all []sbpl.Request
	for _, op := range strings.Fields(operations(c)) {
		r := sbpl.Request{Op: op, Path: path, Dir: c == RemoveDir}
		switch {
		case op == "network-outbound":
			r.Sock = "remote"
		case c == Bind:
			r.Sock = "local"
		}
		if !strings.HasSuffix(op, "*") {
			all = append(all, r)
		}
	}
	return all
}

func TestProfileDecidesAsTheModel(t *testing.T) {
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 1))
	rounds := 1000
	if testing.Short() {
		rounds = 100
	}
	granted, refused := 0, 0
	for range rounds {
		s := randomSpec(rng)
		dir := randomPath(rng)
		text, err := Profile(s, dir)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, document.Append(nil, s))
		}
		p, err := load(string(text))
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		for range 30 {
			path := randomPath(rng)
			for c := range classes {
				want := modelled(s, c, path) || c == Read && listable(s, dir, path)
				if want {
					granted++
				} else {
					refused++
				}
				check(t, s, dir, p, c, path, want)
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d, spec:\n%s\nprofile:\n%s", seed, document.Append(nil, s), text)
		}
	}
	if granted < rounds || refused < rounds {
		t.Errorf("%d granted, %d refused: the specs test nothing", granted, refused)
	}
}

func check(t *testing.T, s *spec.Spec, dir string, p *sbpl.Profile, c Class, path string, want bool) {
	t.Helper()
	got, line := Decision(s, dir, c, path)
	if got != want {
		t.Errorf("Decision(%d, %s) = %v, the model says %v", c, path, got, want)
	}
	if line >= 0 && s.Paths[line].Kind.Grants() != got {
		t.Errorf("Decision(%d, %s) = %v by line %d, %s", c, path, got, line, s.Paths[line])
	}
	for _, r := range requests(c, path) {
		for _, p.Flat = range []bool{false, true} {
			if p.Allows(&r) != want {
				t.Errorf("profile (flat %v): %+v = %v, the model says %v", p.Flat, r, !want, want)
			}
		}
	}
}

// randomName has few names, so that lines meet, and one that is another in
// another case. None has a letter that something beyond ASCII folds to.
func randomName(rng *rand.Rand) string {
	return []string{"a", "b", "a.b", "A", "c"}[rng.IntN(5)]
}

func randomPath(rng *rand.Rand) string {
	n := rng.IntN(5)
	if n == 0 {
		return "/"
	}
	var b strings.Builder
	switch rng.IntN(8) {
	case 0, 1, 2, 3:
		b.WriteString("/Users") // where users make names
	case 4:
		b.WriteString("/private/tmp")
		n--
	}
	for range n {
		b.WriteString("/" + randomName(rng))
	}
	return b.String()
}

func randomSpec(rng *rand.Rand) *spec.Spec {
	bit := func() bool { return rng.IntN(2) == 0 }
	s := &spec.Spec{Switches: spec.Switches{Net: bit(), Rmdir: bit(), IPC: bit(), Keychain: bit(), UnixSockets: rng.IntN(4) == 0}}
	for range rng.IntN(9) {
		kind := spec.Kind(1 + rng.IntN(int(spec.DenyWrite)))
		if rng.IntN(3) == 0 {
			kind = []spec.Kind{spec.Deny, spec.DenyWrite, spec.Allow}[rng.IntN(3)]
		}
		s.Paths = append(s.Paths, spec.Path{Kind: kind, Path: randomPath(rng), Optional: bit()})
	}
	return s
}

// The same line must grant the same on Linux.
func TestKindsGrantWhatCarveGrants(t *testing.T) {
	same := map[Class]carve.Rights{
		Read: carve.ReadFile, Exec: carve.Execute, Write: carve.WriteFile, Ioctl: carve.Ioctl,
		Create: carve.Create, Remove: carve.Create, RemoveDir: carve.RemoveDir,
	}
	for k := spec.Read; k.Grants(); k++ {
		for _, rmdir := range []bool{false, true} {
			for c, right := range same {
				at, beneath := reach(k, c, rmdir)
				here := at || beneath
				there := carve.Granted(k, rmdir)&right != 0
				if here != there {
					t.Errorf("%s, rmdir %v, class %d: %v here, %v on Linux", k, rmdir, c, here, there)
				}
			}
		}
	}
	for c, right := range same {
		if here, there := takesAll(spec.DenyWrite, c), carve.Changing&right != 0; here != there {
			t.Errorf("deny-write, class %d: %v here, %v on Linux", c, here, there)
		}
	}
}

func takesAll(k spec.Kind, c Class) bool {
	at, beneath := reach(k, c, true)
	return at && beneath
}
