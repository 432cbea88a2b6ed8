package escape

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// A door is one way out. Unless open, below or works says otherwise it must be
// shut inside, and the control shows that it is open without nono.
type door struct {
	name string
	as   string // the attack's name where it is not the door's
	// shut are the outcomes that show it shut, with spaces between.
	shut string
	// reached are outcomes of the control, besides "ok", that show that the
	// kernel itself would have gone on.
	reached string
	// open says why the door stands open inside on every kernel.
	open string
	// rootShut marks an open door that is shut to root, who inside has fewer
	// capabilities than root's processes outside.
	rootShut bool
	// below is the Landlock ABI below which it stands open.
	below int
	// works marks what is no attack: it must work inside.
	works bool
	// needs is the Landlock ABI below which nono refuses to start what works.
	needs int
	// noControl says why the attack means nothing without nono.
	noControl string
	flags     []string // of nono-run, besides the grants of "in" and "ro"
	// alone marks what must be the command that nono started itself.
	alone bool
	with  preparation
}

func (d door) attack() string { return cmp.Or(d.as, d.name) }

// stands reports whether an outcome says that the door is open.
func (d door) stands(outcome string) bool { return outcome == "ok" || has(d.reached, outcome) }

// has reports whether outcome is one of a row's words.
func has(words, outcome string) bool {
	for w := range strings.FieldsSeq(words) {
		if w == outcome {
			return true
		}
	}
	return false
}

func keepInherited() []string { return []string{"--keep-fd", strconv.Itoa(inherited)} }

func allDoors() []door {
	var all []door
	for _, group := range [][]door{
		fileDoors(), trickDoors(), openDoors(), mountDoors(), unixDoors(), netDoors(), processDoors(), kernelDoors(), ioctlDoors(), otherDoors(),
	} {
		all = append(all, group...)
	}
	return all
}

func fileDoors() []door {
	return []door{
		{name: "open-read", shut: "EACCES"},
		{name: "open-write", shut: "EACCES"},
		{name: "open-symlink", shut: "EACCES"},
		{name: "open-dotdot", shut: "EACCES"},
		{name: "open-from-cwd", shut: "EACCES"},
		{name: "open-from-path", shut: "EACCES"},
		{name: "list", shut: "EACCES"},
		{name: "create", shut: "EACCES"},
		{name: "truncate", shut: "EACCES EPERM"},
		{name: "truncate-ro", shut: "EACCES EPERM"},
		{name: "open-trunc-ro", shut: "EACCES EPERM"},
		{name: "unlink", shut: "EACCES"},
		{name: "mkdir", shut: "EACCES"},
		{name: "rmdir", shut: "EACCES"},
		{name: "rmdir-inside", shut: "EACCES"},
		{name: "rmdir-allowed", as: "rmdir-inside", works: true, flags: []string{"--allow-rmdir"}},
		{name: "symlink", shut: "EACCES"},
		{name: "mkfifo", shut: "EACCES"},
		{name: "rename-in", shut: "EACCES EXDEV"},
		{name: "rename-out", shut: "EACCES EXDEV"},
		{name: "rename-dir-out", shut: "EACCES EXDEV"},
		{name: "link-in", shut: "EACCES EXDEV"},
		{name: "link-out", shut: "EACCES EXDEV"},
		{name: "exchange", shut: "EACCES EXDEV"},
		{name: "whiteout", shut: "EPERM"},
		{name: "mknod-disk", shut: "EACCES EPERM"},
		{name: "mknod-char", shut: "EACCES EPERM"},
		{name: "exec-outside", shut: "EACCES"},
		{name: "spec-write", shut: "EACCES"},
		{name: "spec-unlink", shut: "EACCES", noControl: "there is no spec outside"},
		{name: "temps-list", shut: "EACCES"},
		{name: "temp-of-others", shut: "EACCES"},
	}
}

func trickDoors() []door {
	return []door{
		{name: "tmpfile-link", shut: "EACCES"},
		{name: "empty-path-link", shut: "EACCES EXDEV"},
		{name: "empty-path-link-fd", shut: "EACCES EXDEV ENOENT"},
		{name: "handle", shut: "EPERM"},
		{name: "handle-name", open: "a handle is only a name: opening by it is shut"},
		{name: "stdin-reopen-write", shut: "EACCES", with: stdinFile},
		{name: "stdin-dev-fd", shut: "EACCES", with: stdinFile},
		{name: "stdin-empty-path", shut: "EACCES EXDEV ENOENT", with: stdinFile},
		{name: "stdin-proc-link", shut: "EACCES EXDEV", with: stdinFile},
		{name: "inherited-file", shut: "EBADF", with: inherit(fileFD)},
		{name: "inherited-dir", shut: "EBADF", with: inherit(dirFD)},
		{name: "inherited-memfd", shut: "EBADF", with: inherit(memFD)},
		{name: "inherited-pidfd", shut: "EBADF", with: inherit(pidFD)},
		{name: "inherited-socket", shut: "EBADF", with: inherit(socketFD)},
		{name: "kept-dir", shut: "EACCES", with: inherit(dirFD), flags: keepInherited()},
		{name: "kept-dir-fchdir", shut: "EACCES", with: inherit(dirFD), flags: keepInherited()},
		{name: "kept-file-write", shut: "EACCES", with: inherit(fileFD), flags: keepInherited()},
		{name: "kept-file", as: "inherited-file", works: true, with: inherit(fileFD), flags: keepInherited()},
		{name: "kept-socket", as: "inherited-socket", shut: "refused", with: inherit(socketFD), flags: keepInherited()},
		{name: "scm-dir", shut: "EACCES", with: stdinReceives(dirFD)},
		{name: "scm-path", shut: "EACCES", with: stdinReceives(pathFD)},
		{name: "scm-file", open: "what a process outside hands over, open for use, is handed over", with: stdinReceives(fileFD)},
		{name: "exec-place", shut: "status-1"},
		{name: "exec-place-fd", shut: "EACCES"},
		{name: "pipe-backward", open: "a pipe is no file of a directory; what is handed over is handed over", with: stdinPipe},
		{name: "lock", open: "the kernel lets whoever may read a file lock it", with: lockable},
		{name: "lease", open: "the kernel lets the owner of a file who may read it keep others waiting for a while", with: lockable},
		{name: "memfd-exec", works: true},
		{name: "core-dump", shut: "no-core"},
		{name: "splice-secret", shut: "EACCES"},
	}
}

// openDoors are those that no right of the kernel is about.
func openDoors() []door {
	const attributes = "Landlock has no right for a file's attributes; its permissions apply"
	const facts = "Landlock has no right for what is told of a file without opening it"
	return []door{
		{name: "stat", open: facts},
		{name: "access", open: facts},
		{name: "readlink", open: facts},
		{name: "statfs", open: facts},
		{name: "chdir", open: facts},
		{name: "xattr-list", open: facts},
		{name: "chmod", open: attributes},
		{name: "chown", open: attributes},
		{name: "utimes", open: attributes},
		{name: "xattr-set", open: attributes},
		{name: "fs-flags-ro", open: attributes},
		{name: "inotify", open: "Landlock has no right for watching: names and times of changes show, contents do not"},
		{name: "fanotify", shut: "EPERM"},
		{name: "fanotify-all", shut: "EPERM"},
		{name: "immutable", shut: "EPERM", with: frozen},
		{name: "pts-other", open: "the terminals of the user's other sessions are in /dev/pts, which new ones need; --deny /dev/pts shuts them"},
		{name: "pts-resize", open: "as pts-other"},
		{name: "pts-denied", as: "pts-other", shut: "EACCES", flags: []string{"--deny", "/dev/pts"}},
		{name: "proc-cmdline", open: "/proc shows it to everybody"},
		{name: "proc-status", open: "/proc shows it to everybody"},
		{name: "prlimit-get", open: "it only tells"},
		{name: "sched-affinity", shut: "EPERM", rootShut: true, open: "the kernel lets a user bind all of the user's processes, and libraries bind threads by number"},
		{name: "sched-policy", shut: "EPERM"},
		{name: "setpriority", shut: "EPERM"},
		{name: "ioprio", shut: "EPERM"},
		{name: "proc-fd-list", open: "only the numbers show, not what they lead to"},
		{name: "vsyscall", open: "it only tells the time"},
	}
}

func mountDoors() []door {
	doors := []door{
		{name: "mount-tmpfs", shut: "EPERM"},
		{name: "mount-bind", shut: "EPERM"},
		{name: "mount-proc", shut: "EPERM"},
		{name: "mount-overlay", shut: "EPERM"},
		{name: "umount", shut: "EPERM"},
		{name: "pivot-root", shut: "EPERM", reached: "EINVAL EBUSY"},
		{name: "chroot", shut: "EPERM"},
		{name: "fsopen", shut: "EPERM"},
		{name: "fspick", shut: "EPERM"},
		{name: "open-tree", shut: "EPERM"},
		{name: "open-tree-clone", shut: "EPERM"},
		{name: "move-mount", shut: "EPERM"},
		{name: "mount-setattr", shut: "EPERM"},
		{name: "setns", shut: "EPERM"},
		{name: "unshare-user", shut: "EPERM", reached: "EINVAL"},
		{name: "unshare-user-mount", shut: "status-1"},
		{name: "clone-user", shut: "EPERM"},
		{name: "clone-parent", shut: "EPERM"},
		{name: "clone3-user", shut: "ENOSYS"},
		{name: "fuse", shut: "EACCES"},
		{name: "loop", shut: "EACCES"},
		{name: "disk", shut: "EACCES"},
	}
	for _, kind := range []string{"mount", "net", "pid", "uts", "ipc", "cgroup", "time"} {
		doors = append(doors, door{name: "unshare-" + kind, shut: "EPERM"})
	}
	return doors
}

func unixDoors() []door {
	open := []string{"--allow-unix-sockets"}
	return []door{
		{name: "unix-stream", shut: "EPERM"},
		{name: "unix-seqpacket", shut: "EPERM"},
		{name: "unix-dgram", shut: "EPERM"},
		{name: "unix-dgram-sendto", shut: "EPERM"},
		{name: "unix-raw", shut: "EPERM"},
		{name: "unix-symlink", shut: "EPERM"},
		{name: "unix-cwd", shut: "EPERM"},
		{name: "unix-proc-fd", shut: "EPERM"},
		{name: "unix-abstract", shut: "EPERM"},
		{name: "unix-abstract-dgram", shut: "EPERM"},
		{name: "unix-executor", shut: "EPERM"},
		{name: "unix-bus-environment", shut: "not-told"},
		{name: "unix-bus-passed", as: "unix-bus-environment", shut: "EPERM", flags: []string{"--allow-env", "DBUS_SESSION_BUS_ADDRESS"}},
		{name: "unix-bind-outside", shut: "EPERM"},
		{name: "unix-pair-sendto", shut: "EPERM"},
		{name: "unix-pair-raw-sendto", shut: "EPERM"},
		{name: "unix-pair-reconnect", shut: "EPERM"},
		{name: "unix-pair-abstract", shut: "EPERM"},
		{name: "unix-stdin-connect", shut: "refused", with: stdinSocket("stream")},
		{name: "unix-stdin-sendto", shut: "refused", with: stdinSocket("dgram")},
		{name: "unix-pair-inside", works: true},
		{name: "unix-stream-allowed", as: "unix-stream", works: true, flags: open},
		{name: "unix-dgram-allowed", as: "unix-dgram", works: true, flags: open},
		{name: "unix-abstract-allowed", as: "unix-abstract", works: true, flags: open},
		{name: "unix-inside-allowed", as: "unix-inside", works: true, flags: open},
		{name: "unix-net-block", as: "unix-stream", shut: "EPERM", flags: []string{"--net-block"}},
		{name: "unix-net-block-allowed", as: "unix-stream", works: true, flags: append([]string{"--net-block"}, open...)},
	}
}

func netDoors() []door {
	var doors []door
	block := []string{"--net-block"}
	for _, name := range []string{"tcp4", "tcp6", "tcp4-mapped", "mptcp", "sctp", "tcp-fast-open", "tcp-fast-open6", "tcp-bind", "tcp-listen",
		"udp4", "udp6", "udp-connect", "udplite", "ping", "raw-icmp", "raw-icmp6", "packet", "packet-dgram", "vsock", "netlink", "netlink-uevent",
		"net-x-high", "every-family"} {
		doors = append(doors, door{name: name, shut: "EPERM", flags: block})
	}
	return append(slices.Concat(doors, portDoors(), hostDoors()),
		door{name: "pair-inet", shut: "EPERM", reached: "ENOTSUP EOPNOTSUPP", flags: block},
		door{name: "tun", shut: "EACCES", flags: block},
		door{name: "vsock-device", shut: "EACCES", flags: block},
		door{name: "net-socket-kept", as: "inherited-socket", shut: "refused", with: inherit(netFD), flags: append(keepInherited(), block...)},
		door{name: "tcp4-allowed", as: "tcp4", works: true},
		door{name: "udp6-allowed", as: "udp6", works: true},
		door{name: "raw-allowed", as: "raw-icmp", shut: "EPERM"},
		door{name: "packet-allowed", as: "packet", shut: "EPERM"},
		door{name: "vsock-allowed", as: "vsock", shut: "EPERM"},
		door{name: "netlink-allowed", as: "netlink", works: true},
		door{name: "netlink-uevent-allowed", as: "netlink-uevent", shut: "EPERM"},
		door{name: "every-other-family", shut: "EPERM"},
	)
}

// portDoors are tried with the port of one server granted, to which alone, and by
// TCP alone, there must be a way.
func portDoors() []door {
	var doors []door
	for _, name := range []string{"udp4", "udp6", "udp-connect", "udplite", "ping", "raw-icmp", "raw-icmp6", "packet", "vsock", "netlink",
		"netlink-uevent", "mptcp", "sctp", "tcp-fast-open", "tcp-listen", "every-other-family"} {
		doors = append(doors, door{name: "port-" + name, as: name, shut: "EPERM refused", with: grantPort("tcp4")})
	}
	return append(doors,
		door{name: "port-other", as: "tcp6", shut: "EACCES refused", with: grantPort("tcp4")},
		door{name: "port-other-mapped", as: "tcp4-mapped", shut: "EACCES refused", with: grantPort("tcp6")},
		door{name: "port-fast-open-later", as: "tcp-fast-open-later", shut: "EACCES refused", with: grantPort("tcp6")},
		door{name: "port-inner-listen", as: "tcp-listen", shut: "EPERM refused", with: grantPort("tcp4"), flags: []string{"--inner-sockets"}},
		door{name: "port-bind", as: "tcp-bind", shut: "EACCES refused", with: grantPort("tcp4")},
		door{name: "port-granted", as: "tcp4", works: true, needs: 4, with: grantPort("tcp4")},
		door{name: "port-granted-6", as: "tcp6", works: true, needs: 4, with: grantPort("tcp6")},
		door{name: "port-granted-mapped", as: "tcp4-mapped", works: true, needs: 4, with: grantPort("tcp4")},
	)
}

// hostDoors are tried with one server granted by --host, to which alone, and by TCP
// alone, there must be a way. What listens inside is in a network of its own.
func hostDoors() []door {
	var doors []door
	for _, name := range []string{"udplite", "ping", "raw-icmp", "raw-icmp6", "packet", "packet-dgram", "vsock", "netlink", "netlink-uevent", "mptcp", "sctp",
		"tcp-fast-open", "tcp-fast-open6", "every-other-family", "udp4-answered", "udp6-answered", "udp-connect-answered",
		"udp-sendmsg-answered", "udp-high-answered"} {
		doors = append(doors, door{name: "host-" + name, as: name, shut: "EPERM EACCES ECONNREFUSED ENETUNREACH EAGAIN refused", with: grantHost("tcp4")})
	}
	return append(doors,
		door{name: "host-other", as: "tcp6", shut: "ECONNREFUSED refused", with: grantHost("tcp4")},
		door{name: "host-other-mapped", as: "tcp4-mapped", shut: "ECONNREFUSED refused", with: grantHost("tcp6")},
		door{name: "host-fast-open-later", as: "tcp-fast-open-later", shut: "ECONNREFUSED refused", with: grantHost("tcp6")},
		door{name: "host-socket-kept", as: "inherited-socket", shut: "refused", with: both(inherit(netFD), grantHost("tcp4")), flags: keepInherited()},
		door{name: "host-uring", as: "io-uring", shut: "EPERM refused", with: grantHost("tcp4")},
		door{name: "host-bound-then-other", as: "tcp4-bound", shut: "ECONNREFUSED refused", with: grantHost("tcp6")},
		door{name: "host-namespace-of-socket", as: "socket-namespace", shut: "EPERM EACCES refused", with: grantHost("tcp4")},
		door{name: "host-granted", as: "tcp4", works: true, needs: 4, with: grantHost("tcp4")},
		door{name: "host-granted-6", as: "tcp6", works: true, needs: 4, with: grantHost("tcp6")},
		door{name: "host-granted-mapped", as: "tcp4-mapped", works: true, needs: 4, with: grantHost("tcp4")},
		door{name: "host-bind", as: "tcp-bind", works: true, needs: 4, with: grantHost("tcp4")},
	)
}
