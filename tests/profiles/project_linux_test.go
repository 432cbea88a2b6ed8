package profiles

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// propose writes the project's own profile.
func (w *world) propose(text string) { w.file("project/.nono.profile", text) }

// tool runs another of nono's programs in the project.
func (w *world) tool(name string, args ...string) (string, int) {
	cmd := w.command()
	cmd.Path = w.s.Path(name)
	cmd.Args = append([]string{name}, args...)
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		w.t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func (w *world) trust() {
	w.t.Helper()
	if out, status := w.tool("nono-policy", "trust", "--yes", ".nono.profile"); status != 0 {
		w.t.Fatalf("status %d: %s", status, out)
	}
}

const wanted = "nono: Use it, and trust this text from now on? [y/N] "

// A project's own profile is offered, with what it wants; a yes is remembered for that
// text in that directory.
func TestProjectIsOffered(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.dir("given")
		w.file("given/a", "given\n")
		w.propose("# hello\nworkdir readwrite\nread ~/given\ndeny $WORKDIR/private\n")
		w.file("project/private", "private\n")
		script := []string{"--net-block", "--", "cat", "file", "private", w.path("given/a")}
		out, status := w.run(script...)
		w.want("no terminal", out, status, 1, "notice: the project's profile '"+w.path("project/.nono.profile")+"' is not used: there is no terminal to ask on (nono policy trust ", denied)
		if strings.Count(out, "notice:") != 1 || strings.Contains(out, "given\n") || strings.Contains(out, "inside") {
			t.Errorf("taken, or told more than once:\n%s", out)
		}
		for _, look := range []string{"--dry-run", "--print-spec"} {
			out, status = w.question(w.project, "y\n", append([]string{look}, script...)...)
			w.want(look, out, status, 0, "is not used: a start would ask about it")
		}
		const asked = "wants:\r\n  deny "
		out, _ = w.question(w.project, "n\n", script...)
		if !strings.Contains(out, asked+w.path("project/private")+"\r\n  read "+w.path("given")+"\r\n  workdir readwrite  ('"+w.project+"')\r\n"+wanted) ||
			strings.Contains(out, "given\r\n/") || strings.Contains(out, "inside") || !strings.Contains(out, "is not used (--no-project does not ask)") {
			t.Errorf("no:\n%s", out)
		}
		out, _ = w.question(w.project, "y\n", script...)
		if strings.Count(out, "[y/N]") != 1 || !strings.Contains(out, "inside") || strings.Contains(out, "private\r\nnono") || !strings.Contains(out, "\ngiven\r\n") || !strings.Contains(out, "private: "+denied) {
			t.Errorf("yes:\n%s", out)
		}
		st, err := os.Stat(w.path(".local/state/nono/trusted"))
		if err != nil || st.Mode().Perm() != 0o700 {
			t.Errorf("what is remembered: %v, %v", st, err)
		}
		for range 2 {
			out, status = w.run(script...)
			w.want("remembered", out, status, 1, "inside", "given\n", "private: "+denied)
			if strings.Contains(out, "project's profile") {
				t.Errorf("told again:\n%s", out)
			}
		}
		w.dir("project/src")
		out, status = w.run("--workdir", w.path("project/src"), "--net-block", "--", "cat", w.path("given/a"))
		w.want("beneath", out, status, 1, "the profile '"+w.path("project/.nono.profile")+"', which you trust, is used only in its own directory (--workdir '"+w.project+"' starts there", denied)
		out, _ = w.run("--workdir", w.path("project/src"), "--no-project", "--net-block", "--", "cat", w.path("given/a"))
		if strings.Contains(out, "which you trust") {
			t.Errorf("--no-project beneath:\n%s", out)
		}
		if out, status := w.tool("nono-why", "--net-block", "--op", "read", "given"); status != 1 {
			t.Errorf("another place is allowed: %s", out)
		}
		out, status = w.tool("nono-why", "--net-block", "--verbose", w.path("given/a"))
		w.want("nono why knows it", out, status, 0, "allowed: read", "profile .nono.profile")
		out, status = w.tool("nono-policy", "trust", "--list")
		w.want("listed", out, status, 0, "'"+w.path("project/.nono.profile")+"'\n")
		out, status = w.run(append([]string{"--no-project"}, script...)...)
		w.want("--no-project", out, status, 1, denied)
		if strings.Contains(out, "inside") || strings.Contains(out, "given\n") {
			t.Errorf("--no-project:\n%s", out)
		}
		out, status = w.tool("nono-policy", "untrust", ".")
		w.want("untrust", out, status, 0, "trusted no more: '"+w.path("project/.nono.profile")+"'\n")
		out, status = w.run(script...)
		w.want("untrusted", out, status, 1, "is not used: there is no terminal", denied)
		out, status = w.tool("nono-policy", "untrust", ".")
		w.want("untrust twice", out, status, 1, "not trusted before")
	})
}

// A change asks again. Without a yes, what the trusted text gives is not given, and
// what it denies stays denied: who writes to the project gains nothing either way.
func TestProjectChanges(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.dir("given")
		w.file("given/a", "given\n")
		w.file("project/private", "private\n")
		const text = "read ~/given\ndeny $WORKDIR/private\n"
		script := []string{"--read", ".", "--net-block", "--", "cat", "file", "private", w.path("given/a")}
		file := w.path("project/.nono.profile")
		w.propose(text)
		w.trust()
		out, status := w.run(script...)
		w.want("the control", out, status, 1, "inside", "given\n", "private: "+denied)
		for name, change := range map[string]func(){
			"a line more":    func() { w.propose(text + "read ~\n") },
			"a byte more":    func() { w.propose(text + " ") },
			"a line less":    func() { w.propose("read ~/given\n") },
			"empty":          func() { w.propose("") },
			"nonsense":       func() { w.propose("\x00\x01\n") },
			"too large":      func() { w.propose(strings.Repeat("#\n", 40<<10)) },
			"gone":           func() { os.Remove(file) },
			"a symlink":      func() { os.Remove(file); os.Symlink(w.file("same", text), file) },
			"a fifo":         func() { os.Remove(file); unix.Mkfifo(file, 0o600); w.u.Own(t, file) },
			"a directory":    func() { os.Remove(file); w.dir("project/.nono.profile") },
			"not to be read": func() { os.Chmod(file, 0) },
		} {
			os.RemoveAll(file)
			w.propose(text)
			change()
			out, status = w.run(script...)
			if name == "not to be read" && w.u.Root() {
				continue // root reads it, and it is the same
			}
			w.want(name, out, status, 1, "inside", "private: "+denied, "a: "+denied, "what the trusted one denies stays denied")
			if strings.Count(out, "notice: the ") != 1 {
				t.Errorf("%s: not told once:\n%s", name, out)
			}
		}
		os.RemoveAll(file)
		w.propose(text + "read ~/project\n")
		out, _ = w.question(w.project, "n\n", script...)
		if !strings.Contains(out, "which has changed since you trusted it, wants:") || !strings.Contains(out, "private: "+denied) || strings.Contains(out, "\ngiven\r\n") {
			t.Errorf("no to a change:\n%s", out)
		}
		out, _ = w.question(w.project, "y\n", script...)
		if !strings.Contains(out, wanted) || !strings.Contains(out, "\ngiven\r\n") {
			t.Errorf("yes to a change:\n%s", out)
		}
		// The same text in another directory is another project's.
		if out, err := exec.Command("cp", "-a", w.project, w.path("copy")).CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
		cmd := w.command("--read", ".", "--net-block", "--", "cat", w.path("given/a"))
		cmd.Dir = w.path("copy")
		if out, _ := cmd.CombinedOutput(); !strings.Contains(string(out), "there is no terminal to ask on") || !strings.Contains(string(out), denied) {
			t.Errorf("a copy:\n%s", out)
		}
		// A symlink to the project is the project.
		if err := os.Symlink(w.project, w.path("link")); err != nil {
			t.Fatal(err)
		}
		out, status = w.run("--workdir", w.path("link"), "--net-block", "--", "cat", w.path("given/a"))
		w.want("by a symlink", out, status, 0, "given\n")
	})
}

// What a command writes inside gains nothing in the next run.
func TestProjectFromInside(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		secret := w.path("given/a")
		w.dir("given")
		w.file("given/a", "given\n")
		forge := "echo 'read ~/given' > .nono.profile; S=$HOME/.local/state; mkdir -p $S/nono/trusted$PWD; cp .nono.profile $S/nono/trusted$PWD/; " +
			w.s.Path("nono-policy") + " trust --yes .nono.profile"
		for _, there := range []bool{false, true} {
			if there {
				w.propose("net-block\n")
				w.trust()
			}
			for _, grant := range []string{w.project, w.path(".local"), w.home} {
				if grant == w.path(".local") {
					w.dir(".local/state")
				}
				w.run("--allow", grant, "--allow", w.project, "--allow-command", "file-operations", "--net-block", "--", "sh", "-c", forge)
				out, status := w.run("--net-block", "--", "cat", secret)
				w.want("after a run with --allow "+grant, out, status, 1, denied, "is not used")
			}
		}
		// The place may not be one that the project chooses.
		w.dir("project/state")
		cmd := w.command("--allow", ".", "--allow-command", "file-operations", "--net-block", "--", "sh", "-c", "d=$PWD/state/nono/trusted; umask 077; mkdir -p $d$PWD; cp .nono.profile $d$PWD/")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
		cmd = w.command("--net-block", "--", "cat", secret)
		cmd.Env = append(cmd.Env, "XDG_STATE_HOME="+w.path("project/state"))
		if out, _ := cmd.CombinedOutput(); !strings.Contains(string(out), "where a command in a sandbox may have made it") || strings.Contains(string(out), "given\n") {
			t.Errorf("XDG_STATE_HOME in the project:\n%s", out)
		}
		if err := os.Chmod(w.path(".local/state/nono/trusted"), 0o770); err != nil {
			t.Fatal(err)
		}
		out, status := w.run("--net-block", "--", "true")
		w.want("a place that others can use", out, status, 125, "it must be your own directory", "chmod -R go= ")
	})
}

// What a project's own profile may not say is told, and it is neither offered nor used.
func TestProjectMayNot(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.profile("keys", "read ~/.ssh\n")
		w.profile("env", "allow-env MY_TOKEN\n")
		if err := os.Symlink(w.path(".ssh"), w.path("project/ssh")); err != nil {
			t.Fatal(err)
		}
		w.u.Own(t, w.path("project/ssh"))
		lifts := ", and the project's own profile may not lift that"
		for text, why := range map[string]string{
			"read ~/.ssh":               "it is protected (SSH keys)" + lifts,
			"read-file ~/.ssh/key":      "it is protected (SSH keys)" + lifts,
			"allow ~/.local/state/nono": "it is protected (",
			"write ~/.config/nono":      "it is protected (",
			"allow ~/.local/bin":        "it is protected (",
			"profile keys":              "it is protected (SSH keys)" + lifts,
			"read $WORKDIR/ssh":         "(SSH keys)",
			"read ~":                    "it is your home" + lifts,
			"allow /":                   "it is all of the disk" + lifts,
			"read $WORKDIR/..":          "it is your home" + lifts,
			"profile env":               "it has 'allow-env', and the project's own profile includes it",
			"profile claude-code":       "it has 'allow-env', and the project's own profile includes it",
			"allow-env MY_TOKEN":        "'allow-env' is not for the profile that a project has of its own",
			"secret X=exec:/bin/date":   "'secret' is not for the profile",
			"credential github":         "'credential' is not for the profile",
			"audit-log ~/.bashrc":       "'audit-log' is not for the profile",
			"allow-unix-sockets":        "'allow-unix-sockets' is not for the profile",
			"unix-socket /run/x":        "'unix-socket' is not for the profile",
			"device /dev/kvm":           "'device' is not for the profile",
			"allow-ipc":                 "'allow-ipc' is not for the profile",
			"ask":                       "'ask' is not for the profile",
			"set-env PATH=/x":           "'set-env' is not for the profile",
			"arguments cat /x":          "'arguments' is not for the profile",
			"create ~/x":                "'create' is not for the profile",
			"notice all is well":        "'notice' is not for the profile",
			"variable X /x":             "'variable' is not for the profile",
			"linux allow-ipc":           "'allow-ipc' is not for the profile",
			"without NONE allow-ipc":    "'allow-ipc' is not for the profile",
			"profile .nono.profile":     "is no name of a profile",
			"trust-project":             "there is no directive 'trust-project'",
			"allow-cwd":                 "there is no directive 'allow-cwd'",
			"workdir":                   "needs a value after it",
		} {
			w.propose(text + "\n")
			out, status := w.tool("nono-policy", "trust", "--yes", ".")
			w.want(text, out, status, 2, "nono: error: cannot trust '"+w.path("project/.nono.profile")+"': cannot use profile ", why)
			if !strings.HasPrefix(text, "read") {
				continue // the others go the same way
			}
			out, status = w.question(w.project, "y\n", "--net-block", "--", "cat", w.path(".ssh/key"))
			w.want(text, out, status, 1, denied, "is not used: cannot use profile ", why)
			if strings.Contains(out, "[y/N]") || strings.Contains(out, "secret\r\n") {
				t.Errorf("%s: offered:\n%s", text, out)
			}
			out, status = w.run("--trust-project", "--net-block", "--", "cat", w.path(".ssh/key"))
			w.want(text+" with --trust-project", out, status, 125, "nono: error: cannot use profile ", why)
		}
		w.propose("read ./src\n")
		out, status := w.question(w.project, "y\n", "--net-block", "--", "cat", w.path(".ssh/key"))
		w.want("with what mends it", out, status, 1, denied, "is not used: cannot use profile ", "hint: write '$WORKDIR/src'")
		for _, text := range []string{"profile python", "profile node", "allow-command rm", "protect-repo", "host example.org"} {
			w.propose(text + "\nread $WORKDIR\n")
			out, _ := w.run("--trust-project", "--", "cat", "file")
			if !strings.Contains(out, "inside") {
				t.Errorf("%s:\n%s", text, out)
			}
		}
	})
}

// Nothing of the file reaches the terminal as it is, and nothing of it can push away
// what it wants.
func TestProjectIsPlain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		odd := "\u202e\u009b31m\u200b\u2028"
		for name, text := range map[string]string{
			"a value":         "read /nowhere/" + odd + "\n",
			"a quoted value":  "read \"/nowhere/\\u202e\\x7fx\"\n",
			"a word":          "re" + odd + "ad /x\n",
			"a control":       "read /x\x1b[2J\x1b]0;x\x07\n",
			"a comment":       "# \x1b[2J" + odd + "\nread /nowhere\n",
			"a profile":       "profile x" + odd + "\n",
			"a host":          "host x" + odd + ".example\n",
			"a command":       "allow-command x" + odd + "\n",
			"carriage return": "read /nowhere\r  [y/N] y\rread /etc\n",
			"not UTF-8":       "read /\xff\xfe\n",
			"too long a line": "read /" + strings.Repeat("x/", 300) + "\n",
			"too many lines":  strings.Repeat("read /nowhere\n", 41),
		} {
			w.propose(text)
			out, _ := w.question(w.project, "n\n", "--net-block", "--dry-run")
			if name == "a value" || strings.HasPrefix(name, "too") {
				out, _ = w.question(w.project, "n\n", "--net-block", "--", "true")
			}
			shown, _ := w.tool("nono-policy", "trust", ".")
			for _, out := range []string{out, shown} {
				if strings.ContainsFunc(strings.NewReplacer("\r\n", "\n", "…", "").Replace(out), func(r rune) bool { return r < ' ' && r != '\n' || r >= 0x7f }) || !strings.Contains(out, ".nono.profile'") {
					t.Errorf("%s: %q", name, out)
				}
			}
			if asked := strings.Contains(out, "[y/N]"); asked != (name == "a value") {
				t.Errorf("%s: asked:\n%s", name, out)
			}
		}
	})
}

func TestProjectFlags(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		out, status := w.run("--trust-project", "--read", ".", "--", "true")
		w.want("nothing to trust", out, status, 2, "cannot use --trust-project: the working directory has no .nono.profile")
		w.propose("workdir read\n")
		out, status = w.run("--trust-project", "--no-project", "--", "true")
		w.want("both", out, status, 2, "only one of them makes sense")
		out, status = w.run("--trust-project", "--", "cat", "file")
		w.want("this once", out, status, 0, "inside")
		if _, err := os.Stat(w.path(".local/state/nono/trusted")); err == nil {
			t.Error("--trust-project is remembered")
		}
		out, status = w.run("--net-block", "--silent", "--", "cat", "file")
		w.want("not remembered", out, status, 1, denied)
		out, status = w.tool("nono-why", "--net-block", "--trust-project", "file")
		w.want("asked about", out, status, 0, "allowed: read")
		out, status = w.tool("nono-policy", "trust", ".")
		w.want("nobody to ask", out, status, 2, "there is no terminal to ask on", "hint: --yes answers yes", "workdir read")
		for _, args := range [][]string{{"trust"}, {"trust", "a", "b"}, {"trust", "--list", "a"}, {"untrust"}, {"untrust", "--yes"}, {"trust", "file"}} {
			if out, status := w.tool("nono-policy", args...); status != 2 {
				t.Errorf("%q: status %d: %s", args, status, out)
			}
		}
	})
}
