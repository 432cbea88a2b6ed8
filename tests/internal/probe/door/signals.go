//go:build linux

package door

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/nono-sandbox/nono/tests/internal/probe/try"
	"golang.org/x/sys/unix"
)

// signals are the ways to disturb "idle", a process outside that a test can
// spare, and "pid", which it cannot.
func signals() map[string]attack {
	return map[string]attack{
		"kill":           func(w world) error { return unix.Kill(w.int("idle"), unix.SIGTERM) },
		"kill-probe":     func(w world) error { return unix.Kill(w.int("idle"), 0) },
		"kill-group":     func(w world) error { return unix.Kill(-w.int("idle"), unix.SIGTERM) },
		"tkill":          func(w world) error { return try.Call(unix.SYS_TKILL, uintptr(w.int("idle")), uintptr(unix.SIGTERM)) },
		"tgkill":         func(w world) error { return unix.Tgkill(w.int("idle"), w.int("idle"), unix.SIGTERM) },
		"sigqueue":       sigqueue,
		"tgsigqueue":     tgsigqueue,
		"pidfd-signal":   pidfdSignal,
		"sigio":          func(w world) error { return sigio(w, "process", asyncByFcntl) },
		"sigio-ioctl":    func(w world) error { return sigio(w, "process", asyncByIoctl) },
		"sigio-group":    func(w world) error { return sigio(w, "group", asyncByFcntl) },
		"sigio-ex":       func(w world) error { return sigio(w, "group-ex", asyncByFcntl) },
		"sigio-spgrp":    func(w world) error { return sigio(w, "group-ioctl", asyncByFcntl) },
		"setpgid":        func(w world) error { return unix.Setpgid(w.int("idle"), w.int("idle")) },
		"prlimit-get":    func(w world) error { return unix.Prlimit(w.int("pid"), unix.RLIMIT_CORE, nil, &unix.Rlimit{}) },
		"prlimit-set":    prlimitSet,
		"sched-affinity": schedAffinity,
		"sched-policy": func(w world) error {
			const batch = 3 // with the ordinary policy it succeeds and does nothing
			return try.Call(unix.SYS_SCHED_SETSCHEDULER, uintptr(w.int("pid")), batch, zeroParam())
		},
		"setpriority":      func(w world) error { return unix.Setpriority(unix.PRIO_PROCESS, w.int("pid"), 1) },
		"ioprio":           func(w world) error { return try.Call(unix.SYS_IOPRIO_SET, 1, uintptr(w.int("pid")), 2<<13|4) },
		"nice-up":          func(world) error { return unix.Setpriority(unix.PRIO_PROCESS, 0, -5) },
		"realtime":         realtime,
		"signal-own-child": ownChild,
	}
}

// sigInfo is a siginfo_t as a sender fills it in (sigqueue(3)).
func sigInfo(w world) *[16]uint64 {
	var info [16]uint64
	const siQueue = -1
	code := int32(siQueue)
	info[0] = uint64(unix.SIGTERM)
	info[1] = uint64(uint32(code))
	info[2] = uint64(uint32(os.Getpid())) | uint64(os.Getuid())<<32
	return &info
}

func sigqueue(w world) error {
	return try.Call(unix.SYS_RT_SIGQUEUEINFO, uintptr(w.int("idle")), uintptr(unix.SIGTERM), addr(sigInfo(w)))
}

func tgsigqueue(w world) error {
	pid := uintptr(w.int("idle"))
	return try.Call(unix.SYS_RT_TGSIGQUEUEINFO, pid, pid, uintptr(unix.SIGTERM), addr(sigInfo(w)))
}

func pidfdSignal(w world) error {
	fd, err := unix.PidfdOpen(w.int("idle"), 0)
	if err != nil {
		return err
	}
	return unix.PidfdSendSignal(fd, unix.SIGTERM, nil, 0)
}

// sigioOwners are the ways to say whom the kernel signals when a file is ready.
// Groups are joined first: Landlock has let a signal to one pass where the caller
// is the last that came.
var sigioOwners = map[string]func(fd, idle int) error{
	"process": func(fd, idle int) error {
		_, err := unix.FcntlInt(uintptr(fd), unix.F_SETOWN, idle)
		return err
	},
	"group": func(fd, idle int) error {
		_, err := unix.FcntlInt(uintptr(fd), unix.F_SETOWN, -idle)
		return err
	},
	"group-ex": func(fd, idle int) error {
		const ownerGroup = 2 // F_OWNER_PGRP
		return try.Call(unix.SYS_FCNTL, uintptr(fd), unix.F_SETOWN_EX, addr(&[2]int32{ownerGroup, int32(idle)}))
	},
	"group-ioctl": func(fd, idle int) error {
		who := int32(-idle)
		return try.Call(unix.SYS_IOCTL, uintptr(fd), unix.SIOCSPGRP, addr(&who))
	},
}

// sigio has the kernel send the signal: the process outside is made the owner
// of a socket, on which something then happens.
func sigio(w world, owner string, async func(fd int) error) error {
	p, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	if owner != "process" {
		if err := unix.Setpgid(0, w.int("idle")); err != nil {
			return fmt.Errorf("joining the group: %w", err)
		}
	}
	if err := sigioOwners[owner](p[0], w.int("idle")); err != nil {
		return err
	}
	if err := async(p[0]); err != nil {
		return err
	}
	if _, err := unix.Write(p[1], []byte("x")); err != nil {
		return err
	}
	for range 30 {
		data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", w.int("idle")))
		if err != nil || strings.Contains(string(data), ") Z ") {
			return nil // it is gone
		}
		time.Sleep(10 * time.Millisecond)
	}
	return try.Text("no-signal")
}

func asyncByFcntl(fd int) error {
	_, err := unix.FcntlInt(uintptr(fd), unix.F_SETFL, unix.O_ASYNC|unix.O_NONBLOCK)
	return err
}

func asyncByIoctl(fd int) error {
	const fioAsync = 0x5452
	on := int32(1)
	return try.Call(unix.SYS_IOCTL, uintptr(fd), fioAsync, addr(&on))
}

func prlimitSet(w world) error {
	var old unix.Rlimit
	if err := unix.Prlimit(w.int("pid"), unix.RLIMIT_CORE, nil, &old); err != nil {
		return err
	}
	return unix.Prlimit(w.int("pid"), unix.RLIMIT_CORE, &old, nil)
}

func schedAffinity(w world) error {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(w.int("pid"), &set); err != nil {
		return err
	}
	return unix.SchedSetaffinity(w.int("pid"), &set)
}

func zeroParam() uintptr {
	var p int32
	return addr(&p)
}

func realtime(world) error {
	prio := int32(1)
	const fifo = 1
	return try.Call(unix.SYS_SCHED_SETSCHEDULER, 0, fifo, addr(&prio))
}

// ownChild signals and traces what was started inside; it is no attack.
func ownChild(world) error {
	p, err := os.StartProcess("/proc/self/exe", []string{"probe", "door", "child-idle"}, &os.ProcAttr{})
	if err != nil {
		return err
	}
	if err := ptraceSeize(p.Pid); err != nil {
		return fmt.Errorf("ptrace: %w", err)
	}
	if err := p.Signal(unix.SIGKILL); err != nil {
		return err
	}
	p.Wait()
	return nil
}
