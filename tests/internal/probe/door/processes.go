//go:build linux

package door

import (
	"fmt"
	"os"

	"github.com/nono-sandbox/nono/tests/internal/probe/try"
	"golang.org/x/sys/unix"
)

// processes are the ways into the memory and descriptors of "pid", a process of
// the same user outside. It has a secret at "addr", the secret file open as
// "fdsecret" and the directory outside as working directory.
func processes() map[string]attack {
	proc := func(name string, flags int) attack {
		return func(w world) error { return try.Open("/proc/"+w["pid"]+"/"+name, flags) }
	}
	link := func(name string) attack {
		return func(w world) error {
			_, err := unix.Readlink("/proc/"+w["pid"]+"/"+name, make([]byte, 200))
			return err
		}
	}
	return map[string]attack{
		"ptrace-seize":  func(w world) error { return ptraceSeize(w.int("pid")) },
		"ptrace-attach": func(w world) error { return unix.PtraceAttach(w.int("idle")) },
		"vm-read":       func(w world) error { return vm(w, unix.SYS_PROCESS_VM_READV) },
		"vm-write":      func(w world) error { return vm(w, unix.SYS_PROCESS_VM_WRITEV) },
		"pidfd-getfd":   pidfdGetfd,
		"kcmp": func(w world) error {
			return try.Call(unix.SYS_KCMP, uintptr(os.Getpid()), uintptr(w.int("pid")), 0, 0, 0)
		},
		"process-madvise":  processMadvise,
		"move-pages":       movePages,
		"migrate-pages":    migratePages,
		"pidfd-namespace":  pidfdNamespace,
		"get-robust-list":  robustList,
		"proc-mem":         proc("mem", unix.O_RDONLY),
		"proc-mem-write":   proc("mem", unix.O_WRONLY),
		"proc-environ":     func(w world) error { return readFile("/proc/" + w["pid"] + "/environ") },
		"proc-auxv":        func(w world) error { return readFile("/proc/" + w["pid"] + "/auxv") },
		"proc-maps":        func(w world) error { return readFile("/proc/" + w["pid"] + "/maps") },
		"proc-root":        func(w world) error { return try.Open("/proc/"+w["pid"]+"/root"+w["out"]+"/secret", unix.O_RDONLY) },
		"proc-cwd":         proc("cwd/secret", unix.O_RDONLY),
		"proc-fd":          func(w world) error { return try.Open("/proc/"+w["pid"]+"/fd/"+w["fdsecret"], unix.O_RDONLY) },
		"proc-fd-list":     proc("fd", unix.O_RDONLY|unix.O_DIRECTORY),
		"proc-fd-link":     func(w world) error { return link("fd/" + w["fdsecret"])(w) },
		"proc-fdinfo":      func(w world) error { return readFile("/proc/" + w["pid"] + "/fdinfo/" + w["fdsecret"]) },
		"proc-cwd-link":    link("cwd"),
		"proc-exe-link":    link("exe"),
		"proc-map-files":   func(w world) error { return try.Open("/proc/"+w["pid"]+"/map_files/"+w["map"], unix.O_RDONLY) },
		"proc-ns":          proc("ns/user", unix.O_RDONLY),
		"proc-stack":       func(w world) error { return readFile("/proc/" + w["pid"] + "/stack") },
		"proc-syscall":     func(w world) error { return readFile("/proc/" + w["pid"] + "/syscall") },
		"proc-task-mem":    func(w world) error { return try.Open("/proc/"+w["pid"]+"/task/"+w["pid"]+"/mem", unix.O_RDONLY) },
		"proc-parent-mem":  func(world) error { return try.Open(fmt.Sprintf("/proc/%d/mem", os.Getppid()), unix.O_RDONLY) },
		"proc-init-root":   func(w world) error { return try.Open("/proc/1/root"+w["out"]+"/secret", unix.O_RDONLY) },
		"proc-oom":         proc("oom_score_adj", unix.O_WRONLY),
		"proc-clear-refs":  proc("clear_refs", unix.O_WRONLY),
		"proc-cmdline":     func(w world) error { return readFile("/proc/" + w["pid"] + "/cmdline") },
		"proc-status":      func(w world) error { return readFile("/proc/" + w["pid"] + "/status") },
		"proc-core-pat":    func(world) error { return try.Open("/proc/sys/kernel/core_pattern", unix.O_WRONLY) },
		"proc-modprobe":    func(world) error { return try.Open("/proc/sys/kernel/modprobe", unix.O_WRONLY) },
		"proc-sysrq":       func(world) error { return try.Open("/proc/sysrq-trigger", unix.O_WRONLY) },
		"binfmt-misc":      func(world) error { return try.Open("/proc/sys/fs/binfmt_misc/register", unix.O_WRONLY) },
		"cgroup-agent":     func(w world) error { return try.Open(w["cgroup"], unix.O_WRONLY) },
		"kmsg":             func(world) error { return try.Open("/dev/kmsg", unix.O_RDONLY) },
		"kcore":            func(world) error { return try.Open("/proc/kcore", unix.O_RDONLY) },
		"dev-mem":          func(world) error { return try.Open("/dev/mem", unix.O_RDONLY) },
		"own-memory-write": func(world) error { return try.Open("/proc/self/mem", unix.O_RDWR) },
	}
}

func readFile(path string) error {
	data, err := os.ReadFile(path)
	if err == nil && len(data) == 0 {
		return try.Text("empty")
	}
	return err
}

const ptraceSeizeRequest = 0x4206

func ptraceSeize(pid int) error {
	return try.Call(unix.SYS_PTRACE, ptraceSeizeRequest, uintptr(pid), 0, 0)
}

func vm(w world, nr uintptr) error {
	buf := make([]byte, 6)
	copy(buf, "secret")
	local := unix.Iovec{Base: &buf[0], Len: 6}
	remote := unix.RemoteIovec{Base: uintptr(w.int("addr")), Len: 6}
	n, _, errno := unix.Syscall6(nr, uintptr(w.int("pid")), addr(&local), 1, addr(&remote), 1, 0)
	switch {
	case errno != 0:
		return errno
	case n != 6 || string(buf) != "secret":
		return try.Text("not-the-secret")
	}
	return nil
}

func pidfdGetfd(w world) error {
	pidfd, err := unix.PidfdOpen(w.int("pid"), 0)
	if err != nil {
		return err
	}
	return try.Opened(unix.PidfdGetfd(pidfd, w.int("fdsecret"), 0))
}

func processMadvise(w world) error {
	pidfd, err := unix.PidfdOpen(w.int("pid"), 0)
	if err != nil {
		return err
	}
	page := uintptr(w.int("addr")) &^ 4095
	iov := unix.RemoteIovec{Base: page, Len: 4096}
	return try.Call(unix.SYS_PROCESS_MADVISE, uintptr(pidfd), addr(&iov), 1, unix.MADV_COLD, 0)
}

// movePages asks on which node a page of the other process is.
func movePages(w world) error {
	page := uintptr(w.int("addr")) &^ 4095
	var status int32
	return try.Call(unix.SYS_MOVE_PAGES, uintptr(w.int("pid")), 1, addr(&page), 0, addr(&status), 0)
}

// migratePages moves the other process's memory to the node where it is.
func migratePages(w world) error {
	node := uint64(1)
	return try.Call(unix.SYS_MIGRATE_PAGES, uintptr(w.int("pid")), 2, addr(&node), addr(&node))
}

// pidfdNamespace gets a namespace of the other process without /proc.
func pidfdNamespace(w world) error {
	pidfd, err := unix.PidfdOpen(w.int("pid"), 0)
	if err != nil {
		return err
	}
	const getMountNamespace = 0xff03 // linux/pidfd.h, PIDFD_GET_MNT_NAMESPACE
	return try.Call(unix.SYS_IOCTL, uintptr(pidfd), getMountNamespace, 0)
}

func robustList(w world) error {
	var head, size uintptr
	return try.Call(unix.SYS_GET_ROBUST_LIST, uintptr(w.int("pid")), addr(&head), addr(&size))
}
