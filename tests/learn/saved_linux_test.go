package learn

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// Learning prints a profile, and says what the same is without one: pasted, the flags
// do the same.
func TestPrinted(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPerson(t, u)
		p.shell(`mkdir ~/data; echo one >~/data/"a b"; echo two >in`)
		script := `cat ~/data/"a b" in`
		out, stderr, status := p.run("nono-learn", "--", "sh", "-c", script)
		if status != 0 || !strings.HasPrefix(out, "one\ntwo\n# sh: learned from sh -c ") ||
			!strings.Contains(out, "\nworkdir read ") || !strings.Contains(out, "\nread-file \"~/data/a b\" ") || !strings.Contains(out, "\nnet-block ") {
			t.Errorf("%d\n%s%s", status, out, stderr)
		}
		_, line, ok := strings.Cut(stderr, "the same without a profile: nono run ")
		if line, _, _ = strings.Cut(line, "\n"); !ok {
			t.Fatal(stderr)
		}
		p.env = []string{"RUN=" + p.s.Path("nono-run")}
		if out, stderr, status := p.start("/bin/sh", "-c", `eval '"$RUN"' --silent "$1"`, "sh", line); status != 0 || out != "one\ntwo\n" {
			t.Errorf("%s: %d\n%s%s", line, status, out, stderr)
		}
		if len(p.profiles()) != 0 {
			t.Errorf("it has left %q", p.profiles())
		}
	})
}

// A profile that is there is not written over, and one that hides a built-in is not
// made, before anything is run.
func TestTaken(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPerson(t, u)
		learn := func(flags ...string) (string, int) {
			t.Helper()
			os.Remove(filepath.Join(p.project, "ran"))
			_, stderr, status := p.run("nono-learn", append(flags, "--", "sh", "-c", "echo x >ran")...)
			return stderr, status
		}
		ran := func() bool { _, err := os.Lstat(filepath.Join(p.project, "ran")); return err == nil }
		if stderr, status := learn("-o", "mine"); status != 0 || !ran() {
			t.Fatalf("%d %s", status, stderr)
		}
		file := filepath.Join(p.home, ".config/nono/profiles/mine.profile")
		for _, c := range []struct {
			flags []string
			want  string
		}{
			{[]string{"-o", "mine"}, "there is one of that name"},
			{[]string{"-o", "git"}, "it would hide the built-in"},
			{[]string{"-o", "../x"}, "no name of a profile"},
			{[]string{"-o", "a/b"}, "no name of a profile"},
			{[]string{"--check", "none-of-that-name"}, "there is none of that name"},
			{[]string{"--force"}, "nothing is saved"},
			{[]string{"-o", "x", "--add-to", "y"}, "only one of them"},
		} {
			if stderr, status := learn(c.flags...); status == 0 || ran() || !strings.Contains(stderr, c.want) {
				t.Errorf("%q: %d, ran: %v, %s", c.flags, status, ran(), stderr)
			}
		}
		must(t, os.WriteFile(file, []byte("# my own\n"), 0o600))
		if stderr, status := learn("-o", "mine", "--force"); status != 0 {
			t.Errorf("%d %s", status, stderr)
		}
		if _, text := p.profile("mine"); strings.Contains(text, "my own") {
			t.Error("it was not replaced")
		}
		// A link is never followed, and neither is a file that others can write.
		must(t, os.Remove(file))
		must(t, os.Symlink(filepath.Join(p.home, ".bashrc"), file))
		if stderr, status := learn("-o", "mine", "--force"); status != 125 {
			t.Errorf("%d %s", status, stderr)
		}
		if text, _ := os.ReadFile(filepath.Join(p.home, ".bashrc")); string(text) != "SECRET" {
			t.Errorf("it has written through a link: %q", text)
		}
		must(t, os.Remove(file))
		must(t, os.WriteFile(file, nil, 0o666))
		must(t, os.Chmod(file, 0o666))
		if stderr, status := learn("--add-to", "mine"); status == 0 || ran() || !strings.Contains(stderr, "others can write") {
			t.Errorf("%d %s", status, stderr)
		}
	})
}

// Several runs make one profile, and a run that uses nothing new changes nothing.
func TestAddTo(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPerson(t, u)
		p.shell(`mkdir ~/one ~/two; echo 1 >~/one/x; echo 2 >~/two/x`)
		add := func(script string) []string {
			t.Helper()
			if _, stderr, status := p.run("nono-learn", "--add-to", "mine", "--", "sh", "-c", script); status != 0 {
				t.Fatalf("%d %s", status, stderr)
			}
			lines, _ := p.profile("mine")
			return lines
		}
		if lines := add(`cat ~/one/x`); strings.Join(lines, "; ") != "read-file ~/one/x; net-block" {
			t.Errorf("%q", lines)
		}
		if lines := add(`cat ~/two/x`); strings.Join(lines, "; ") != "read-file ~/one/x; net-block; read-file ~/two/x" {
			t.Errorf("%q", lines)
		}
		_, before := p.profile("mine")
		add(`cat ~/one/x ~/two/x`)
		if _, after := p.profile("mine"); after != before {
			t.Errorf("it was changed to\n%s", after)
		}
		lines := add(`/usr/bin/python3 -Sc 'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)'`)
		if has(lines, "net-block") {
			t.Errorf("the network stays shut: %q", lines)
		}
		if lines := add(`cat ~/one/x`); has(lines, "net-block") {
			t.Errorf("the network is shut again: %q", lines)
		}
	})
}

// A check says what is missing and what nothing uses, and changes nothing.
func TestCheck(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPerson(t, u)
		p.shell(`mkdir ~/one ~/two ~/three; echo 1 >~/one/x; echo 2 >~/two/x`)
		file := filepath.Join(p.home, ".config/nono/profiles/mine.profile")
		must(t, os.WriteFile(file, []byte("read ~/one\nread ~/three\nallow-command rm\nnet-block\n"), 0o600))
		u.Own(t, file)
		out, stderr, status := p.run("nono-learn", "--check", "mine", "--", "cat", p.home+"/one/x", p.home+"/two/x")
		for _, want := range []string{"# mine lacks:\nread-file ~/two/x ", "# Not used:\n#   read '" + p.home + "/three'  (line 2 of", "#   allow-command 'rm'  (line 3 of"} {
			if !strings.Contains(out, want) {
				t.Errorf("without %q: %d\n%s%s", want, status, out, stderr)
			}
		}
		if strings.Contains(out, "/one") {
			t.Errorf("it complains about what is used:\n%s", out)
		}
	})
}

// Blocked commands run only if that is asked for, and are granted only then.
func TestCommands(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPerson(t, u)
		p.shell(`echo x >gone`)
		if _, stderr, _ := p.run("nono-learn", "-o", "without", "--", "sh", "-c", "rm gone; true"); !exists(p, "gone") {
			t.Errorf("rm has run: %s", stderr)
		}
		if lines, text := p.profile("without"); has(lines, "allow-command rm") || !strings.Contains(text, "#   allow-command rm  # a blocked command") {
			t.Errorf("%s", text)
		}
		if _, stderr, status := p.run("nono-learn", "--commands", "-o", "with", "--", "sh", "-c", "rm gone"); exists(p, "gone") {
			t.Errorf("rm has not run: %d %s", status, stderr)
		}
		if lines, text := p.profile("with"); !has(lines, "allow-command rm") {
			t.Errorf("%s", text)
		}
		p.shell(`echo x >gone`)
		if _, stderr, status := p.run("nono-learn", "--", "rm", "gone"); status != 126 || !strings.Contains(stderr, "--commands") || !exists(p, "gone") {
			t.Errorf("%d %s", status, stderr)
		}
	})
}

func exists(p *person, name string) bool {
	_, err := os.Lstat(filepath.Join(p.project, name))
	return err == nil
}

// Where nothing was started there is no profile, and the status says why. A command's
// own status is passed on.
func TestStatus(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	p := newPerson(t, testenv.Ordinary())
	for _, c := range []struct {
		words  []string
		status int
		saved  bool
	}{
		{[]string{"none-of-that-name"}, 127, false},
		{[]string{"/etc/passwd"}, 126, false},
		{[]string{"sh", "-c", "exit 7"}, 7, true},
		{[]string{"sh", "-c", "kill -TERM $$"}, 143, true},
		{[]string{"true"}, 0, true},
	} {
		_, stderr, status := p.run("nono-learn", append([]string{"-o", "x", "--"}, c.words...)...)
		saved := len(p.profiles()) == 1
		if status != c.status || saved != c.saved {
			t.Errorf("%q: %d, saved %v\n%s", c.words, status, saved, stderr)
		}
		for _, f := range p.profiles() {
			os.Remove(f)
		}
	}
	for _, words := range [][]string{nil, {"--no-such-flag"}, {"--output"}} {
		if _, stderr, status := p.run("nono-learn", words...); status != 2 {
			t.Errorf("%q: %d %s", words, status, stderr)
		}
	}
}

// A variable that looks like a credential is withheld. It is listed where a file that
// was read names it.
func TestVariables(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	p := newPerson(t, testenv.Ordinary())
	p.env = []string{"NPM_TOKEN=SECRET1", "OTHER_TOKEN=SECRET2"}
	p.shell(`echo '//r/:_authToken=${NPM_TOKEN} MY_OTHER_TOKEN' >.npmrc`)
	out, stderr, _ := p.run("nono-learn", "--", "sh", "-c", `cat .npmrc; echo "<$NPM_TOKEN>"`)
	if !strings.Contains(out, "<>\n") || !strings.Contains(out, "#   allow-env NPM_TOKEN  # removed from the environment, and named in .npmrc") || strings.Contains(out, "allow-env OTHER_TOKEN") {
		t.Errorf("%s%s", out, stderr)
	}
}

// A service of this machine is reached where --host says so, and a credential is passed
// for --allow-env; both are lines then, which a later run and a check go by.
func TestNamed(t *testing.T) {
	testenv.RequireLandlock(t, 4)
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not installed")
	}
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "served\n") }))
	defer service.Close()
	at := service.Listener.Addr().String()
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPerson(t, u)
		p.env = []string{"MY_API_KEY=key", "OTHER_API_KEY=other"}
		work := []string{"--", "sh", "-c", `cp /dev/null made 2>&-; curl -sS ` + service.URL + `; echo "${MY_API_KEY-none} ${OTHER_API_KEY-none}"`}
		learn := func(want string, flags ...string) (stdout, stderr string) {
			t.Helper()
			out, stderr, status := p.run("nono-learn", slices.Concat([]string{"--commands"}, flags, work)...)
			if status != 0 || !strings.HasPrefix(out, want) {
				t.Errorf("%q: %d\n%s%s", flags, status, out, stderr)
			}
			return out, stderr
		}
		const all = "served\nkey none\n"
		learn("none none\n", "--output", "without")
		if lines, text := p.profile("without"); has(lines, "host "+at) || has(lines, "allow-env MY_API_KEY") {
			t.Error(text)
		}
		learn(all, "--output", "with", "--host", at, "--allow-env", "MY_API_KEY")
		lines, text := p.profile("with")
		if !has(lines, "host "+at) || !has(lines, "allow-env MY_API_KEY") || !has(lines, "allow-command cp") {
			t.Error(text)
		}
		if _, stderr := learn(all, "--add-to", "with"); !strings.Contains(stderr, "has all that the command used") {
			t.Error(stderr)
		}
		if out, _ := learn(all, "--check", "with"); !strings.Contains(out, "lacks nothing") {
			t.Error(out)
		}
		if out, stderr, _ := p.run("nono-run", append([]string{"--silent", "--profile", "with", "--allow-cwd"}, work...)...); out != all {
			t.Errorf("%s%s", out, stderr)
		}
	})
}
