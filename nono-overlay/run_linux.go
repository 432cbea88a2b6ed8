package main

import (
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/nono-sandbox/nono/core/ephemeral"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/fdio"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
	"github.com/nono-sandbox/nono/core/supervise/process"
	"golang.org/x/sys/unix"
)

// run returns the exit status if no command was started; else it ends this process as
// the command ended.
func run(args []string) int {
	// The child's life hangs on the thread that starts it (PR_SET_PDEATHSIG).
	runtime.LockOSThread()
	o, err := parse(args)
	switch {
	case err != nil:
	case o.inside != "":
		err = becomeNext(o)
	default:
		err = start(o)
	}
	os.Stderr.WriteString(fault.Lines(err))
	return fault.Failed
}

// start makes the entry of the store, starts the command over it and waits. It returns
// only an error from before the command's start.
func start(o options) error {
	given, err := inherited()
	if err != nil {
		return err
	}
	s, err := readSpec(o.specFD)
	if err != nil {
		return err
	}
	r, err := entry(o, s)
	if err != nil {
		return err
	}
	child, err := startInside(r, o)
	if err != nil {
		r.Delete()
		return err
	}
	// This process stays outside, and needs none of them: the key of a credential is in one.
	for _, fd := range given {
		unix.Close(fd)
	}
	go child.Forward()
	end, err := child.Wait()
	if err != nil {
		return &fault.Error{Do: "wait for the command", Err: err}
	}
	// Who goes on after the command would go on changing what is to be decided about.
	process.EndAll()
	finish(o, r, end)
	end.Exit()
	return nil
}

// inherited are the descriptors that this process was given, besides the first three, and
// that the program which it starts gets too.
func inherited() ([]int, error) {
	const dir = "/proc/self/fd"
	names, err := os.ReadDir(dir)
	if err != nil {
		return nil, &fault.Error{Do: "read", Path: dir, Err: err}
	}
	var fds []int
	for _, n := range names {
		fd, err := strconv.Atoi(n.Name())
		if err != nil || fd <= 2 {
			continue
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			fds = append(fds, fd)
		}
	}
	return fds, nil
}

// readSpec reads the sealed document, and leaves the descriptor at its beginning for the
// shim. No os.File has the descriptor: that would close it when nobody has the os.File any
// more.
func readSpec(fd int) (*spec.Spec, error) {
	doc, err := fdio.ReadAll(fd, spec.MaxSize)
	if err == nil {
		_, err = unix.Seek(fd, 0, 0)
	}
	if err != nil {
		return nil, &fault.Error{Do: "read the spec", Err: err}
	}
	return document.Parse(doc)
}

// entry makes a new entry of the store, or takes the one to go on with.
func entry(o options, s *spec.Spec) (*ephemeral.Run, error) {
	dir, err := ephemeral.DefaultDir(os.Getenv("XDG_STATE_HOME"), os.Getenv("HOME"))
	if err != nil {
		return nil, &fault.Error{Do: "find the place for the changes", Err: err}
	}
	trees := ephemeral.TreesOf(s)
	if err := refuse(trees, dir); err != nil {
		return nil, err
	}
	store := ephemeral.Store{Dir: dir}
	if o.again == "" {
		wd, err := os.Getwd()
		if err != nil {
			return nil, &fault.Error{Do: "find the working directory", Err: err}
		}
		return store.Create(commandOf(o.next), wd, trees, ephemeral.DeniedBy(s))
	}
	r, err := store.Open(o.again)
	if err != nil {
		return nil, err
	}
	if err := r.Lock(); err != nil {
		return nil, err
	}
	if !slices.Equal(r.Trees, trees) {
		return nil, &fault.Error{Do: "go on with", Path: r.ID, Err: fault.Text("what the command may change is not the same"),
			Hint: "use the grants of the first run; nono ephemeral list shows the command"}
	}
	return r, r.Again()
}

// commandOf is the command in the words of the program that starts it.
func commandOf(words []string) []string {
	if i := slices.Index(words, "--"); i >= 0 {
		return words[i+1:]
	}
	return nil
}

// startInside starts this program again in a mount namespace of its own; an ordinary
// user needs a user namespace for that, with the own ids alone in it.
func startInside(r *ephemeral.Run, o options) (*process.Child, error) {
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return nil, &fault.Error{Do: "find nono-overlay", Err: err}
	}
	argv := append([]string{"nono-overlay", "--inside=" + r.Dir, "--"}, o.next...)
	child, err := process.Start(self, argv, os.Environ(), namespaces)
	if err == nil {
		return child, nil
	}
	f := &fault.Error{Do: "keep changes apart", Err: err, Hint: "leave out --ephemeral"}
	if err == unix.EPERM || err == unix.EACCES || err == unix.ENOSPC || err == unix.EUSERS {
		f.Err = fault.Text("this system lets ordinary users make no user namespace (" + err.Error() + ")")
		f.Hint = "--undo instead changes the originals, and can take the changes back"
	}
	return nil, f
}

func namespaces(a *syscall.SysProcAttr) {
	a.Cloneflags |= syscall.CLONE_NEWNS
	if os.Geteuid() == 0 {
		return
	}
	a.Cloneflags |= syscall.CLONE_NEWUSER
	a.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Geteuid(), HostID: os.Geteuid(), Size: 1}}
	a.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getegid(), HostID: os.Getegid(), Size: 1}}
	// The kernel works in the layers with the privileges that the mounting process had
	// (overlayfs.rst, "Permission model"). In this user namespace they reach the user's
	// own files alone.
	a.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_DAC_OVERRIDE, unix.CAP_DAC_READ_SEARCH, unix.CAP_FOWNER, unix.CAP_FSETID, unix.CAP_CHOWN}
}

// finish says what changed, and decides where the flag says how.
func finish(o options, r *ephemeral.Run, end process.End) {
	changes, err := r.Changes()
	if err != nil {
		os.Stderr.WriteString(fault.Lines(err))
		return
	}
	if len(changes) == 0 || o.end == "discard" {
		if err := r.Delete(); err != nil {
			os.Stderr.WriteString(fault.Lines(&fault.Error{Do: "remove", Path: r.Dir, Err: err}))
		}
		if !o.silent && len(changes) > 0 {
			notice("thrown away: " + ephemeral.Count(changes))
		}
		return
	}
	if o.end == "ask" && ask(r, changes) {
		return
	}
	if !o.silent {
		notice("the originals are unchanged; this run: " + ephemeral.Count(changes))
		notice("nono diff " + r.ID + " shows the changes; nono keep " + r.ID + " or nono discard " + r.ID + " decides")
	}
}

func notice(text string) { os.Stderr.WriteString("nono: notice: " + text + "\n") }

// ask puts the question to the terminal. It reports whether the answer decided.
func ask(r *ephemeral.Run, changes []ephemeral.Change) bool {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer tty.Close()
	tty.WriteString("nono: this run: " + ephemeral.Count(changes) + ". Keep the changes, discard them, or decide later? [k/d/L] ")
	b := make([]byte, 256)
	n, _ := tty.Read(b)
	switch strings.ToLower(strings.TrimSpace(string(b[:max(n, 0)]))) {
	case "k", "keep":
		kept, err := r.Keep(nil, false)
		if err != nil {
			os.Stderr.WriteString(fault.Lines(err))
			return false
		}
		notice("kept: " + ephemeral.Count(kept))
		err = r.Delete()
		return err == nil
	case "d", "discard":
		if err := r.Delete(); err != nil {
			os.Stderr.WriteString(fault.Lines(err))
			return false
		}
		notice("thrown away: " + ephemeral.Count(changes))
		return true
	}
	return false
}
