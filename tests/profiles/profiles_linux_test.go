// Package profiles tests what a profile does to a real run: what it grants, what
// it makes, what it asks, and that nothing runs where it is at fault.
package profiles

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// A world is one user's home with a project and a secret in it.
type world struct {
	t       *testing.T
	u       testenv.User
	s       suite.Suite
	home    string
	project string
}

func each(t *testing.T, f func(t *testing.T, w *world)) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := &world{t: t, u: u, s: s, home: u.Dir(t)}
		w.project = w.dir("project")
		w.file("project/file", "inside\n")
		w.dir(".ssh")
		w.file(".ssh/key", "secret\n")
		f(t, w)
	})
}

func (w *world) path(name string) string { return filepath.Join(w.home, name) }

// dir makes a directory of the user's, with those above it.
func (w *world) dir(name string) string {
	w.t.Helper()
	path := w.home
	for part := range strings.SplitSeq(name, "/") {
		path = filepath.Join(path, part)
		if err := os.Mkdir(path, 0o700); err != nil && !os.IsExist(err) {
			w.t.Fatal(err)
		}
		w.u.Own(w.t, path)
	}
	return path
}

func (w *world) file(name, text string) string {
	w.t.Helper()
	path := w.path(name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.u.Own(w.t, path)
	return path
}

// profile writes a profile of the user's own.
func (w *world) profile(name, text string) {
	w.t.Helper()
	w.dir(".config/nono/profiles")
	w.file(".config/nono/profiles/"+name+".profile", text)
}

// command is nono-run with args, in the project, without a terminal.
func (w *world) command(args ...string) *exec.Cmd {
	cmd := w.u.Command(w.s.Path("nono-run"), args...)
	cmd.Dir = w.project
	cmd.Env = []string{"HOME=" + w.home, "PATH=/usr/bin:/bin", "TMPDIR=" + w.home, "TERM=dumb"}
	cmd.SysProcAttr.Setsid = true
	return cmd
}

// run runs nono-run and returns all that it and the command print, and the
// exit status.
func (w *world) run(args ...string) (string, int) {
	w.t.Helper()
	out, err := w.command(args...).CombinedOutput()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return string(out), exit.ExitCode()
	case err != nil:
		w.t.Fatal(err)
	}
	return string(out), 0
}

func (w *world) want(what, got string, status int, wantStatus int, parts ...string) {
	w.t.Helper()
	if status != wantStatus {
		w.t.Errorf("%s: status %d, want %d:\n%s", what, status, wantStatus, got)
	}
	for _, p := range parts {
		if !strings.Contains(got, p) {
			w.t.Errorf("%s: no %q in:\n%s", what, p, got)
		}
	}
}

const denied = "Permission denied"

func TestGrants(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.dir("given")
		w.file("given/a", "given\n")
		w.profile("x", "# a comment\nallow ~/given\nallow ~/missing\nallow-command cp\nnet-block\n")
		out, status := w.run("--profile", "x", "--", "cat", w.path("given/a"))
		w.want("granted", out, status, 0, "given")
		out, status = w.run("--profile", "x", "--", "cat", w.path("project/file"))
		w.want("not granted", out, status, 1, denied)
		out, status = w.run("--profile", "x", "--", "cp", w.path("given/a"), w.path("given/b"))
		w.want("a command lifted", out, status, 0)
		out, status = w.run("--profile", "x", "--verbose", "--", "true")
		w.want("skipped", out, status, 0, "skipped, does not exist: '"+w.path("missing")+"'", "network: blocked", "profile x")
		out, status = w.run("--profile", "x", "--net-block=false", "--verbose", "--", "true")
		w.want("the command line wins", out, status, 0, "network: allowed")
		out, status = w.run("--profile", "x", "--allow", ".", "--", "cat", "file", w.path("given/a"))
		w.want("grants add up", out, status, 0, "inside", "given")
		out, status = w.run("--profile", "x", "--deny", w.path("given"), "--", "cat", w.path("given/a"))
		w.want("--deny is stronger", out, status, 1, denied)
		out, status = w.run("--show-profile", "x")
		w.want("shown", out, status, 0, w.path("given"), "skipped, does not exist: '"+w.path("missing")+"'", "blocked commands lifted: cp")
		out, status = w.run("--list-profiles")
		w.want("listed", out, status, 0, "claude-code ", "\nx ", "your own: '"+w.path(".config/nono/profiles/x.profile")+"'")
	})
}

// Where a profile is at fault nothing runs: the command would leave a file.
func TestFaults(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.profile("good", "allow ~/project\n")
		w.profile("unknown", "allow ~/project\nalow ~/x\n")
		w.profile("loop", "profile loop2\n")
		w.profile("loop2", "allow ~/project\nprofile loop\n")
		w.profile("exposed", "allow ~/project\n")
		if err := os.Chmod(w.path(".config/nono/profiles/exposed.profile"), 0o666); err != nil {
			t.Fatal(err)
		}
		w.profile("misfit", "allow ~/project\nallow ~/project/file\n")
		touch := func(profile string) (string, int) {
			return w.run("--profile", profile, "--", "touch", w.path("project/ran"))
		}
		for profile, parts := range map[string][]string{
			"unknown":    {"cannot use profile 'unknown': line 2 of '" + w.path(".config/nono/profiles/unknown.profile") + "': there is no directive 'alow'\n", "hint: did you mean 'allow'?"},
			"loop":       {"cannot use profile 'loop2': line 2 of ", ": it includes itself: "},
			"exposed":    {": others can write to it", "hint: chmod go-w "},
			"god":        {"cannot use profile 'god': there is none of that name\n", "hint: did you mean 'go"},
			"misfit":     {"cannot use profile misfit: cannot grant --allow", "it is not a directory"},
			"../profile": {"is no name of a profile"},
		} {
			out, status := touch(profile)
			w.want(profile, out, status, 125, append(parts, "nono: error: ")...)
			if strings.Count(out, "nono: error:") != 1 || strings.Count(out, "\n") > 2 {
				t.Errorf("%s: not one error and one hint:\n%s", profile, out)
			}
			if _, err := os.Stat(w.path("project/ran")); !os.IsNotExist(err) {
				t.Fatalf("%s: the command ran: %v", profile, err)
			}
		}
		out, status := touch("good")
		w.want("the control", out, status, 0)
		if _, err := os.Stat(w.path("project/ran")); err != nil {
			t.Error("the control:", err)
		}
	})
}

func TestCreate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.profile("x", "create ~/new/state\ntemp ~/new/state\ncreate-json ~/new.json\nallow-file ~/new.json\ncreate ~/ungranted\n")
		script := "echo a >" + w.path("new/state/a") + " && mkdir " + w.path("new/state/d") + " && cat " + w.path("new.json")
		for _, look := range []string{"--dry-run", "--print-spec"} {
			out, status := w.run("--profile", "x", look, "--", "true")
			w.want(look, out, status, 0, w.path("new/state"))
		}
		out, status := w.run("--show-profile", "x")
		w.want("--show-profile", out, status, 0, "created at the start: '"+w.path("new/state")+"'")
		for _, p := range []string{"new", "new.json"} {
			if _, err := os.Lstat(w.path(p)); !os.IsNotExist(err) {
				t.Fatalf("%s was made by looking: %v", p, err)
			}
		}
		for _, what := range []string{"first start", "second start"} {
			out, status = w.run("--profile", "x", "--allow", w.project, "--", "sh", "-c", script+" && rm "+w.path("new/state/d"))
			if what == "first start" {
				w.want(what, out, status, 126, "{}", "rm")
			}
		}
		for p, mode := range map[string]os.FileMode{"new": 0o700, "new/state": 0o700, "new.json": 0o600} {
			if st, err := os.Lstat(w.path(p)); err != nil || st.Mode().Perm() != mode {
				t.Errorf("%s: %v, %v", p, st.Mode(), err)
			}
		}
		if _, err := os.Lstat(w.path("ungranted")); !os.IsNotExist(err) {
			t.Errorf("made without a grant: %v", err)
		}
		w.file("new.json", "{\"mine\": 1}\n")
		out, status = w.run("--profile", "x", "--", "cat", w.path("new.json"))
		w.want("an existing file stays", out, status, 0, "mine")
	})
}

// Settings that a tool for dotfiles keeps elsewhere are told of, with what opens them.
func TestSettingsInDotfiles(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.dir(".claude")
		w.dir("dotfiles/claude/skills")
		w.file("dotfiles/claude/settings.json", "{}\n")
		w.file("dotfiles/claude/secret", "x\n")
		for name, to := range map[string]string{"settings.json": w.path("dotfiles/claude/settings.json"), "skills": "../dotfiles/claude/skills", "own": "projects", "dangling": "/nowhere"} {
			if err := os.Symlink(to, w.path(".claude/"+name)); err != nil {
				t.Fatal(err)
			}
			w.u.Own(t, w.path(".claude/"+name))
		}
		w.dir(".claude/projects")
		out, status := w.run("--profile", "claude-code", "--", "cat", w.path(".claude/settings.json"))
		w.want("shut, and told", out, status, 1, "'"+w.path(".claude/settings.json")+"' is a symlink to '"+w.path("dotfiles/claude/settings.json")+
			"', which nothing grants (--allow-file "+w.path("dotfiles/claude/settings.json")+" does)", "--allow "+w.path("dotfiles/claude/skills"))
		if strings.Contains(out, "/own") || strings.Contains(out, "dangling") {
			t.Errorf("told of what is granted, or of nothing:\n%s", out)
		}
		out, status = w.run("--profile", "claude-code", "--allow-file", w.path("dotfiles/claude/settings.json"), "--", "cat", w.path(".claude/settings.json"))
		w.want("opened as the notice says", out, status, 0, "{}")
		if strings.Contains(out, "settings.json' is a symlink") {
			t.Errorf("told although it is granted:\n%s", out)
		}
	})
}

// An agent can leave a symlink where its profile grants something: the next run
// must not give it what the symlink leads to, if that is protected.
func TestLedAstray(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.dir("state")
		w.profile("x", "allow ~/state\nread ~/state/skills\n")
		link := func(to string) {
			t.Helper()
			os.Remove(w.path("state/skills"))
			if err := os.Symlink(to, w.path("state/skills")); err != nil {
				t.Fatal(err)
			}
			w.u.Own(t, w.path("state/skills"))
		}
		w.dir("state/real")
		w.file("state/real/file", "inside\n")
		link("real")
		out, status := w.run("--profile", "x", "--", "cat", w.path("state/skills/file"))
		w.want("the control: a link within what the profile grants", out, status, 0, "inside")
		link(w.path("project"))
		out, status = w.run("--profile", "x", "--", "cat", w.path("project/file"))
		w.want("a link to what the profile does not grant", out, status, 1, "profile x does not get", "Permission denied")
		link("..")
		out, status = w.run("--profile", "x", "--", "cat", w.path("project/file"))
		w.want("a link to the home", out, status, 1, "profile x does not get", "that is your home: if you have not made this symlink, remove it", "Permission denied")
		for _, to := range []string{w.path(".ssh"), "../.ssh"} {
			link(to)
			out, status = w.run("--profile", "x", "--", "cat", w.path(".ssh/key"))
			w.want(to, out, status, 125, "a symlink leads from there to '"+w.path(".ssh")+"', which is protected (SSH keys)")
		}
		w.profile("named", "read ~/.ssh\n")
		out, status = w.run("--profile", "named", "--", "cat", w.path(".ssh/key"))
		w.want("a profile that names it means it", out, status, 0, "secret", "lifts its protection")
		if !w.u.Root() && os.Geteuid() == 0 {
			link(w.path("project"))
			if err := os.Lchown(w.path("state/skills"), 4711, 4711); err != nil {
				t.Fatal(err)
			}
			out, status = w.run("--profile", "x", "--", "cat", w.path("project/file"))
			w.want("another user's link", out, status, 125, "another user's symlink '"+w.path("state/skills")+"' leads from there")
		}
	})
}

func TestHook(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		before := []byte("{\n  \"model\": \"opus\", \"unknown\": [1]\n}\n")
		w.dir(".claude")
		file := w.file(".claude/settings.json", string(before))
		for range 2 {
			out, status := w.run("--install-hook", "claude-code")
			w.want("install", out, status, 0)
		}
		with, err := os.ReadFile(file)
		if err != nil || bytes.Count(with, []byte("PostToolUseFailure")) != 1 || bytes.Count(with, []byte(w.s.Path("nono-why"))) != 2 {
			t.Fatalf("%v\n%s", err, with)
		}
		out, status := w.run("--remove-hook", "claude-code")
		w.want("remove", out, status, 0)
		if after, err := os.ReadFile(file); err != nil || !bytes.Equal(after, before) {
			t.Errorf("%v\n%s", err, after)
		}
		w.file(".claude/settings.json", "{\n  // mine\n}\n")
		out, status = w.run("--install-hook", "claude-code")
		w.want("a comment", out, status, 125, "cannot change '"+file+"': line 2 is not JSON")
		if after, err := os.ReadFile(file); err != nil || string(after) != "{\n  // mine\n}\n" {
			t.Errorf("%v\n%s", err, after)
		}
		out, status = w.run("--install-hook", "vim")
		w.want("another agent", out, status, 2, "nono has none")
	})
}
