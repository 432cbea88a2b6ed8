package script

import (
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
	"golang.org/x/sys/unix"
)

// A terminal is a shell on a pty, to type at.
type terminal struct {
	t      *testing.T
	master *os.File
	mu     sync.Mutex
	seen   bytes.Buffer
	read   int // how much of it was waited for
}

// newTerminal starts an interactive bash of u in dir.
func newTerminal(t *testing.T, u testenv.User, dir string, env ...string) *terminal {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is missing: no shell with job control to type at")
	}
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	must(t, err)
	must(t, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	must(t, err)
	name := "/dev/pts/" + strconv.Itoa(n)
	slave, err := os.OpenFile(name, os.O_RDWR|unix.O_NOCTTY, 0)
	must(t, err)
	u.Own(t, name)
	cmd := u.Command(bash, "--norc", "--noprofile", "-i")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr.Setsid, cmd.SysProcAttr.Setctty = true, true
	cmd.Dir = dir
	cmd.Env = append([]string{"PATH=/usr/bin:/bin", "HOME=" + dir, "TMPDIR=" + dir, "TERM=dumb", "PS1=ready> "}, env...)
	must(t, cmd.Start())
	slave.Close()
	// Go then waits for the terminal in a way that Close ends, whoever still has it open.
	must(t, unix.SetNonblock(fd, true))
	term := &terminal{t: t, master: os.NewFile(uintptr(fd), "ptmx")}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 4096)
		for {
			n, err := term.master.Read(buf)
			if err != nil {
				return
			}
			term.mu.Lock()
			term.seen.Write(buf[:n])
			term.mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, unix.SIGKILL)
		cmd.Wait()
		term.master.Close()
		<-done
	})
	term.await("ready> ")
	return term
}

// enter types text; ^C and ^Z are its bytes 3 and 26.
func (term *terminal) enter(text string) {
	term.t.Helper()
	if _, err := term.master.WriteString(text); err != nil {
		term.t.Fatal(err)
	}
}

// await waits until text has appeared after what was awaited before.
func (term *terminal) await(text string) {
	term.t.Helper()
	if !term.appears(text, 20*time.Second) {
		term.fail(text)
	}
}

// press presses a key until text appears: a shell that has just said that a job goes on
// may not have given it the terminal yet.
func (term *terminal) press(key, text string) {
	term.t.Helper()
	for range 20 {
		term.enter(key)
		if term.appears(text, time.Second) {
			return
		}
	}
	term.fail(text)
}

// appears reports whether text appears within a time.
func (term *terminal) appears(text string, limit time.Duration) bool {
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		term.mu.Lock()
		i := strings.Index(term.seen.String()[term.read:], text)
		if i >= 0 {
			term.read += i + len(text)
		}
		term.mu.Unlock()
		if i >= 0 {
			return true
		}
	}
	return false
}

func (term *terminal) fail(text string) {
	term.t.Helper()
	term.mu.Lock()
	defer term.mu.Unlock()
	term.t.Fatalf("%q did not appear; the terminal shows:\n%s", text, term.seen.String()[term.read:])
}

// TestTerminal: ^C, ^Z and fg do what they do without nono.
func TestTerminal(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		for name, prefix := range map[string]string{
			"control": "", "nono-run": s.Path("nono-run") + " -s -r . -- ", "nono": s.Path("nono") + " run -s -r . -- ",
			"waited for": s.Path("nono-run") + " -s --wait-all -r . -- ", "watched": s.Path("nono-run") + " -s --explain --summary none -r . -- ",
		} {
			t.Run(name, func(t *testing.T) {
				term := newTerminal(t, u, u.Dir(t))
				// The words are put together so that the echo of what is typed is
				// not taken for the answer.
				term.enter(prefix + `sh -c 'echo sta""rted; exec sleep 60'` + "\n")
				term.await("started")
				term.enter("\x1a")
				term.await("Stopped")
				term.await("ready> ")
				term.enter("fg\n")
				term.await("sleep 60")
				term.press("\x03", "ready> ")
				term.enter("echo status\"\"=$?\n")
				term.await("status=130")

				term.enter(prefix + `sh -c 'trap "echo caug\"\"ht; exit 9" INT; echo wai""ting; while :; do sleep 0.1; done'` + "\n")
				term.await("waiting")
				term.enter("\x03")
				term.await("caught")
				term.await("ready> ")
				term.enter("echo status\"\"=$?\n")
				term.await("status=9")

				// the size of the window, and who is in front
				term.enter("stty rows 33 cols 77\n")
				term.await("ready> ")
				term.enter(prefix + "stty size\n")
				term.await("33 77")
				term.await("ready> ")
				term.enter(prefix + `sh -c 'read x; echo got"":$x'` + "\n")
				term.enter("typed\n")
				term.await("got:typed")
			})
		}
	})
}

// TestColour: messages have colour on a terminal, and none with NO_COLOR.
func TestColour(t *testing.T) {
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		for _, test := range []struct {
			env, want string
		}{
			{"TERM=xterm", "\x1b[31merror:\x1b[0m cannot"},
			{"TERM=dumb", "nono: error: cannot"},
			{"NO_COLOR=1", "nono: error: cannot"},
		} {
			term := newTerminal(t, u, u.Dir(t), test.env)
			term.enter(s.Path("nono-run") + "\n")
			term.await(test.want)
		}
	})
}
