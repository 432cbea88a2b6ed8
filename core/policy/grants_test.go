package policy

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
	"golang.org/x/sys/unix"
)

// TestOwnDeniesAgainstGrants: the user's own --deny and --deny-write against
// grants at, above and beneath, by the user and by a profile ("@p").
func TestOwnDeniesAgainstGrants(t *testing.T) {
	b := newBox(t)
	b.file("project/a/b/file", "")
	for _, c := range []struct{ given, want string }{
		// The user's own grant: at the same path it loses, beneath it gives back.
		{"deny project/a; allow project", "deny project/a; allow project"},
		{"deny project/a; allow project/a", "deny project/a"},
		{"deny project/a; allow project/a/b", "deny project/a; allow project/a/b"},
		{"allow project/a/b; deny project/a", "deny project/a; allow project/a/b"},
		{"deny-write project/a; allow project", "deny-write project/a; allow project"},
		{"deny-write project/a; allow project/a", "deny-write project/a; read project/a"},
		{"deny-write project/a; write project/a", "deny-write project/a"},
		{"deny-write project/a; read project/a", "deny-write project/a; read project/a"},
		{"deny-write project/a; allow project/a/b", "deny-write project/a; allow project/a/b"},
		// A profile's loses beneath it too, unless the user opened it again.
		{"deny project/a; allow@p project", "deny project/a; allow project"},
		{"deny project/a; allow@p project/a", "deny project/a"},
		{"deny project/a; allow@p project/a/b", "deny project/a"},
		{"deny /; allow@p project/a/b", ""},
		{"deny project/a; read project/a/b; read-file@p project/a/b/file", "deny project/a; read project/a/b; read-file project/a/b/file"},
		{"deny-write project/a; allow@p project/a", "deny-write project/a; read project/a"},
		{"deny-write project/a; allow-file@p project/a/b/file", "deny-write project/a; read-file project/a/b/file"},
		{"deny-write project/a; write-file@p project/a/b/file", "deny-write project/a"},
		{"deny-write project/a; temp@p project/a/b", "deny-write project/a; read project/a/b"},
		{"deny-write project/a; read project/a/b; allow@p project/a/b", "deny-write project/a; read project/a/b"},
		{"deny-write project/a; allow project/a/b; allow-file@p project/a/b/file", "deny-write project/a; allow project/a/b; allow-file project/a/b/file"},
		// A profile's own denies are as weak as the lists'.
		{"deny@p project/a; allow@p project/a", "deny project/a; allow project/a"},
		// Names that begin alike.
		{"deny project/a/bc; allow@p project/a/b", "deny project/a/bc; allow project/a/b"},
	} {
		var got []string
		p, err := b.compile(Options{NetBlock: true, Grants: b.parse(strings.Split(c.given, "; ")...)})
		if err == nil {
			got = b.lines(p)
		}
		if err != nil || strings.Join(got, "; ") != c.want {
			t.Errorf("%s:\n got %s, %v\nwant %s", c.given, strings.Join(got, "; "), err, c.want)
		}
	}
}

// TestOwnDeniesAgainstTheSystem: what programs need to start yields to the user.
func TestOwnDeniesAgainstTheSystem(t *testing.T) {
	b := newBox(t)
	p := b.grants("allow project", "deny /usr/share", "deny /proc", "deny-write /dev")
	if hasPath(p, spec.Read, "/proc") || !hasPath(p, spec.Deny, "/proc") {
		t.Error("the system's grant of /proc stands beside --deny /proc")
	}
	if !slices.ContainsFunc(p.Dropped, func(l spec.Path) bool { return l.Path == "/proc" && l.By.Source == spec.System }) {
		t.Errorf("not told: %v", p.Dropped)
	}
	if !hasPath(p, spec.Read, "/usr") || !hasPath(p, spec.Deny, "/usr/share") {
		t.Error("--deny /usr/share must leave the rest of /usr")
	}
	if hasPath(p, spec.Device, "/dev/null") || !hasPath(p, spec.ReadFile, "/dev/null") || !hasPath(p, spec.Read, "/dev/pts") {
		t.Error("--deny-write /dev must leave /dev/null to be read only")
	}
}

func TestDeniedNameAndTarget(t *testing.T) {
	b := newBox(t)
	b.file("project/real", "")
	b.symlink("real", "project/link")
	b.symlink("mid", "project/far")
	b.symlink("absent/x", "project/mid")
	b.symlink("self", "project/self")
	p := b.grants("allow project", "deny project/link", "deny project/far", "deny project/self", "deny project/new/../other")
	b.has(p, "deny project/link", "deny project/real", "deny project/far", "deny project/absent/x", "deny project/self", "deny project/other")
}

func TestGrantsAreResolved(t *testing.T) {
	b := newBox(t)
	b.mkdir("project/dir/sub")
	b.file("project/odd \n'name", "")
	b.symlink("dir/sub", "project/link")
	p := b.must(Options{Grants: []Grant{
		{Kind: spec.Allow, Path: "link/.."}, {Kind: spec.ReadFile, Path: "./odd \n'name"}, {Kind: spec.Read, Path: "."},
		{Kind: spec.Read, Path: ".//."},
	}})
	want := []string{"allow project/dir", "read-file project/odd \n'name", "read project"}
	if got := b.lines(p); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestGrantErrors(t *testing.T) {
	b := newBox(t)
	b.file("project/file", "")
	b.mkdir("project/dir")
	b.symlink("loop", "project/loop")
	if err := unix.Mkfifo(b.project+"/fifo", 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ given, want, hint string }{
		{"allow project/missing", "cannot grant --allow 'BOX/project/missing': no such file or directory", "create it first: the kernel cannot grant what does not exist"},
		{"allow project/file/x", "cannot grant --allow 'BOX/project/file/x': no such file or directory", "create it first: the kernel cannot grant what does not exist"},
		{"allow project/file", "cannot grant --allow 'BOX/project/file': it is not a directory", "use --allow-file 'BOX/project/file'"},
		{"read project/fifo", "cannot grant --read 'BOX/project/fifo': it is not a directory", "use --read-file 'BOX/project/fifo'"},
		{"write-file project/dir", "cannot grant --write-file 'BOX/project/dir': it is a directory", "use --write 'BOX/project/dir'"},
		{"device project/file", "cannot grant --device 'BOX/project/file': it is not a device", ""},
		{"unix-socket project/file", "cannot grant --unix-socket 'BOX/project/file': it is neither a Unix socket nor a directory", ""},
		{"read project/loop", "cannot grant --read 'BOX/project/loop': too many levels of symbolic links", ""},
		{"read@p project/loop", "cannot use profile p: cannot grant --read 'BOX/project/loop': too many levels of symbolic links", ""},
		{"read@p project/file", "cannot use profile p: cannot grant --read 'BOX/project/file': it is not a directory", "use --read-file 'BOX/project/file'"},
	} {
		o := Options{Grants: b.parse(c.given)}
		b.fails(o, c.want)
		_, err := b.compile(o)
		if got := strings.ReplaceAll(fault.HintOf(err), b.root, "BOX"); got != c.hint {
			t.Errorf("%s: hint %q, want %q", c.given, got, c.hint)
		}
	}
	b.fails(Options{Grants: []Grant{{Kind: spec.Read}}}, "cannot use an empty path for --read")
	b.fails(Options{Grants: []Grant{{Kind: spec.Deny}}}, "cannot use an empty path for --deny")
	b.fails(Options{}, "cannot run with nothing granted")
	b.fails(Options{Grants: b.parse("deny project")}, "cannot run with nothing granted")
	b.fails(Options{NetBlock: true, AllowCommands: []string{"rn"}}, "cannot use --allow-command 'rn': no blocked command or category has that name")
	b.fails(Options{NetBlock: true, BlockCommands: []string{"/bin/x"}}, "cannot use --block-command '/bin/x': it must be the name of a command")
	if _, err := b.compile(Options{NetBlock: true}); err != nil {
		t.Errorf("--net-block alone: %v", err)
	}
}

func TestProfilesPathsMayBeMissing(t *testing.T) {
	b := newBox(t)
	b.mkdir("project/dir")
	p := b.grants("allow@p project/missing", "read@p project/dir")
	if got := b.lines(p); !slices.Equal(got, []string{"read project/dir"}) {
		t.Errorf("%q", got)
	}
	if !slices.Equal(p.Skipped, []string{b.project + "/missing"}) {
		t.Errorf("skipped %q", p.Skipped)
	}
}

func TestUnsearchableDirectory(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root searches every directory; run as an ordinary user")
	}
	b := newBox(t)
	b.mkdir("project/shut/in")
	if err := os.Chmod(b.project+"/shut", 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(b.project+"/shut", 0o700)
	b.fails(Options{Grants: b.parse("read project/shut/in")}, "cannot grant --read 'BOX/project/shut/in': permission denied")
	b.has(b.grants("allow project", "deny project/shut/in"), "deny project/shut/in")
}

// TestTemp: what the front end makes later is optional, so that --print-spec is
// of use.
func TestTemp(t *testing.T) {
	b := newBox(t)
	p := b.must(Options{NetBlock: true, Temp: b.root + "/t", SpecFile: b.root + "/t.spec"})
	if got, want := b.lines(p), []string{"temp? t", "read-file? t.spec"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestTheSpecIsValid: whatever Compile makes, the shim's parser takes.
func TestTheSpecIsValid(t *testing.T) {
	b := newBox(t)
	b.file("project/odd \x01\xff\"'#\n", "")
	b.symlink("/proc/self/root", "project/proc")
	p := b.must(Options{Allow: spec.Switches{Rmdir: true}, KeepFDs: []int{7}, Grants: append(b.parse("allow .", "deny project/\xc3("),
		Grant{Kind: spec.ReadFile, Path: "odd \x01\xff\"'#\n"}, Grant{Kind: spec.Deny, Path: "proc"})})
	doc := document.Append(nil, p.Spec)
	back, err := document.Parse(doc)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(document.Append(nil, back)); got != string(doc) {
		t.Error("read back, the spec is another")
	}
}

func TestErrorsAreFaults(t *testing.T) {
	b := newBox(t)
	for _, o := range []Options{{}, {Grants: b.parse("read missing")}, {NetBlock: true, AllowCommands: []string{"?"}}} {
		_, err := b.compile(o)
		var f *fault.Error
		if !errors.As(err, &f) {
			t.Errorf("%v is no fault.Error", err)
		}
	}
}

// TestTildeThatNoShellExpanded: --deny=~/x would deny a name in the working directory.
func TestTildeThatNoShellExpanded(t *testing.T) {
	b := newBox(t)
	b.fails(Options{Grants: append(b.parse("allow home"), Grant{Kind: spec.Deny, Path: "~/vault"})},
		"cannot use --deny '~/vault': the shell has not replaced '~' by your home")
	b.mkdir("project/~/vault")
	b.has(b.must(Options{Grants: append(b.parse("allow project"), Grant{Kind: spec.Deny, Path: "~/vault"})}), "deny project/~/vault")
}

// TestDenyThatProtectsNothing: a deny on the command line of what does not exist is kept,
// unless its path can hardly be the one that was meant.
func TestDenyThatProtectsNothing(t *testing.T) {
	for path, why := range map[string]string{
		"$HOME/vault": "the shell has not put its value in the place of the variable", "home/vault ": "has a blank at an end", "home/vault,project": "",
		"/srv/a,/srv/b": "there is one path", "/srv/a:/srv/b": "there is one path", "file:///srv/a": "there is one path", "home/{vault,keys}": "has braces",
		"home/vault;": "ends in a sign", `"~/vault"`: "has a sign that means itself", "home/vault\n": "", "home/\xff": "", "home/later": "", "home/two words": "",
	} {
		b := newBox(t)
		o := Options{Grants: append(b.parse("allow home"), Grant{Kind: spec.Deny, Path: path})}
		if why == "" {
			b.must(o)
			continue
		}
		if _, err := b.compile(o); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, want %s", path, err, why)
		}
		if path[0] != '/' {
			b.file("project/"+path, "")
			b.must(o)
		}
	}
}
