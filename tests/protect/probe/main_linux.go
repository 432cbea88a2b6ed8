// Command probe tries what an agent might, one operation after the other, and
// reports what the kernel says to each. What succeeds it takes back, so that the
// same table can be run again without a sandbox.
//
//	probe WORKDIR PID < TABLE
//
// A line of the table is an operation and a quoted path; the report has one line
// for each: "ok" or the name of the error.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Secret is what every file in the table has in it.
const Secret = "secret\n"

type prober struct {
	work string // a directory where everything is allowed
	pid  string // of a process outside of the sandbox
	src  string // a file in work
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: probe WORKDIR PID < TABLE")
		os.Exit(2)
	}
	p := &prober{work: os.Args[1], pid: os.Args[2], src: os.Args[1] + "/src"}
	if err := p.refill(p.src); err != nil {
		fmt.Fprintln(os.Stderr, "probe: cannot write in its own directory:", err)
		os.Exit(2)
	}
	out := bufio.NewWriter(os.Stdout)
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		op, quoted, _ := strings.Cut(in.Text(), " ")
		path, err := strconv.Unquote(quoted)
		if err != nil {
			fmt.Fprintln(os.Stderr, "probe: bad line:", in.Text())
			os.Exit(2)
		}
		fmt.Fprintln(out, say(p.try(op, path)))
	}
	fmt.Fprintln(out, "end")
	if err := out.Flush(); err != nil {
		os.Exit(2)
	}
}

func say(err error) string {
	if err == nil {
		return "ok"
	}
	if errno, ok := err.(unix.Errno); ok {
		if name := unix.ErrnoName(errno); name != "" {
			return name
		}
	}
	return err.Error()
}

// try runs one operation on path.
func (p *prober) try(op, path string) error {
	in := func(name string) string { return p.work + "/" + name }
	switch op {
	case "read":
		return p.read(path)
	case "list":
		return list(path)
	case "write":
		return opens(path, unix.O_WRONLY)
	case "append":
		return opens(path, unix.O_WRONLY|unix.O_APPEND)
	case "overwrite":
		return p.restored(path, opens(path, unix.O_WRONLY|unix.O_TRUNC))
	case "truncate":
		return p.restored(path, unix.Truncate(path, 0))
	case "unlink":
		return p.restored(path, unix.Unlink(path))
	case "unlink-link":
		target, err := os.Readlink(path)
		if err != nil {
			return err
		}
		if err := unix.Unlink(path); err != nil {
			return err
		}
		return unix.Symlink(target, path)
	case "rename-over":
		if err := unix.Rename(p.src, path); err != nil {
			return err
		}
		return p.refill(p.src)
	case "exchange":
		return p.exchange(path)
	case "rename-away":
		return back(unix.Rename(path, in("away")), func() error { return unix.Rename(in("away"), path) })
	case "link-out":
		return p.linkOut(path)
	case "symlink-read", "symlink-write", "symlink-list":
		return p.throughSymlink(op, path)
	case "dotdot":
		return p.read(p.work + "/.." + path[len(parent(p.work)):])
	case "proc-self":
		return p.read("/proc/self/root" + path)
	case "proc-pid":
		return p.read("/proc/" + strconv.Itoa(os.Getpid()) + "/root" + path)
	case "proc-outside":
		return p.read("/proc/" + p.pid + "/root" + path)
	case "proc-cwd":
		return p.fromHere(path)
	case "dirfd":
		return p.fromPlace(path)
	}
	return p.make(op, path)
}

// make runs the operations that make path, and removes it again.
func (p *prober) make(op, path string) error {
	gone := func(err error) error { return back(err, func() error { return unix.Unlink(path) }) }
	switch op {
	case "create":
		return gone(opens(path, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL))
	case "mkdir":
		return back(unix.Mkdir(path, 0o700), func() error { return unix.Rmdir(path) })
	case "mkfifo":
		return gone(unix.Mkfifo(path, 0o600))
	case "symlink":
		return gone(unix.Symlink("/dev/null", path))
	case "link-in":
		return gone(unix.Link(p.src, path))
	case "rename-in":
		return back(unix.Rename(p.src, path), func() error { return unix.Rename(path, p.src) })
	case "create-through-symlink":
		ln := p.work + "/ln"
		if err := unix.Symlink(path, ln); err != nil {
			return fmt.Errorf("the probe itself: %v", err)
		}
		defer unix.Unlink(ln)
		return gone(opens(ln, unix.O_WRONLY|unix.O_CREAT))
	case "dir-in":
		dir := p.work + "/srcdir"
		if err := unix.Mkdir(dir, 0o700); err != nil {
			return fmt.Errorf("the probe itself: %v", err)
		}
		defer unix.Rmdir(dir)
		return back(unix.Rename(dir, path), func() error { return unix.Rename(path, dir) })
	}
	return fmt.Errorf("no operation %q", op)
}
