package main_test

import (
	"os"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// TestDeniedThroughLinks: a spec that denies a name through a symlink, and leaves
// what that leads to granted, is refused; with that denied too it is kept.
func TestDeniedThroughLinks(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPlace(t, u, shimFor(t, 99))
		for _, dir := range []string{"d", "d/real", "d/real/sub", "out"} {
			if err := os.Mkdir(p.in("$D/"+dir), 0o755); err != nil {
				t.Fatal(err)
			}
			u.Own(t, p.in("$D/"+dir))
		}
		if err := os.WriteFile(p.in("$D/d/real/sub/key"), []byte("key"), 0o644); err != nil {
			t.Fatal(err)
		}
		for name, target := range map[string]string{"dir": "real", "up": "../d/real", "key": "/real/sub/key", "away": "../out",
			"later": "real/later/deep", "loop": "loop", "two": "dir/sub"} {
			if name == "key" {
				target = p.in("$D/d") + target
			}
			if err := os.Symlink(target, p.in("$D/d/"+name)); err != nil {
				t.Fatal(err)
			}
		}
		const leads = "cannot deny '$D/d/%': it leads to '$D/d/real&', which stays granted"
		for _, c := range []struct{ spec, name, real string }{
			{"allow $D/d; deny $D/d/dir", "dir", ""},
			{"allow $D/d; deny $D/d/dir; deny $D/d/real", "", ""},
			{"allow $D/d; deny $D/d/dir/sub", "dir/sub", "/sub"},
			{"allow $D/d; deny $D/d/dir/sub; deny $D/d/real/sub", "", ""},
			{"allow $D/d; deny $D/d/dir/sub; deny $D/d/real", "", ""},
			{"allow $D/d; deny $D/d/dir/sub/key; deny-write $D/d/real", "dir/sub/key", "/sub/key"},
			{"allow $D/d; deny-write $D/d/dir/sub/key; deny-write $D/d/real", "", ""},
			{"allow $D/d; deny-write $D/d/two/key; deny $D/d/real/sub/key", "", ""},
			{"read $D/d; deny-write $D/d/two/key", "", ""},
			{"allow $D/d; deny-write $D/d/two/key", "two/key", "/sub/key"},
			{"allow $D/d; deny $D/d/up/sub/key", "up/sub/key", "/sub/key"},
			{"allow $D/d; deny $D/d/key", "key", "/sub/key"},
			{"allow $D/d; deny $D/d/later/keys", "later/keys", "/later/deep/keys"},
			{"allow $D/d; deny $D/d/later", "later", "/later/deep"},
			{"allow $D/d; deny $D/d/later; deny $D/d/real/later", "", ""},
			{"allow $D/d; deny $D/d/missing/keys", "", ""},
			{"allow $D/d; deny $D/d/away/x", "", ""}, // what is not granted
			{"allow $D/d; deny $D/d/dir; deny $D/d/real; read $D/d/real/sub", "", ""},
			{"allow $D/d; deny $D/d/dir/sub/key; deny $D/d/real; read $D/d/real/sub", "dir/sub/key", "/sub/key"},
		} {
			o := run(t, p.command(t, c.spec, "read $D/d/real/sub/key"))
			if c.name == "" {
				if o.status != 0 || !strings.HasSuffix(o.stdout, "finished\n") {
					t.Errorf("%s: status %d: %s%s", c.spec, o.status, o.stdout, o.stderr)
				}
				continue
			}
			want := "nono: error: " + p.in(strings.NewReplacer("%", c.name, "&", c.real).Replace(leads)) + "\nnono: hint: deny that path too\n"
			if o.status != 125 || o.stderr != want {
				t.Errorf("%s: status %d: %s, want %s", c.spec, o.status, o.stderr, want)
			}
		}
		p.keepsLinks(t)
		o := run(t, p.command(t, "allow $D/d; deny $D/d/loop/x", "read $D/d/real/sub/key"))
		if want := p.in("cannot tell what is denied by '$D/d/loop/x': too many levels of symbolic links"); o.status != 125 || !strings.Contains(o.stderr, want) {
			t.Errorf("a loop: status %d: %s, want %s", o.status, o.stderr, want)
		}
	})
}

// keepsLinks: a spec that denies a path through a symlink in a directory that may be
// changed is refused, unless that symlink is kept as it is.
func (p *place) keepsLinks(t *testing.T) {
	for _, dir := range []string{"h", "dot", "dot/a", "dot/b"} {
		if err := os.Mkdir(p.in("$D/"+dir), 0o755); err != nil {
			t.Fatal(err)
		}
		p.u.Own(t, p.in("$D/"+dir))
	}
	if err := os.WriteFile(p.in("$D/dot/b/rc"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"h/rc": "../dot/a/rc", "dot/a/rc": "../b/rc"} {
		if err := os.Symlink(target, p.in("$D/"+name)); err != nil {
			t.Fatal(err)
		}
	}
	const ends = "deny $D/h/rc; deny $D/dot/b/rc"
	for _, c := range []struct {
		spec string
		kept bool
	}{
		{"allow $D/dot; " + ends, false},
		{"allow $D/dot/a; " + ends, false},
		{"allow $D/dot; " + ends + "; deny $D/dot/a; allow $D/dot/a", false},
		{"read $D/dot; " + ends, true},
		{"allow $D/dot/b; " + ends, true},
		{"allow $D/dot; deny-write $D/dot/a/rc; " + ends, true},
		{"allow $D/dot; deny-write $D/dot/a; " + ends, true},
		{"allow $D/dot; deny $D/dot/a/other; " + ends, true},
	} {
		o := run(t, p.command(t, c.spec+"; read $D/d", "read $D/d/real/sub/key", "unlink $D/dot/a/rc"))
		want := p.in("nono: error: cannot deny '$D/h/rc': it leads through the symlink '$D/dot/a/rc', which can be replaced\nnono: hint: deny-write that path too\n")
		switch {
		case !c.kept && (o.status != 125 || o.stderr != want):
			t.Errorf("%s: status %d: %s, want %s", c.spec, o.status, o.stderr, want)
		case c.kept && o.status == 125:
			t.Errorf("%s: %s", c.spec, o.stderr)
		}
		if target, err := os.Readlink(p.in("$D/dot/a/rc")); err != nil || target != "../b/rc" {
			t.Fatalf("%s: the symlink leads to %q, %v", c.spec, target, err)
		}
	}
}
