package advice

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
)

// home makes a directory with a few things and returns its real path.
func home(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{".ssh", "project/src"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []string{".ssh/id", "project/a", "notes", "rm"} {
		if err := os.WriteFile(filepath.Join(dir, f), []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func policyFor(dir string) *spec.Spec {
	return &spec.Spec{Paths: []spec.Path{
		{Kind: spec.Read, Path: "/usr", By: spec.ParseOrigin("system")},
		{Kind: spec.Read, Path: dir, By: spec.ParseOrigin("--read ~")},
		{Kind: spec.Allow, Path: dir + "/project", By: spec.ParseOrigin("--allow .")},
		{Kind: spec.Deny, Path: dir + "/.ssh", By: spec.ParseOrigin("SSH keys")},
		{Kind: spec.Deny, Path: dir + "/.netrc", By: spec.ParseOrigin("credential files")},
		{Kind: spec.Deny, Path: dir + "/rm", By: spec.ParseOrigin("blocked command: file destruction")},
		{Kind: spec.Temp, Path: dir + "/temp", By: spec.ParseOrigin("private temp"), Optional: true},
	}}
}

// What helps where only the spec is known.
func TestByLines(t *testing.T) {
	dir := home(t)
	for _, c := range []struct {
		op       query.Op
		path, to string
		abi      int
		want     string // with @ for the home; "" for none
	}{
		{query.Read, ".ssh/id", "", 7, "--read-file @/.ssh/id"},
		{query.Read, ".netrc", "", 7, ""},
		{query.Execute, "rm", "", 7, "--allow-command rm"},
		{query.Write, "notes", "", 7, "--write-file @/notes"},
		{query.List, ".", "", 7, ""},
		{query.Write, "/dev/shm/nono-none", "", 7, "--private-shm"},
		{query.Mkdir, "/dev/shm/nono-none", "", 7, "--private-shm"},
		{query.Read, "/dev/shm/nono-none", "", 7, "--read /dev/shm"},
		{query.Create, "new", "", 7, ""},
		{query.Rmdir, "project/src", "", 7, "--allow-rmdir"},
		{query.Mkdev, "project/null", "", 7, ""},
		{query.Read, "/etc/fstab", "", 7, "--read-file /etc/fstab"},
		{query.LinkTo, "notes", "project/n", 7, ""},
		{query.Connect, "project/socket", "", 7, "--allow-unix-sockets"},
		{query.RenameTo, "project/a", "project/src/a", 1, ""}, // the kernel cannot
		{query.Ioctl, "/dev/null", "", 5, "--device /dev/null"},
		{query.Read, "notes", "", 7, ""}, // it is allowed
	} {
		abs := func(p string) string {
			if p == "" || p[0] == '/' {
				return p
			}
			return dir + "/" + p
		}
		s := policyFor(dir)
		asker, err := query.New(s, c.abi, dir)
		if err != nil {
			t.Fatal(err)
		}
		q := query.Question{Op: c.op, Path: abs(c.path), To: abs(c.to)}
		v := asker.Ask(q)
		New(Sandbox{Spec: s, ABI: c.abi, Platform: "linux", Dir: dir}, asker).Advise(q, &v)
		got := ""
		if v.Suggestion != nil {
			got = strings.ReplaceAll(v.Suggestion.String(), dir, "@")
		}
		if got != c.want {
			t.Errorf("%s %s: %q, want %q (%+v)", c.op, c.path, got, c.want, v)
		}
	}
}

func TestCanStart(t *testing.T) {
	dir := home(t)
	s := policyFor(dir)
	for path, want := range map[string]query.Status{
		dir + "/notes": query.Allowed, dir + "/project/a": query.Allowed, "/bin/ls": query.Allowed, // /bin/sh is granted
		dir + "/rm":           query.Denied,
		dir + "/project/gone": query.Allowed, // not the sandbox's affair
	} {
		v := CanStart(Sandbox{Spec: s, Platform: "linux", Dir: "/"}, path)
		if v.Status != want {
			t.Errorf("%s: %+v, want %s", path, v, want)
		}
	}
	sh, err := filepath.EvalSymlinks("/bin/sh")
	if err != nil {
		t.Fatal(err)
	}
	s.Paths = append(s.Paths, spec.Path{Kind: spec.Deny, Path: sh, By: spec.ParseOrigin("a test")})
	if v := CanStart(Sandbox{Spec: s, Platform: "linux", Dir: "/"}, dir+"/notes"); v.Status != query.Denied || v.Suggestion == nil || v.Suggestion.String() != "--read-file "+sh {
		t.Errorf("without its interpreter: %+v", v)
	}
}
