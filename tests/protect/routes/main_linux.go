// Command routes tries to run programs by every way round a refusal, and kills
// at its first instruction what could be started: a program that must not run
// here is only asked whether it could.
//
//	routes NAME=PATH ...
//
// For each it prints a line "NAME ROUTE RESULT", and "end" last. It works in the
// current directory, where it may write.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

func main() {
	runtime.LockOSThread() // one thread traces its children
	for _, arg := range os.Args[1:] {
		name, path, _ := strings.Cut(arg, "=")
		for _, r := range routes {
			fmt.Println(name, r.name, say(r.try(name, path)))
		}
	}
	fmt.Println("end")
}

func say(err error) string {
	var errno syscall.Errno
	switch {
	case err == nil:
		return "runs"
	case errors.As(err, &errno):
		return unix.ErrnoName(unix.Errno(errno))
	}
	return strings.ReplaceAll(err.Error(), "\n", " ")
}

var routes = []struct {
	name string
	try  func(name, path string) error
}{
	{"name", func(name, _ string) error {
		path, err := exec.LookPath(name)
		if err != nil {
			// LookPath asks whether it may be executed, which the file's own
			// permissions answer: what is not found is not there.
			return err
		}
		return starts(path)
	}},
	{"path", func(_, path string) error { return starts(path) }},
	{"env", func(_, path string) error {
		return status(exec.Command("/usr/bin/env", "-i", path, "--nono-no-such-option"), 126)
	}},
	{"loader", func(_, path string) error { return status(exec.Command(loader(), "--verify", path), 1) }},
	{"copy", copied},
	{"hard link", func(_, path string) error { return linked(os.Link, path) }},
	{"symlink", func(_, path string) error { return linked(os.Symlink, path) }},
	{"proc", func(_, path string) error { return starts("/proc/self/root" + path) }},
	{"descriptor", descriptor},
	{"interpreter", interpreter},
}

// starts executes path and kills it before it has done anything.
func starts(path string) error {
	return stopped(exec.Command(path, "--nono-no-such-option"))
}

func stopped(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	cmd.Process.Kill()
	cmd.Wait()
	return nil
}

// status runs a program that itself reports, by that status, that it could not
// execute another. It is stopped, too, before the other does anything: as a
// traced process it stops at its own start and at the other's.
func status(cmd *exec.Cmd, refused int) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("the route itself: %w", err)
	}
	var ws syscall.WaitStatus
	pid := cmd.Process.Pid
	for started := 0; ; {
		if _, err := syscall.Wait4(pid, &ws, 0, nil); err != nil {
			return fmt.Errorf("the route itself: %w", err)
		}
		switch {
		case ws.Exited() && ws.ExitStatus() == refused:
			return syscall.EACCES
		case ws.Exited():
			return nil
		case ws.Stopped() && ws.StopSignal() == syscall.SIGTRAP:
			if started++; started > 1 {
				syscall.Kill(pid, syscall.SIGKILL)
				syscall.Wait4(pid, &ws, 0, nil)
				return nil
			}
		case ws.Signaled():
			return fmt.Errorf("the route itself: killed by %v", ws.Signal())
		}
		if err := syscall.PtraceCont(pid, 0); err != nil {
			return fmt.Errorf("the route itself: %w", err)
		}
	}
}

// loader returns the dynamic loader. Run with --verify it only tells whether it
// can read and load a program.
func loader() string {
	for _, l := range []string{"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-linux-armhf.so.3", "/lib64/ld-linux-riscv64.so.1"} {
		if _, err := os.Stat(l); err == nil {
			return l
		}
	}
	return "/no/loader"
}

func copied(_, path string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	defer os.Remove("copy")
	out, err := os.OpenFile("copy", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o700)
	if err == nil {
		_, err = io.Copy(out, in)
		out.Close()
	}
	if err != nil {
		return fmt.Errorf("the route itself: %w", err)
	}
	return starts("./copy")
}

func linked(link func(old, name string) error, path string) error {
	os.Remove("link")
	if err := link(path, "link"); err != nil {
		return err
	}
	defer os.Remove("link")
	return starts("./link")
}

// descriptor executes what was opened as a place only.
func descriptor(_, path string) error {
	fd, err := unix.Open(path, unix.O_PATH, 0) // inherited on purpose
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return starts(fmt.Sprintf("/proc/self/fd/%d", fd))
}

// interpreter has the program run as the interpreter of a script.
func interpreter(_, path string) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	defer os.Remove("script")
	if err := os.WriteFile("script", []byte("#!"+real+"\n"), 0o700); err != nil {
		return fmt.Errorf("the route itself: %w", err)
	}
	return starts("./script")
}
