package fetch

import (
	"errors"
	"io"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/nono-sandbox/nono/core/entry/brief"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/secret"
)

// grace is how long the rest of an answer may take once the program has ended: a
// process that it has left behind may hold the pipe open.
const grace = time.Second

// ask starts the program of a manager and returns what it writes. What it says to its
// user goes where nono's own messages go.
func (f *Fetcher) ask(q *secret.Query) ([]byte, *problem) {
	if q.Scheme == "keychain" && runtime.GOOS != "darwin" {
		return nil, &problem{"the Keychain is on macOS alone", "name a source that is here, as secret-service:ATTRIBUTE=VALUE"}
	}
	argv := append([]string(nil), q.Argv...)
	for i := range argv {
		argv[i] = f.expand(argv[i])
	}
	file, p := f.places.program(argv[0])
	if p != nil {
		return nil, p
	}
	end := time.Now().Add(f.patience)
	// The kernel ends the program with the thread that has started it, and gives it that
	// thread's timer.
	runtime.LockOSThread()
	brief.Leave()
	defer runtime.UnlockOSThread()
	out, child, err := start(file, argv, f.env, q.Terminal)
	if err != nil {
		var cause syscall.Errno
		if errors.As(err, &cause) {
			err = cause
		}
		return nil, &problem{"cannot start " + fault.Quote(file) + ": " + err.Error(), "install it again, or name another source"}
	}
	defer out.Close()
	out.SetReadDeadline(end)
	late := time.AfterFunc(time.Until(end), child.kill)
	defer late.Stop()
	ended := make(chan *os.ProcessState, 1)
	go func() {
		state, _ := child.process.Wait()
		out.SetReadDeadline(time.Now().Add(grace))
		ended <- state
	}()
	answer, err := io.ReadAll(io.LimitReader(out, secret.Most+1))
	if len(answer) > secret.Most || err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		child.kill()
	}
	return f.judge(q, argv[0], answer, <-ended, time.Now().Before(end))
}

// judge says what is wrong with how the program ended.
func (f *Fetcher) judge(q *secret.Query, name string, answer []byte, state *os.ProcessState, inTime bool) ([]byte, *problem) {
	hint := byHand(q)
	if q.Locked != "" {
		hint = "if it is locked: " + q.Locked
	}
	switch {
	case len(answer) > secret.Most:
		return nil, &problem{"the answer is longer than 64 KiB", byHand(q)}
	case state == nil:
		return nil, &problem{fault.Quote(name) + " was lost", hint}
	case !inTime:
		return nil, &problem{fault.Quote(name) + " has not answered within " + f.patience.String(), hint}
	case state.ExitCode() < 0:
		return nil, &problem{fault.Quote(name) + " ended by a signal", hint}
	case state.ExitCode() > 0:
		return nil, &problem{fault.Quote(name) + " ended with status " + strconv.Itoa(state.ExitCode()), hint}
	}
	return answer, nil
}

// A child is a program that was started.
type child struct {
	process *os.Process
	session bool // it leads a session of its own
}

// kill ends the program, and what it has started where that can be told from others.
func (c *child) kill() {
	if c.session {
		syscall.Kill(-c.process.Pid, syscall.SIGKILL)
	}
	c.process.Kill()
}

// start starts a program with a pipe for what it answers. One that asks its user has
// nono's terminal; any other has none, and so cannot wait for an answer there.
func start(file string, argv, env []string, asks bool) (*os.File, *child, error) {
	stdin := os.Stdin
	if !asks || !isatty.IsTerminal(0) {
		null, err := os.Open(os.DevNull)
		if err != nil {
			return nil, nil, err
		}
		defer null.Close()
		stdin = null
	}
	out, in, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer in.Close()
	process, err := os.StartProcess(file, argv, &os.ProcAttr{Dir: "/", Env: env,
		Files: []*os.File{stdin, in, os.Stderr}, Sys: attributes(!asks)})
	if err != nil {
		out.Close()
		return nil, nil, err
	}
	return out, &child{process, !asks}, nil
}
