// Package agents runs real agents, from npm, in their profiles: their version,
// first screen, a conversation with a stand-in for the model, and what they were
// refused on the way. It needs the npm registry, 3 GiB of disk and some minutes,
// so it runs by `make test-agents` alone.
package agents

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

func TestMain(m *testing.M) {
	status := testenv.Main(m)
	used.report()
	removeLeft()
	os.Exit(status)
}

// secret stands in every file that no agent may read.
const secret = "TOP-SECRET-7d1f"

// A world is an ordinary user with a home, in which the agents are installed as
// `npm install -g` with a prefix in the home does it.
type world struct {
	t       *testing.T
	u       testenv.User
	s       suite.Suite
	home    string
	project string
}

// ordinary returns a home of an ordinary user with the agents in it: real agents are not
// root's.
func ordinary(t *testing.T) *world {
	t.Helper()
	if os.Getenv("NONO_AGENTS") != "1" {
		t.Skip("`make test-agents` runs this: it needs the npm registry and 3 GiB of disk")
	}
	testenv.RequireLandlock(t, 1)
	alone(t)
	w := newWorld(t, testenv.Ordinary(), suite.Build(t, suite.Newest))
	w.install()
	return w
}

// another returns a second home of the same user's.
func (w *world) another() *world {
	w.t.Helper()
	other := newWorld(w.t, w.u, w.s)
	other.install()
	return other
}

// part runs f as a test of its own in the same home.
func (w *world) part(name string, f func(w *world)) {
	w.t.Run(name, func(t *testing.T) {
		within := *w
		within.t = t
		f(&within)
	})
}

// newWorld makes a home with secrets in it, and a project.
func newWorld(t *testing.T, u testenv.User, s suite.Suite) *world {
	t.Helper()
	w := &world{t: t, u: u, s: s, home: u.Dir(t)}
	w.project = w.dir("project")
	w.dir("tmp")
	for _, f := range []string{".ssh/id_ed25519", ".env", ".netrc", ".npmrc", ".bash_history", ".config/gh/hosts.yml", "notes.txt", "CLAUDE.md", "AGENTS.md"} {
		w.file(f, "# "+secret+"\n")
	}
	w.file(".gitconfig", "[user]\n\tname = A\n\temail = a@example.org\n[init]\n\tdefaultBranch = main\n")
	return w
}

func (w *world) path(name string) string { return filepath.Join(w.home, name) }

func (w *world) dir(name string) string {
	w.t.Helper()
	path := w.home
	for part := range strings.SplitSeq(name, "/") {
		path = filepath.Join(path, part)
		if err := os.Mkdir(path, 0o700); err == nil {
			w.u.Own(w.t, path)
		} else if !os.IsExist(err) {
			w.t.Fatal(err)
		}
	}
	return path
}

func (w *world) file(name, text string) string {
	w.t.Helper()
	if dir := filepath.Dir(name); dir != "." {
		w.dir(dir)
	}
	path := w.path(name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.u.Own(w.t, path)
	return path
}

func (w *world) text(name string) string {
	w.t.Helper()
	b, err := os.ReadFile(w.path(name))
	if err != nil {
		w.t.Error(err)
	}
	return string(b)
}

// env is what a person's shell has.
func (w *world) env(more ...string) []string {
	return append([]string{"HOME=" + w.home, "USER=nobody", "LOGNAME=nobody", "SHELL=/bin/bash", "SHLVL=1", "TERM=xterm-256color",
		"LANG=C.UTF-8", "TMPDIR=" + w.path("tmp"), "PATH=" + w.path(".npm-global/bin") + ":" + w.s.Dir + ":/usr/local/bin:/usr/bin:/bin"}, more...)
}

// command is a command in the project, with a session of its own so that all
// that it starts can be ended.
func (w *world) command(env []string, words ...string) *exec.Cmd {
	cmd := w.u.Command("/usr/bin/env", append([]string{"-i"}, append(w.env(env...), words...)...)...)
	cmd.Dir = w.project
	cmd.SysProcAttr.Setsid = true
	return cmd
}

// nono puts nono-run and a profile before words.
func (w *world) nono(profile string, words ...string) []string {
	return w.nonoWith(nil, profile, words...)
}

// nonoWith is nono with more flags.
func (w *world) nonoWith(flags []string, profile string, words ...string) []string {
	return slices.Concat([]string{w.s.Path("nono-run"), "--silent", "--profile", profile, "--allow-cwd"}, flags, []string{"--"}, words)
}

// A result is what a command printed, and how it ended: -1 where it had to be
// ended.
type result struct {
	out    string
	status int
}

// run runs a command until it ends, prints until, or has had its time.
func (w *world) run(cmd *exec.Cmd, until string, limit time.Duration) result {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	r, wr, err := os.Pipe()
	if err != nil {
		w.t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = wr, wr
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	wr.Close()
	go func() {
		<-ctx.Done()
		// The session that Setsid made: the command and what it started.
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		r.SetReadDeadline(time.Now().Add(2 * time.Second))
	}()
	var out bytes.Buffer
	buf := make([]byte, 4096)
	for {
		n, err := r.Read(buf)
		out.Write(buf[:n])
		if until != "" && strings.Contains(out.String(), until) {
			cancel()
		}
		if err != nil {
			break
		}
	}
	cmd.Wait()
	r.Close()
	used.add(w.t.Name(), cmd.ProcessState)
	return result{out.String(), cmd.ProcessState.ExitCode()}
}
