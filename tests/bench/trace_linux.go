package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// An image is what one process was between two execs: nono-run or the shim, then the
// command.
type image struct {
	calls  map[uint64]int // system calls by number
	peakKB int            // the most memory it ever had resident (VmHWM in proc(5))
}

// trace runs t and follows it through its execs. Its own process's memory would
// be counted as the child's by wait4(2); what /proc says of the child itself,
// just before it becomes another program, is its own alone.
func (t *task) trace() ([]image, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	pid, err := t.start(t.null.Fd(), &syscall.SysProcAttr{Ptrace: true})
	if err != nil {
		return nil, err
	}
	var status unix.WaitStatus
	if _, err := unix.Wait4(pid, &status, 0, nil); err != nil {
		return nil, err
	}
	const options = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_TRACEFORK |
		unix.PTRACE_O_TRACEVFORK | unix.PTRACE_O_TRACEEXEC | unix.PTRACE_O_EXITKILL
	if err := unix.PtraceSetOptions(pid, options); err != nil {
		return nil, err
	}
	images := []image{{calls: map[uint64]int{}}}
	if err := unix.PtraceSyscall(pid, 0); err != nil {
		return nil, err
	}
	for {
		tid, err := unix.Wait4(-1, &status, unix.WALL, nil)
		if err != nil {
			return nil, err
		}
		if status.Exited() || status.Signaled() {
			if tid != pid {
				continue
			}
			if status != 0 {
				return nil, fmt.Errorf("%s, traced: %s", t.argv[0], describe(status))
			}
			return images, nil
		}
		deliver := 0
		now := &images[len(images)-1]
		switch sig := status.StopSignal(); {
		case sig == unix.SIGTRAP|0x80:
			now.note(tid)
		case sig == unix.SIGTRAP && status.TrapCause() == unix.PTRACE_EVENT_EXEC:
			images = append(images, image{calls: map[uint64]int{}})
		case sig == unix.SIGTRAP || sig == unix.SIGSTOP:
			// a new thread, or the stop in which it begins
		default:
			deliver = int(sig)
		}
		// It may be gone already: an exec ends the other threads.
		if err := unix.PtraceSyscall(tid, deliver); err != nil && err != unix.ESRCH {
			return nil, err
		}
	}
}

// note counts the system call that the thread is about to make.
func (i *image) note(tid int) {
	// struct ptrace_syscall_info (linux/ptrace.h): op at 0, the number at 24.
	var info [88]byte
	_, _, errno := unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(tid), uintptr(len(info)),
		uintptr(unsafe.Pointer(&info)), 0, 0)
	if errno != 0 || info[0] != unix.PTRACE_SYSCALL_INFO_ENTRY {
		return
	}
	nr := *(*uint64)(unsafe.Pointer(&info[24]))
	i.calls[nr]++
	if nr == unix.SYS_EXECVE || nr == unix.SYS_EXIT_GROUP {
		i.peakKB = max(i.peakKB, peak(tid))
	}
}

// peak reads VmHWM, in KiB; 0 if it cannot be had.
func peak(pid int) int {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(text, []byte("VmHWM:"))
	field := bytes.Fields(rest)
	if len(field) == 0 {
		return 0
	}
	kb, _ := strconv.Atoi(string(field[0]))
	return kb
}
