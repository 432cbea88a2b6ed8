//go:build linux

package try

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

var processOps = map[string]op{
	"nothing": func([]string) error { return nil },
	"exit":    func(a []string) error { os.Exit(numbers(a)[0]); return nil },
	"die":     func(a []string) error { return die(numbers(a)[0]) },
	"exec":    func(a []string) error { return execute(a) },
	"kill":    func(a []string) error { return unix.Kill(numbers(a)[0], unix.Signal(numbers(a)[1])) },
	// call NUMBER [ARGUMENT ...]: any system call
	"call":      func(a []string) error { return call(numbers(a)) },
	"int80":     func([]string) error { return ForeignCall() },
	"attach":    func(a []string) error { return attach(numbers(a)[0]) },
	"vm-read":   func(a []string) error { return vmRead(numbers(a)) },
	"set-limit": func(a []string) error { return setLimit(numbers(a)[0]) },
	"tiocsti":   func([]string) error { return tiocsti(0x5412) },
	// the same with a bit set that the kernel does not look at
	"tiocsti-high": func([]string) error { return tiocsti(1<<32 | 0x5412) },

	"argv":    func([]string) error { return Text(fmt.Sprintf("%q", os.Args)) },
	"environ": func([]string) error { return Text(fmt.Sprintf("%q", os.Environ())) },
	"cwd":     func([]string) error { wd, _ := os.Getwd(); return Text(wd) },
	"pid":     func([]string) error { return Text(strconv.Itoa(os.Getpid())) },
	"fds":     func([]string) error { return Text(descriptors()) },
	"caps":    func([]string) error { return Text(capabilities()) },
	"bounds":  func([]string) error { return Text(bounding()) },
	"no-new-privs": func([]string) error {
		n, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)
		if err != nil {
			return err
		}
		return Text(strconv.Itoa(n))
	},
	"limit": func([]string) error {
		var l unix.Rlimit
		if err := unix.Prlimit(0, unix.RLIMIT_CORE, nil, &l); err != nil {
			return err
		}
		return Text(fmt.Sprint(l.Cur, l.Max))
	},
	"ignored": func([]string) error {
		var list []string
		for sig := range 32 {
			var old [4]uint64 // struct sigaction: the handler comes first
			if call([]int{unix.SYS_RT_SIGACTION, sig, 0, int(uintptr(unsafe.Pointer(&old))), 8, 0, 0}) == nil && old[0] == 1 {
				list = append(list, strconv.Itoa(sig))
			}
		}
		return Text(strings.Join(list, " "))
	},
	"umask": func([]string) error { return Text(fmt.Sprintf("%03o", unix.Umask(0))) },
}

// die ends the process by a signal, without what Go's runtime does on it.
func die(sig int) error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil { // no core file
		return err
	}
	var dfl [32]byte // struct sigaction with SIG_DFL
	if sig != int(unix.SIGKILL) {
		if err := call([]int{unix.SYS_RT_SIGACTION, sig, int(uintptr(unsafe.Pointer(&dfl))), 0, 8, 0, 0}); err != nil {
			return err
		}
	}
	return unix.Kill(unix.Getpid(), unix.Signal(sig))
}

// execute starts a program and returns why it could not be started, or how it
// ended unless that was well.
func execute(argv []string) error {
	pid, err := syscall.ForkExec(argv[0], argv, &syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{0, 2, 2}})
	if err != nil {
		return err
	}
	var ws syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &ws, 0, nil); err != nil {
		return err
	}
	switch {
	case ws.Signaled():
		return Text("died of " + unix.SignalName(ws.Signal()))
	case ws.ExitStatus() != 0:
		return Text("exit status " + strconv.Itoa(ws.ExitStatus()))
	}
	return nil
}

func call(n []int) error {
	var a []uintptr
	for _, v := range n[1:] {
		a = append(a, uintptr(v))
	}
	return Call(uintptr(n[0]), a...)
}

func attach(pid int) error {
	if err := unix.PtraceSeize(pid); err != nil {
		return err
	}
	return unix.PtraceDetach(pid)
}

// vmRead reads one byte of another process: pid and an address of its memory.
func vmRead(n []int) error {
	buf := make([]byte, 1)
	local := []unix.Iovec{{Base: &buf[0], Len: 1}}
	_, err := unix.ProcessVMReadv(n[0], local, []unix.RemoteIovec{{Base: uintptr(n[1]), Len: 1}}, 0)
	return err
}

// setLimit sets a limit of another process to what it is.
func setLimit(pid int) error {
	var l unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_CORE, nil, &l); err != nil {
		return err
	}
	return unix.Prlimit(pid, unix.RLIMIT_CORE, &l, nil)
}

// tiocsti types a line into the terminal that it is on.
func tiocsti(request uintptr) error {
	line := byte('\n')
	_, _, errno := unix.RawSyscall(unix.SYS_IOCTL, 0, request, uintptr(unsafe.Pointer(&line)))
	if errno != 0 {
		return errno
	}
	return nil
}

// descriptors lists what is open, without what has no type of file: that is how
// Go's own runtime waits for others.
func descriptors() string {
	var open []string
	for fd := range 1100 {
		var st unix.Stat_t
		if unix.Fstat(fd, &st) == nil && st.Mode&unix.S_IFMT != 0 {
			open = append(open, strconv.Itoa(fd))
		}
	}
	return strings.Join(open, " ")
}

func capabilities() string {
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var c [2]unix.CapUserData
	if err := unix.Capget(&hdr, &c[0]); err != nil {
		return err.Error()
	}
	return fmt.Sprintf("effective %x permitted %x inheritable %x", uint64(c[1].Effective)<<32|uint64(c[0].Effective),
		uint64(c[1].Permitted)<<32|uint64(c[0].Permitted), uint64(c[1].Inheritable)<<32|uint64(c[0].Inheritable))
}

// bounding returns the capability bounding set.
func bounding() string {
	set := uint64(0)
	for c := range 64 {
		if n, err := unix.PrctlRetInt(unix.PR_CAPBSET_READ, uintptr(c), 0, 0, 0); err == nil && n == 1 {
			set |= 1 << c
		}
	}
	return strconv.FormatUint(set, 16)
}
