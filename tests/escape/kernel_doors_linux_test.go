package escape

func processDoors() []door {
	signal := func(name, shut string) door {
		return door{name: name, shut: shut, below: 6, with: idle}
	}
	doors := []door{
		signal("kill", "EPERM"), signal("kill-probe", "EPERM"), signal("kill-group", "EPERM"), signal("tkill", "EPERM"),
		signal("tgkill", "EPERM"), signal("sigqueue", "EPERM"), signal("tgsigqueue", "EPERM"), signal("pidfd-signal", "EPERM"),
		{name: "sigio", shut: "EPERM", with: idle},
		{name: "sigio-ioctl", shut: "EPERM", with: idle},
		{name: "sigio-group", shut: "EPERM", with: idle},
		{name: "sigio-ex", shut: "EPERM", with: idle},
		{name: "sigio-spgrp", shut: "EPERM", with: idle},
		{name: "setpgid", shut: "EPERM ESRCH", with: idle},
		{name: "prlimit-set", shut: "EPERM"},
		{name: "nice-up", shut: "EPERM EACCES"},
		{name: "realtime", shut: "EPERM"},
		{name: "signal-own-child", works: true},
		{name: "ptrace-attach", shut: "EPERM", with: idle},
		{name: "own-memory-write", shut: "EACCES"},
		{name: "proc-parent-mem", shut: "EACCES", noControl: "the parent is the test itself", alone: true},
		{name: "proc-init-root", shut: "EACCES"},
	}
	for _, name := range []string{"ptrace-seize", "vm-read", "vm-write", "pidfd-getfd", "kcmp", "process-madvise", "move-pages", "migrate-pages", "pidfd-namespace", "get-robust-list",
		"proc-mem", "proc-mem-write", "proc-environ", "proc-auxv", "proc-maps", "proc-root", "proc-cwd", "proc-fd",
		"proc-fd-link", "proc-fdinfo", "proc-cwd-link", "proc-exe-link", "proc-map-files", "proc-ns", "proc-stack", "proc-syscall", "proc-task-mem",
		"proc-oom", "proc-clear-refs", "proc-core-pat", "proc-modprobe", "proc-sysrq", "binfmt-misc", "cgroup-agent", "kmsg", "kcore", "dev-mem"} {
		doors = append(doors, door{name: name, shut: "EACCES EPERM"})
	}
	return doors
}

func kernelDoors() []door {
	doors := []door{
		{name: "io-uring-enter", shut: "EPERM", reached: "EBADF"},
		{name: "io-uring-reg", shut: "EPERM", reached: "EBADF EINVAL"},
		{name: "init-module", shut: "EPERM", reached: "ENOEXEC EFAULT"},
		{name: "delete-module", shut: "EPERM", reached: "ENOENT EFAULT"},
		{name: "swapon", shut: "EPERM", reached: "EINVAL", with: swapFile},
		{name: "swapoff", shut: "EPERM", reached: "EINVAL"},
		{name: "quotactl", shut: "EPERM"},
		{name: "quotactl-fd", shut: "EPERM", reached: "ESRCH EFAULT ENOSYS EOPNOTSUPP"},
		{name: "reboot", shut: "EPERM", reached: "EINVAL"},
		{name: "request-key", shut: "EPERM", reached: "ENOKEY ENOENT"},
		{name: "landlock-undo", shut: "EACCES"},
		{name: "seccomp-undo", shut: "EINVAL", noControl: "it is never possible"},
		{name: "personality-x32", shut: "EPERM"},
		{name: "personality-no-randomize", shut: "EPERM"},
		{name: "unknown-call", shut: "ENOSYS", noControl: "no kernel this is written for has it"},
		{name: "int80", shut: "SIGSYS"},
		{name: "elf32", shut: "SIGSYS"},
		{name: "x32", shut: "ENOSYS"},
		{name: "x32-open", shut: "ENOSYS"},
	}
	for _, name := range []string{"io-uring", "bpf", "perf", "userfaultfd", "userfaultfd-user", "kexec", "acct", "syslog", "sethostname", "adjtimex",
		"vhangup", "keyctl", "add-key", "no-new-privs", "iopl", "ioperm"} {
		doors = append(doors, door{name: name, shut: "EPERM"})
	}
	return doors
}

func otherDoors() []door {
	return []door{
		{name: "tiocsti", shut: "EPERM", with: terminal},
		{name: "tiocsti-high", shut: "EPERM", with: terminal},
		{name: "tiocsti-tty", shut: "EPERM", with: terminal},
		{name: "tiocsti-other", shut: "EPERM"},
		{name: "tioclinux", shut: "EPERM", with: console},
		{name: "tiocsetd", shut: "EPERM", with: terminal},
		{name: "tioccons", shut: "EPERM", with: terminal, reached: "EBUSY EINVAL"},
		{name: "console", shut: "EACCES"},
		{name: "console-tty1", shut: "EACCES"},
		{name: "stty", works: true, with: terminal},
		{name: "new-pty", works: true},
		{name: "ioctl-device", shut: "EACCES", below: 5, with: readable},
		{name: "shm", shut: "EPERM"},
		{name: "shm-attach", shut: "EPERM"},
		{name: "shm-remove", shut: "EPERM", with: spareShm},
		{name: "msg", shut: "EPERM"},
		{name: "msg-receive", shut: "EPERM"},
		{name: "sem", shut: "EPERM"},
		{name: "mq", shut: "EPERM"},
		{name: "mq-unlink", shut: "EPERM", reached: "ENOENT"},
		{name: "posix-shm", shut: "EACCES"},
		{name: "shm-allowed", as: "shm", works: true, flags: []string{"--allow-ipc"}},
		{name: "setuid-program", shut: "status-1"},
		{name: "file-capability", shut: "status-1 EPERM"},
		{name: "net-capability", shut: "EPERM"},
		{name: "sys-capability", shut: "EPERM"},
		{name: "credentials", shut: "not-told"},
		{name: "credentials-passed", as: "credentials", works: true, flags: []string{"--allow-env", "NONO_TEST_SECRET_TOKEN"}},
	}
}

// ioctlDoors need no file system that has the command: without nono one that
// lacks it says so.
func ioctlDoors() []door {
	var doors []door
	for _, name := range []string{"subvolume-flags", "subvolume-default", "received", "defragment", "key-remove", "key-add", "policy", "verity",
		"generation", "migrate", "dedupe", "pin", "smb"} {
		doors = append(doors, door{name: "ioctl-" + name, shut: "EPERM", reached: "ENOTTY EFAULT ENOTSUP EOPNOTSUPP EINVAL"})
	}
	return append(doors,
		door{name: "ioctl-shutdown", shut: "EPERM", reached: "ENOTTY EFAULT ENOTSUP EOPNOTSUPP EINVAL"},
		door{name: "ioctl-flags", shut: "EFAULT ENOTTY", noControl: "it is let through: the kernel's own answer"},
		door{name: "ioctl-size", shut: "EFAULT", noControl: "it is let through: the kernel's own answer"},
	)
}
