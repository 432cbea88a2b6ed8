package seccomp

import (
	"slices"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
)

// Values from the kernel's public headers that the filter compares with.
const (
	afUnix        = 1
	sockStream    = 1
	sockSeqpacket = 5
	sockTypeMask  = 0xf

	tiocsti   = 0x5412 // asm-generic/ioctls.h, the same on both architectures
	tioclinux = 0x541c
	tiocsetd  = 0x5423

	ocfs2Reflink = 0x40186f04 // fs/ocfs2/ocfs2_ioctl.h: copies a file by two paths

	// asm-generic/ioctls.h and asm-generic/sockios.h: fcntl's O_ASYNC and
	// F_SETOWN once more, with the argument in memory.
	fioAsync  = 0x5452
	fioSetOwn = 0x8901
	siocSPGrp = 0x8902

	fSetFl    = 4 // asm-generic/fcntl.h
	fSetOwn   = 8
	fSetOwnEx = 15
	oAsync    = 0o20000
	minusSign = 1 << 31

	// linux/sched.h: every CLONE_NEW* flag. CLONE_NEWTIME lies in the byte in
	// which clone(2) has the exit signal, so only unshare(2) knows it.
	cloneNewAny  = 0x7e020000
	cloneNewTime = 0x80

	renameWhiteout = 1 << 2 // linux/fs.h

	oAccmode = 3
	oTrunc   = 0o1000
)

// subvolumeIoctls make or remove the subvolumes of btrfs (linux/btrfs.h) and
// bcachefs (bcachefs_ioctl.h), and snapshots of them. They are the low halves of
// the commands, type and number: above is the size of the argument.
var subvolumeIoctls = [...]uint32{
	0x9401, 0x9417, // BTRFS_IOC_SNAP_CREATE, _V2
	0x940e, 0x9418, // BTRFS_IOC_SUBVOL_CREATE, _V2
	0x940f, 0x943f, // BTRFS_IOC_SNAP_DESTROY, _V2
	0xbc10, 0xbc1d, // BCH_IOCTL_SUBVOLUME_CREATE, _v2
	0xbc11, 0xbc1e, // BCH_IOCTL_SUBVOLUME_DESTROY, _v2
}

// Rules returns what nono refuses in a sandbox for s, on a kernel with the given
// Landlock ABI: what Landlock has no right for. The calls fail, so that programs
// fall back or say so.
func Rules(s *spec.Spec, abi int) []Rule {
	rules := slices.Concat(ioctlRules, fcntlRules, processRules, socketRules(s, abi))
	if abi < kernel.ABITruncate {
		rules = append(rules, truncateRules...)
	}
	for _, c := range refused {
		rules = append(rules, Rule{Call: c, Do: eperm})
	}
	if !s.IPC {
		for _, c := range ipcCalls {
			rules = append(rules, Rule{Call: c, Do: eperm})
		}
	}
	return rules
}

// ioctlRules refuse typing into terminals, signals by input (see fcntlRules), and
// what makes or removes entries of a directory that is open for listing, where
// Landlock is asked nothing: a snapshot would hold what is denied in a place that
// is granted. The kernel looks at the low half of the command only.
var ioctlRules = []Rule{
	{Ioctl, eperm, []Test{Is(1, tiocsti, tioclinux, tiocsetd, ocfs2Reflink, fioAsync, fioSetOwn, siocSPGrp)}},
	{Ioctl, eperm, []Test{Is(1, subvolumeIoctls[:]...).Masked(0xffff)}},
}

// fcntlRules refuse signals that the kernel sends when a file is ready. Landlock
// lets those for a process group reach all of the group where the caller comes first
// in it, before Linux 6.12.101, 6.18.40 and 7.1.5, and any group of the session
// can be joined. O_ASYNC on a terminal means its foreground group. What else
// sends a signal to the owner, such as a lease, can have but one process for it.
var fcntlRules = []Rule{
	{Fcntl, eperm, []Test{Is(1, fSetOwnEx)}},
	{Fcntl, eperm, []Test{Is(1, fSetOwn), Has(2, minusSign)}}, // a group is a negative number
	{Fcntl, eperm, []Test{Is(1, fSetFl), Has(2, oAsync)}},
}

// processRules refuse new namespaces, another process's limits, and device nodes
// made by a rename.
var processRules = []Rule{
	{Clone, eperm, []Test{Has(0, cloneNewAny)}},
	{Unshare, eperm, []Test{Has(0, cloneNewAny|cloneNewTime)}},
	// clone3's flags are in memory. Without it, libraries use clone.
	{Clone3, enosys, nil},
	// Another process's limits may be read, not set.
	{Prlimit, Allow, []Test{Is(0, 0)}},
	{Prlimit, Allow, Null(2)},
	{Prlimit, eperm, nil},
	// A whiteout is a device node, and Landlock's MAKE_CHAR is not asked.
	{Renameat2, eperm, []Test{Has(4, renameWhiteout)}},
}

// socketRules refuse every family but Unix under `net block`, and Unix sockets
// where Landlock cannot tell one from another. A socketpair stays, as streams
// and seqpackets only: one of datagrams can be pointed at any server by its
// address, and SOCK_RAW is another word for that.
func socketRules(s *spec.Spec, abi int) []Rule {
	blockUnix := !s.UnixSockets && abi < kernel.ABIUnix
	rules := []Rule{{Socketpair, eperm, []Test{IsNot(0, afUnix)}}}
	if blockUnix {
		rules = append(rules,
			Rule{Socketpair, eperm, []Test{IsNot(1, sockStream, sockSeqpacket).Masked(sockTypeMask)}},
			Rule{Socket, eperm, []Test{Is(0, afUnix)}})
	}
	if !s.Net {
		rules = append(rules, Rule{Socket, eperm, []Test{IsNot(0, afUnix)}})
	}
	return rules
}

// GroupRules refuse joining the process groups that outside processes are in, or,
// where these are not known, every group but the caller's own. The kernel sends
// signals to a whole group without asking Landlock.
func GroupRules(outside []uint32, known bool) []Rule {
	if !known {
		return []Rule{{Setpgid, eperm, []Test{IsNot(1, 0)}}}
	}
	var rules []Rule
	for part := range slices.Chunk(outside, maxValues) {
		rules = append(rules, Rule{Setpgid, eperm, []Test{Is(1, part...)}})
	}
	return rules
}

// truncateRules stand in for Landlock's right before ABI 3: no truncating by path,
// and none as a side effect of opening a file for anything but writing, which
// Landlock would not see.
var truncateRules = []Rule{
	{Truncate, eperm, nil},
	{Openat2, enosys, nil}, // its flags are in memory
	{Open, eperm, []Test{Has(1, oTrunc), Is(1, 0, oAccmode).Masked(oAccmode)}},
	{Openat, eperm, []Test{Has(2, oTrunc), Is(2, 0, oAccmode).Masked(oAccmode)}},
}
