package seatbelt

import (
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/testenv/sbpl"
)

// Whatever a release does not know of the names that not all have, it takes the
// profile, and what the profile is for stays as it is.
func TestNoUnknownNameRefusesTheProfile(t *testing.T) {
	all := sbpl.Guarded()
	if len(all) < 20 {
		t.Fatalf("%d names that only some releases have: the test proves nothing", len(all))
	}
	old := [][]string{all}
	for _, name := range all {
		old = append(old, []string{name})
	}
	for name, s := range specs(t) {
		text, err := Profile(s, "/Users/u/src/app")
		if err != nil {
			t.Fatal(err)
		}
		for _, unbound := range old {
			p, err := sbpl.Load(string(text), sbpl.Options{Unbound: unbound})
			if err != nil {
				t.Fatalf("%s, without %v: %v", name, unbound, err)
			}
			expect(t, name, p, false, sbpl.Request{Op: "file-read-data", Path: "/Users/u/.ssh/id_rsa"},
				sbpl.Request{Op: "file-mount", Path: "/x"}, sbpl.Request{Op: "sysctl-read", Name: "kern.procargs2"})
			expect(t, name, p, s.Keychain, sbpl.Request{Op: "mach-lookup", Name: "com.apple.SecurityServer"})
			expect(t, name, p, true, sbpl.Request{Op: "process-fork"}, sbpl.Request{Op: "sysctl-read", Name: "hw.ncpu"})
		}
	}
	// The test would see a name without its guard.
	if _, err := load("(version 1)(deny file-graft)"); err == nil {
		t.Error("a name that not every release has passes")
	}
	if _, err := load("(version 1)(if (defined? 'file-graft) (deny file-graft file-ungraft))"); err == nil {
		t.Error("a name behind the guard of another passes")
	}
}

// Programs made with Bun open every directory above the one they start in.
func TestDirectoriesOnTheWayCanBeListed(t *testing.T) {
	s := &spec.Spec{Paths: []spec.Path{
		{Kind: spec.Allow, Path: "/Users/u/src/app"},
		{Kind: spec.Deny, Path: "/Users/u/.ssh"},
	}}
	list := func(path string) sbpl.Request { return sbpl.Request{Op: "file-read-data", Path: path, Dir: true} }
	at := func(dir string) *sbpl.Profile {
		text, err := Profile(s, dir)
		if err != nil {
			t.Fatal(err)
		}
		p, err := load(string(text))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := at("/Users/u/src/app/pkg")
	expect(t, "above", p, true, list("/"), list("/Users"), list("/Users/u"), list("/Users/u/src"), list("/private/tmp"))
	expect(t, "beside", p, false, list("/Users/other"), list("/Users/u/src/other"), list("/Users/u/.ssh"), list("/private"),
		sbpl.Request{Op: "file-read-data", Path: "/Users/u/file"}, sbpl.Request{Op: "file-read-data", Path: "/private/tmp/file"})
	for _, op := range []string{"file-read-xattr", "file-clone", "process-exec", "file-write-data", "file-write-create"} {
		expect(t, "no more than listed", p, false, sbpl.Request{Op: op, Path: "/Users/u", Dir: true}, sbpl.Request{Op: op, Path: "/private/tmp", Dir: true})
	}
	for _, op := range []string{"file-write-flags", "file-write-acl"} {
		expect(t, op, p, false, sbpl.Request{Op: op, Path: "/Users/u/src/app/f"})
	}
	expect(t, "elsewhere", at("/tmp/x"), false, list("/Users"), list("/Users/u"))
	expect(t, "by a link", at("/tmp/x/y"), true, list("/private"), list("/private/tmp/x"))
	expect(t, "nobody knows where", at(""), false, list("/Users"))
	// What is denied stays so, for whoever stands in it too.
	s.Paths = append(s.Paths, spec.Path{Kind: spec.Deny, Path: "/Users/u"}, spec.Path{Kind: spec.Deny, Path: "/private/tmp"})
	p = at("/Users/u/.SSH/keys/old")
	expect(t, "denied", p, false, list("/Users/u"), list("/Users/u/.SSH"), list("/Users/u/.ssh"), list("/Users/u/.SSH/keys"), list("/private/tmp"))
	expect(t, "above what is denied", p, true, list("/Users"))
}
