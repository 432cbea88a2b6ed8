//go:build linux

package door

import (
	"os"
	"unsafe"

	"github.com/nono-sandbox/nono/tests/internal/probe/try"
	"golang.org/x/sys/unix"
)

// calls are system calls that act on the machine or go round the rules.
func calls() map[string]attack {
	null := func(nr uintptr, args ...uintptr) attack { return func(world) error { return try.Call(nr, args...) } }
	m := map[string]attack{
		"io-uring":                 uring,
		"io-uring-enter":           null(unix.SYS_IO_URING_ENTER, ^uintptr(0), 0, 0, 0, 0, 0),
		"io-uring-reg":             null(unix.SYS_IO_URING_REGISTER, ^uintptr(0), 0, 0, 0),
		"bpf":                      bpf,
		"perf":                     perf,
		"userfaultfd":              null(unix.SYS_USERFAULTFD, unix.O_CLOEXEC),
		"userfaultfd-user":         null(unix.SYS_USERFAULTFD, unix.O_CLOEXEC|1),
		"kexec":                    null(unix.SYS_KEXEC_LOAD, 0, 0, 0, 0),
		"init-module":              null(unix.SYS_INIT_MODULE, 0, 0, 0),
		"delete-module":            func(world) error { return unix.DeleteModule("no_such_module", 0) },
		"swapon":                   swapon,
		"swapoff":                  func(w world) error { return swapCall(unix.SYS_SWAPOFF, w["out"]+"/secret") },
		"quotactl":                 null(unix.SYS_QUOTACTL, 0x800001<<8, 0, 0, 0), // Q_SYNC
		"quotactl-fd":              quotactlFD,
		"acct":                     null(unix.SYS_ACCT, 0),
		"reboot":                   null(unix.SYS_REBOOT, 0, 0, 0, 0), // without its magic numbers
		"syslog":                   null(unix.SYS_SYSLOG, 10, 0, 0),
		"sethostname":              sethostname,
		"adjtimex":                 adjtimex,
		"vhangup":                  vhangup,
		"keyctl":                   null(unix.SYS_KEYCTL, unix.KEYCTL_GET_KEYRING_ID, ^uintptr(3), 1), // KEY_SPEC_USER_KEYRING
		"add-key":                  addKey,
		"request-key":              func(world) error { return requestKey() },
		"landlock-undo":            nested,
		"seccomp-undo":             null(unix.SYS_PRCTL, unix.PR_SET_SECCOMP, 0, 0, 0),
		"no-new-privs":             noNewPrivs,
		"personality-x32":          null(unix.SYS_PERSONALITY, 0x0008),  // PER_LINUX32
		"personality-no-randomize": null(unix.SYS_PERSONALITY, 0x40000), // ADDR_NO_RANDOMIZE
		"unknown-call":             null(471),
	}
	addPortCalls(m)
	return m
}

func bpf(world) error {
	// BPF_MAP_CREATE of an array with one entry.
	attr := [16]uint32{2, 4, 4, 1}
	fd, _, errno := unix.Syscall(unix.SYS_BPF, 0, addr(&attr), unsafe.Sizeof(attr))
	if errno != 0 {
		return errno
	}
	return unix.Close(int(fd))
}

func perf(world) error {
	attr := unix.PerfEventAttr{Type: unix.PERF_TYPE_SOFTWARE, Config: unix.PERF_COUNT_SW_TASK_CLOCK, Bits: unix.PerfBitExcludeKernel | unix.PerfBitExcludeHv}
	attr.Size = uint32(unsafe.Sizeof(attr))
	return try.Opened(unix.PerfEventOpen(&attr, 0, -1, -1, 0))
}

func swapon(w world) error { return swapCall(unix.SYS_SWAPON, w["in"]+"/swap-"+w["run"]) }

func swapCall(nr uintptr, path string) error { return try.Call(nr, pointer(path), 0) }

func quotactlFD(w world) error {
	fd, err := unix.Open(w["in"], unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	return try.Call(unix.SYS_QUOTACTL_FD, uintptr(fd), 0x800007<<8, 0, 0) // Q_GETQUOTA
}

func sethostname(world) error {
	name, err := os.Hostname()
	if err != nil {
		return err
	}
	return unix.Sethostname([]byte(name))
}

// adjtimex sets the clock's tick to what it is.
func adjtimex(world) error {
	var t unix.Timex
	if _, err := unix.Adjtimex(&t); err != nil {
		return err
	}
	t.Modes = 0x4000 // ADJ_TICK
	_, err := unix.Adjtimex(&t)
	return err
}

// vhangup has no terminal to hang up: the process leaves it first.
func vhangup(world) error {
	unix.Setsid() // fails where it leads a session already, which then has none
	return try.Call(unix.SYS_VHANGUP)
}

func addKey(world) error {
	_, err := unix.AddKey("user", "nono-door", []byte("x"), -4) // KEY_SPEC_USER_KEYRING
	return err
}

func requestKey() error {
	_, err := unix.RequestKey("user", "nono-door-none", "", 0)
	return err
}

// nested makes a ruleset of its own that would allow everything: a sandbox can
// only be narrowed. It is no attack but that the secret opens afterwards.
func nested(w world) error {
	attr := struct{ fs uint64 }{fs: 1 << 2}
	fd, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, addr(&attr), 8, 0)
	if errno != 0 {
		return errno
	}
	root, err := unix.Open("/", unix.O_PATH, 0)
	if err != nil {
		return err
	}
	rule := struct {
		access uint64
		fd     int32
	}{1 << 2, int32(root)}
	if err := try.Call(unix.SYS_LANDLOCK_ADD_RULE, fd, 1, addr(&rule), 0); err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	if err := try.Call(unix.SYS_LANDLOCK_RESTRICT_SELF, fd, 0); err != nil {
		return err
	}
	return try.Open(w["out"]+"/secret", unix.O_RDONLY)
}

func noNewPrivs(world) error {
	if on, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0); err != nil || on == 1 {
		return unix.EPERM
	}
	return nil
}
