package query

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
)

// home makes a directory with a few things and returns its real path.
func home(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{".ssh", "project/src", "temp", "cache"} {
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
		{Kind: spec.Temp, Path: dir + "/cache", By: spec.ParseOrigin("profile python"), Optional: true},
	}}
}

func TestReasons(t *testing.T) {
	dir := home(t)
	a, err := New(policyFor(dir), 7, dir+"/project")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		op       Op
		path, to string
		status   Status
		reason   Reason
		category string
	}{
		{Read, "notes", "", Allowed, ExplicitGrant, ""},
		{Read, "project/a", "", Allowed, WithinWorkdir, ""},
		{Create, "temp/a", "", Allowed, PrivateTemp, ""},
		{Create, "cache/a", "", Allowed, ExplicitGrant, ""},
		{Read, "/usr/bin", "", Allowed, SystemPath, ""},
		{Read, ".ssh/id", "", Denied, SensitivePath, "SSH keys"},
		{Read, ".netrc", "", Denied, SensitivePath, "credential files"},
		{Execute, "rm", "", Denied, BlockedCommand, "blocked command: file destruction"},
		{Write, "notes", "", Denied, InsufficientAccess, ""},
		{List, ".", "", Denied, ChainDirectory, "SSH keys"},
		{Create, "new", "", Denied, InsufficientAccess, ""},
		{Rmdir, "project/src", "", Denied, RmdirBlocked, ""},
		{Mkdev, "project/null", "", Denied, DeviceNode, ""},
		{Read, "/etc/fstab", "", Denied, NotInAllowedPaths, ""},
		{RenameTo, "project/a", "project/src/a", Allowed, WithinWorkdir, ""},
		{LinkTo, "notes", "project/n", Denied, InsufficientAccess, ""},
		{Read, "project/none", "", Allowed, WithinWorkdir, ""},
		{Connect, "project/socket", "", Denied, UnixSocketBlocked, ""},
	} {
		abs := func(p string) string {
			if p == "" || p[0] == '/' {
				return p
			}
			return dir + "/" + p
		}
		v := a.Ask(Question{c.op, abs(c.path), abs(c.to)})
		if v.Status != c.status || v.Reason != c.reason || v.Category != c.category {
			t.Errorf("%s %s: %s %s %q, want %s %s %q", c.op, c.path, v.Status, v.Reason, v.Category, c.status, c.reason, c.category)
		}
	}
}

func TestNetwork(t *testing.T) {
	if v := Network(&spec.Spec{Switches: spec.Switches{Net: true}}, 7, "h", 1, "tcp"); v.Status != Allowed || v.Reason != NetworkDefault {
		t.Errorf("%+v", v)
	}
	for _, c := range []struct {
		abi      int
		protocol string
		by       string
	}{{1, "tcp", "seccomp"}, {kernel.ABINet, "tcp", "Landlock and seccomp"}, {kernel.ABINet, "udp", "seccomp"}} {
		v := Network(&spec.Spec{}, c.abi, "h", 1, c.protocol)
		if v.Status != Denied || v.EnforcedBy != c.by || v.Suggestion.String() != "leave out --net-block" {
			t.Errorf("%+v", v)
		}
	}
}

func TestLimits(t *testing.T) {
	dir := home(t)
	a, err := New(policyFor(dir), 7, dir)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"":                                      "ENOENT",
		"/" + strings.Repeat("n", 256):          "ENAMETOOLONG",
		strings.Repeat("/x", 2048):              "ENAMETOOLONG",
		dir + "/notes/":                         "ENOTDIR",
		dir + "/notes/x":                        "ENOTDIR",
		"a\x00b":                                "ENAMETOOLONG",
		strings.Repeat("/.", 2000) + "/etc":     "EACCES",
		"/../../.." + dir + "/project/../notes": "",
	} {
		v := a.Ask(Question{Op: Read, Path: path})
		if v.Errno != want {
			t.Errorf("%.40q: %+v, want %q", path, v, want)
		}
	}
}

func TestOlderKernels(t *testing.T) {
	dir := home(t)
	ask := func(abi int, s *spec.Spec, q Question) Verdict {
		a, err := New(s, abi, dir)
		if err != nil {
			t.Fatal(err)
		}
		return a.Ask(q)
	}
	s := policyFor(dir)
	if v := ask(1, s, Question{RenameTo, dir + "/project/a", dir + "/project/src/a"}); v.Reason != NoReparenting || v.Errno != "EXDEV" {
		t.Errorf("%+v", v)
	}
	if v := ask(2, s, Question{Op: Truncate, Path: dir + "/project/a"}); v.Reason != TruncateRefused || v.EnforcedBy != "seccomp" {
		t.Errorf("%+v", v)
	}
	if v := ask(4, s, Question{Op: Ioctl, Path: "/dev/null"}); v.Status != Denied {
		t.Errorf("reading is not granted: %+v", v)
	}
	s.Paths = append(s.Paths, spec.Path{Kind: spec.ReadFile, Path: "/dev/null", By: spec.ParseOrigin("x")})
	if v := ask(4, s, Question{Op: Ioctl, Path: "/dev/null"}); v.Status != Allowed || v.Reason != NotEnforced {
		t.Errorf("%+v", v)
	}
	if v := ask(5, s, Question{Op: Ioctl, Path: "/dev/null"}); v.Status != Denied || v.Reason != InsufficientAccess {
		t.Errorf("%+v", v)
	}
}

func BenchmarkAsk(b *testing.B) {
	s := &spec.Spec{Paths: []spec.Path{{Kind: spec.Read, Path: "/usr", By: spec.ParseOrigin("system")}}}
	a, err := New(s, 7, "/")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		a.Ask(Question{Op: Read, Path: "/usr/bin/env"})
	}
}
