//go:build linux

package door

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"github.com/nono-sandbox/nono/tests/internal/probe/try"
	"golang.org/x/sys/unix"
)

// run runs a program that is this one and returns nil if it ended with status 0,
// the error of starting it, the signal that ended it, or "status N".
func run(path string, args ...string) error {
	cmd := exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, nil
	return ended(cmd)
}

func ended(cmd *exec.Cmd) error {
	if cmd.Err != nil {
		return cmd.Err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	cmd.Wait()
	ws := cmd.ProcessState.Sys().(syscall.WaitStatus)
	switch {
	case ws.Signaled():
		return try.Text(unix.SignalName(ws.Signal()))
	case ws.ExitStatus() != 0:
		return try.Text(fmt.Sprintf("status-%d", ws.ExitStatus()))
	}
	return nil
}

// children are the parts of attacks that are a process of their own. They end
// with status 0 if the way is open and with 1 otherwise.
func children() map[string]func(world) {
	return map[string]func(world){
		"child-ok":         func(world) { os.Exit(0) },
		"child-core":       childCore,
		"child-user-mount": childUserMount,
		"child-int80":      childInt80,
		"child-vsyscall":   childVsyscall,
		"child-euid":       func(w world) { exitIf(os.Geteuid() == w.int("uid")) },
		"child-cap":        func(w world) { exitIf(hasCap(w.int("cap"))) },
		"child-exec-place": childExecPlace,
		"child-orphan":     childOrphan,
		"child-stop":       childStop,
		"child-read":       childRead,
		"child-idle":       func(world) { fmt.Println("idle"); unix.Pause() },
	}
}

func exitIf(open bool) {
	if open {
		os.Exit(0)
	}
	os.Exit(1)
}

func childCore(world) {
	big := unix.Rlimit{Cur: 1 << 20, Max: 1 << 20}
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &big); err != nil {
		os.Exit(2)
	}
	// The runtime would catch the signal: the default action has to do it.
	for {
		resetAbort()
		unix.Tgkill(unix.Getpid(), unix.Gettid(), unix.SIGABRT)
	}
}

// resetAbort is rt_sigaction(2) with the default action for SIGABRT.
func resetAbort() {
	var act [4]uint64
	unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(unix.SIGABRT), addr(&act), 0, 8, 0, 0)
}

func hasCap(c int) bool {
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var caps [2]unix.CapUserData
	if unix.Capget(&hdr, &caps[0]) != nil {
		return false
	}
	return caps[c/32].Effective&(1<<(c%32)) != 0
}

// childExecPlace becomes a program that is only open as a place (execveat(2)).
func childExecPlace(w world) {
	fd, err := unix.Open(w["path"], unix.O_PATH, 0)
	if err != nil {
		os.Exit(2)
	}
	try.Call(unix.SYS_EXECVEAT, uintptr(fd), addr(new(byte)), addr(&[2]*byte{new(byte)}), addr(&[1]*byte{}), unix.AT_EMPTY_PATH)
	os.Exit(1)
}
