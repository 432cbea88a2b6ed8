package main

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// A reason says why nono makes a kind of system call at all. A call that is not
// here has no reason yet: the report says so, and the test fails.
type reason struct {
	nr   uint64
	name string
	why  string
}

var reasons = []reason{
	{unix.SYS_EXECVE, "execve", "to become the next program; the first is this measurement's"},
	{unix.SYS_OPENAT, "openat", "Go: 5 files about memory and CPU limits; nono-run: files it reads and lists; applying the spec: each entry of a carved directory"},
	{unix.SYS_OPENAT2, "openat2", "applying the spec: each path of the spec, with no symlink on the way"},
	{unix.SYS_READ, "read", "Go: the limits; nono-run: /etc/passwd, the head of a script; the shim: the spec; applying the spec, where something is denied: the mounts"},
	{unix.SYS_PREAD64, "pread64", "Go: the CPU limit"},
	{unix.SYS_CLOSE, "close", "what was opened"},
	{unix.SYS_CLOSE_RANGE, "close_range", "applying the spec: up to 24 entries of a carved directory at once; what the command must not inherit"},
	{unix.SYS_FSTAT, "fstat", "applying the spec: kind and identity of everything that gets a rule, by its descriptor"},
	{unix.SYS_NEWFSTATAT, "newfstatat", "nono-run: whether the paths of the lists exist, and what is a symlink; applying the spec: the identity of what is denied"},
	{unix.SYS_STATX, "statx", "nono-run: whether the kernel will let the command, its interpreter and its loader be executed"},
	{unix.SYS_GETEUID, "geteuid", "nono-run: for the same question, whose permissions count"},
	{unix.SYS_GETDENTS64, "getdents64", "nono-run: homes and small directories, listed rather than asked entry by entry; applying the spec: carved directories"},
	{unix.SYS_READLINKAT, "readlinkat", "nono-run: symlinks among the paths; its own path; the pid namespace"},
	{unix.SYS_LANDLOCK_CREATE_RULESET, "landlock_create_ruleset", "which ABI, and the ruleset"},
	{unix.SYS_LANDLOCK_ADD_RULE, "landlock_add_rule", "applying the spec: one for each grant, or each entry of a carved directory"},
	{unix.SYS_LANDLOCK_RESTRICT_SELF, "landlock_restrict_self", "applying the spec: from here on it is restricted"},
	{unix.SYS_SECCOMP, "seccomp", "applying the spec: the filter"},
	{unix.SYS_PRCTL, "prctl", "applying the spec: no new privileges; as root, each capability that is dropped; Go: names for its memory"},
	{unix.SYS_CAPGET, "capget", "applying the spec: which capabilities there are to drop"},
	{unix.SYS_CAPSET, "capset", "applying the spec: drops them"},
	{unix.SYS_GETSOCKOPT, "getsockopt", "applying the spec: whether descriptors 0 to 2 are sockets that the sandbox blocks"},
	{unix.SYS_GETPEERNAME, "getpeername", "applying the spec: whether an inherited socket can still be aimed"},
	{unix.SYS_MKDIRAT, "mkdirat", "nono-run: the private temp, and the directory it is in"},
	{unix.SYS_WRITE, "write", "nono-run: the spec, into the private temp"},
	{unix.SYS_FCNTL, "fcntl", "what is at descriptors that are kept; Go: whether 0 to 2 are open, and their modes"},
	{unix.SYS_FACCESSAT, "faccessat", "nono-run: whether the command can be executed"},
	{unix.SYS_FACCESSAT2, "faccessat2", "as faccessat"},
	{unix.SYS_STATFS, "statfs", "nono-run: what stdin, stdout and stderr are on"},
	{unix.SYS_GETCWD, "getcwd", "nono-run: what --allow . is"},
	{unix.SYS_CHDIR, "chdir", "nono-run: --workdir"},
	{unix.SYS_GETUID, "getuid", "nono-run: whose home and temp"},
	{unix.SYS_GETPID, "getpid", "nono-run: the private temp's name; Go: to signal its own threads"},
	{unix.SYS_KILL, "kill", "nono-run: whether the process of a left-over temp is gone"},
	{unix.SYS_UNLINKAT, "unlinkat", "nono-run: removes left-over temps, of many launches at once"},
	{unix.SYS_IOCTL, "ioctl", "nono-run: whether stderr is a terminal"},
	{unix.SYS_GETRLIMIT, "getrlimit", "each program's entry point: whether there is memory enough for Go's start"},
	{unix.SYS_FSTATFS, "fstatfs", "whether the table of mounts is read from a real procfs"},
	{unix.SYS_GETSID, "getsid", "applying the spec: which processes are in this session"},
	{unix.SYS_GETPGID, "getpgid", "applying the spec: the process groups of this session, which must not be joined"},
	{unix.SYS_SETPGID, "setpgid", "applying the spec: leaves a process group that is orphaned"},
	{unix.SYS_FUTEX, "futex", "Go: threads wait for one another"},
	{unix.SYS_CLONE, "clone", "Go: a thread that watches, and one for each thing that may run at once"},
	{unix.SYS_GETTID, "gettid", "Go: each thread's number"},
	{unix.SYS_TGKILL, "tgkill", "Go: interrupts a thread that computes for long"},
	{unix.SYS_RT_SIGRETURN, "rt_sigreturn", "Go: the end of such an interruption"},
	{unix.SYS_RT_SIGACTION, "rt_sigaction", "Go: its handler for every signal, two calls each"},
	{unix.SYS_RT_SIGPROCMASK, "rt_sigprocmask", "Go: signals are held back while a thread starts and at an exec"},
	{unix.SYS_SIGALTSTACK, "sigaltstack", "Go: each thread's stack for signals"},
	{unix.SYS_NANOSLEEP, "nanosleep", "Go: the thread that watches"},
	{unix.SYS_SCHED_YIELD, "sched_yield", "Go: a thread that waits for another"},
	{unix.SYS_SCHED_GETAFFINITY, "sched_getaffinity", "Go: how many CPUs"},
	{unix.SYS_MMAP, "mmap", "Go: its heap"},
	{unix.SYS_MUNMAP, "munmap", "Go: its heap"},
	{unix.SYS_MPROTECT, "mprotect", "Go: its heap"},
	{unix.SYS_MADVISE, "madvise", "Go: its heap"},
	{unix.SYS_PRLIMIT64, "prlimit64", "Go: raises the limit of open files, and puts it back before an exec"},
	{unix.SYS_EPOLL_CREATE1, "epoll_create1", "Go: its way to read files"},
	{unix.SYS_EPOLL_CTL, "epoll_ctl", "Go: its way to read files"},
	{unix.SYS_EPOLL_PWAIT, "epoll_pwait", "Go: its way to read files"},
	{unix.SYS_EVENTFD2, "eventfd2", "Go: its way to read files"},
	{unix.SYS_RESTART_SYSCALL, "restart_syscall", "a call that was interrupted goes on"},
	{unix.SYS_EXIT_GROUP, "exit_group", "the end"},
	{unix.SYS_EXIT, "exit", "Go: the end of a thread"},
	{unix.SYS_UNAME, "uname", "Go: the kernel's release"},
}

// unexplained is what stands in the table for a call that nobody has explained.
const unexplained = "NOT EXPLAINED"

// explain returns a call's name and reason.
func explain(nr uint64) (name, why string) {
	for _, r := range append(reasons, archReasons...) {
		if r.nr == nr {
			return r.name, r.why
		}
	}
	return "call " + strconv.FormatUint(nr, 10), unexplained
}
