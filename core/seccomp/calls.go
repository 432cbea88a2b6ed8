package seccomp

// A Call is a system call with its numbers, from the kernel's
// arch/x86/entry/syscalls/syscall_64.tbl and scripts/syscall.tbl (arm64). x/sys has only
// the numbers of one architecture at a time. With both here, each architecture can make
// and test the filter of the other.
type Call struct {
	Name         string
	AMD64, ARM64 int // -1 where the architecture lacks the call
}

const none = -1

// lastCall is the highest number that this version knows (listns). A call that a later
// kernel adds fails with ENOSYS, until somebody has reviewed it.
const lastCall = 470

// refused are the calls that no sandbox may make. They fail with EPERM. A heading gives
// the reason.
var refused = [...]Call{
	// io_uring does its work in kernel threads, past any filter of system calls.
	{"io_uring_setup", 425, 425},
	{"io_uring_enter", 426, 426},
	{"io_uring_register", 427, 427},
	// A handle names a file without a path, so no rule could refuse it.
	{"open_by_handle_at", 304, 265},
	// The keyrings are shared with everything else the user runs.
	{"add_key", 248, 217},
	{"request_key", 249, 218},
	{"keyctl", 250, 219},
	// Mounts would move paths under the rules. Landlock refuses most of these.
	{"mount", 165, 40},
	{"umount2", 166, 39},
	{"pivot_root", 155, 41},
	{"open_tree", 428, 428},
	{"open_tree_attr", 467, 467},
	{"move_mount", 429, 429},
	{"fsopen", 430, 430},
	{"fsconfig", 431, 431},
	{"fsmount", 432, 432},
	{"fspick", 433, 433},
	{"mount_setattr", 442, 442},
	// A process has capabilities in a new namespace, and can reach privileged code of the
	// kernel with them. Rules test the flags of unshare and clone.
	{"setns", 308, 268},
	// Watching other processes, and parts of the kernel that attackers have used to escape.
	{"bpf", 321, 280},
	{"perf_event_open", 298, 241},
	{"userfaultfd", 323, 282},
	{"fanotify_init", 300, 262},
	// The machine as a whole: in case the process still has the privilege.
	{"kexec_load", 246, 104},
	{"kexec_file_load", 320, 294},
	{"init_module", 175, 105},
	{"finit_module", 313, 273},
	{"delete_module", 176, 106},
	{"swapon", 167, 224},
	{"swapoff", 168, 225},
	{"reboot", 169, 142},
	{"acct", 163, 89},
	{"quotactl", 179, 60},
	{"quotactl_fd", 443, 443},
	{"iopl", 172, none},
	{"ioperm", 173, none},
	{"vhangup", 153, 58},
	{"syslog", 103, 116},
}

// ipcCalls are System V IPC and POSIX message queues. Their objects have no
// path, and every process of the user can reach them.
var ipcCalls = [...]Call{
	{"shmget", 29, 194},
	{"shmat", 30, 196},
	{"shmctl", 31, 195},
	{"semget", 64, 190},
	{"semop", 65, 193},
	{"semctl", 66, 191},
	{"semtimedop", 220, 192},
	{"msgget", 68, 186},
	{"msgsnd", 69, 189},
	{"msgrcv", 70, 188},
	{"msgctl", 71, 187},
	{"mq_open", 240, 180},
	{"mq_unlink", 241, 181},
}

// The calls whose arguments rules test.
var (
	Ioctl             = Call{"ioctl", 16, 29}
	Fcntl             = Call{"fcntl", 72, 25}
	Clone             = Call{"clone", 56, 220}
	Clone3            = Call{"clone3", 435, 435}
	Unshare           = Call{"unshare", 272, 97}
	Sendto            = Call{"sendto", 44, 206}
	Sendmsg           = Call{"sendmsg", 46, 211}
	Sendmmsg          = Call{"sendmmsg", 307, 269}
	Socket            = Call{"socket", 41, 198}
	Socketpair        = Call{"socketpair", 53, 199}
	Setsockopt        = Call{"setsockopt", 54, 208}
	Getsockopt        = Call{"getsockopt", 55, 209}
	Prlimit           = Call{"prlimit64", 302, 261}
	Truncate          = Call{"truncate", 76, 45}
	Open              = Call{"open", 2, none}
	Openat            = Call{"openat", 257, 56}
	Openat2           = Call{"openat2", 437, 437}
	Setpgid           = Call{"setpgid", 109, 154}
	Renameat2         = Call{"renameat2", 316, 276}
	Setpriority       = Call{"setpriority", 141, 140}
	IoprioSet         = Call{"ioprio_set", 251, 30}
	SchedSetscheduler = Call{"sched_setscheduler", 144, 119}
	SchedSetparam     = Call{"sched_setparam", 142, 118}
	SchedSetattr      = Call{"sched_setattr", 314, 274}
	Listen            = Call{"listen", 50, 201}
	Personality       = Call{"personality", 135, 92}
)
