package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/fdio"
	"github.com/nono-sandbox/nono/core/learn"
	"golang.org/x/sys/unix"
)

// mostRecorded is the size of the largest recording that is read.
const mostRecorded = 256 << 20

// watch runs the command under supervision and returns its exit status and what was
// recorded; nil where it was not started.
func (l *lesson) watch() (int, *learn.Recording, error) {
	program, err := beside("nono-run")
	if err != nil {
		return 0, nil, err
	}
	// Nobody but the supervisor can reach this file: it has no name.
	fd, err := unix.MemfdCreate("recording", unix.MFD_CLOEXEC)
	if err != nil {
		return 0, nil, &fault.Error{Do: "keep a recording", Err: err}
	}
	file := os.NewFile(uintptr(fd), "the recording")
	defer file.Close()
	// The first of ExtraFiles is descriptor 3.
	cmd := exec.Command(program, append([]string{"--record", "3"}, l.flags()...)...)
	cmd.Args[0] = "nono-run"
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = os.Stdin, os.Stdout, os.Stderr, []*os.File{file}
	status, err := wait(cmd)
	if err != nil {
		return 0, nil, &fault.Error{Do: "start", Path: program, Err: err}
	}
	if _, err := unix.Seek(fd, 0, 0); err != nil {
		return 0, nil, &fault.Error{Do: "read the recording", Err: err}
	}
	text, err := fdio.ReadAll(fd, mostRecorded)
	if err != nil {
		return 0, nil, &fault.Error{Do: "read the recording", Err: err}
	}
	if len(text) == 0 {
		return max(status, 1), nil, nil
	}
	seen := &learn.Recording{}
	if err := json.Unmarshal(text, seen); err != nil {
		return 0, nil, &fault.Error{Do: "read the recording", Err: err}
	}
	if len(seen.Programs) == 0 {
		return max(status, 1), nil, &fault.Error{Do: "learn from", Path: l.command[0], Err: fault.Text("no program was started")}
	}
	return status, seen, nil
}

// wait runs cmd as if it stood in the place of this process. What the terminal sends
// goes to both; this process waits for what the command makes of it.
func wait(cmd *exec.Cmd) (int, error) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGHUP)
	defer signal.Stop(signals)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: unix.SIGKILL}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	go func() {
		for s := range signals {
			if s == unix.SIGTERM || s == unix.SIGHUP {
				cmd.Process.Signal(s)
			}
		}
	}()
	err := cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 0, err
	}
	if ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal()), nil
	}
	return cmd.ProcessState.ExitCode(), nil
}

// beside finds a program of nono's beside this one.
func beside(name string) (string, error) {
	self, err := os.Executable()
	if err == nil {
		self, err = filepath.EvalSymlinks(self)
	}
	if err != nil {
		return "", &fault.Error{Do: "find " + name, Err: fault.Text("this program cannot tell where it is: is /proc mounted?")}
	}
	path := filepath.Join(filepath.Dir(self), name)
	if unix.Access(path, unix.X_OK) != nil {
		return "", &fault.Error{Do: "find " + name + " in", Path: filepath.Dir(self), Hint: "install it from the same release as nono-learn"}
	}
	return path, nil
}
