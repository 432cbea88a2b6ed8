//go:build linux

package try

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// programOps start a program by one way or another, and kill it at its first
// instruction: what must not run here is only asked whether it could. Those that
// make a file make it in the working directory.
var programOps = map[string]op{
	"starts": func(a []string) error { return starts(a[0]) },
	// the name as a shell finds it; what is not executable by its own permissions
	// is not found
	"starts-name": func(a []string) error {
		path, err := exec.LookPath(a[0])
		if err != nil {
			return err
		}
		return starts(path)
	},
	"starts-env": func(a []string) error {
		return status(exec.Command("/usr/bin/env", "-i", a[0], "--nono-no-such-option"), 126)
	},
	"starts-loader":      func(a []string) error { return status(exec.Command(loader(), "--verify", a[0]), 1) },
	"starts-copy":        func(a []string) error { return copied(a[0]) },
	"starts-link":        func(a []string) error { return linked(os.Link, a[0]) },
	"starts-symlink":     func(a []string) error { return linked(os.Symlink, a[0]) },
	"starts-place":       func(a []string) error { return place(a[0]) },
	"starts-interpreter": func(a []string) error { return interpreter(a[0]) },
	// run to its end, however it ends
	"runs": func(a []string) error { return runs(a[0]) },
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
		return fmt.Errorf("the probe itself: %w", err)
	}
	var ws syscall.WaitStatus
	pid := cmd.Process.Pid
	for started := 0; ; {
		if _, err := syscall.Wait4(pid, &ws, 0, nil); err != nil {
			return fmt.Errorf("the probe itself: %w", err)
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
			return fmt.Errorf("the probe itself: killed by %v", ws.Signal())
		}
		if err := syscall.PtraceCont(pid, 0); err != nil {
			return fmt.Errorf("the probe itself: %w", err)
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

func copied(path string) error {
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
		return fmt.Errorf("the probe itself: %w", err)
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

// place executes what was opened as a place only.
func place(path string) error {
	fd, err := unix.Open(path, unix.O_PATH, 0) // inherited on purpose
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return starts(fmt.Sprintf("/proc/self/fd/%d", fd))
}

// interpreter has the program run as the interpreter of a script.
func interpreter(path string) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	defer os.Remove("script")
	if err := os.WriteFile("script", []byte("#!"+real+"\n"), 0o700); err != nil {
		return fmt.Errorf("the probe itself: %w", err)
	}
	return starts("./script")
}

func runs(path string) error {
	pid, err := syscall.ForkExec(path, []string{path}, &syscall.ProcAttr{Files: []uintptr{0, 1, 2}})
	if err == nil {
		syscall.Wait4(pid, nil, 0, nil)
	}
	return err
}
