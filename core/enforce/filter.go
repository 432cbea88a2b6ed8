package enforce

import (
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
)

// Values from the kernel's public headers that the filter compares with.
const (
	eperm  = 1
	enosys = 38

	archAMD64 = 0xc000003e // linux/audit.h
	archARM64 = 0xc00000b7

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

// Filter returns the seccomp program (seccomp(2), SECCOMP_SET_MODE_FILTER) for
// s on a kernel with the given Landlock ABI. arch is a GOARCH: amd64 or arm64;
// for any other it returns nil.
//
// It refuses what Landlock has no right for. The calls it refuses fail, so that
// programs fall back or say so; only a system call of a foreign architecture,
// which no program built for this machine makes, ends the process (SIGSYS).
//
// Calls with no test of their arguments come out as always allowed or always
// refused, which the kernel remembers and decides without running the program.
func Filter(s *spec.Spec, abi int, arch string) []Instruction {
	a := assembler{arm64: arch == "arm64"}
	switch arch {
	case "amd64":
		a.prologue(archAMD64)
	case "arm64":
		a.prologue(archARM64)
	default:
		return nil
	}
	// That is also every x32 call of amd64, whose numbers have bit 30 set.
	a.refuseFrom(lastCall+1, enosys)

	a.on(callIoctl, a.ioctl)
	a.on(callFcntl, a.fcntl)
	a.on(callClone, func() {
		a.low(0)
		a.refuseAny(cloneNewAny, eperm)
	})
	a.on(callUnshare, func() {
		a.low(0)
		a.refuseAny(cloneNewAny|cloneNewTime, eperm)
	})
	// clone3's flags are in memory. Without it, libraries use clone.
	a.refuse(callClone3, enosys)
	a.on(callPrlimit, func() {
		// Another process's limits may be read, not set.
		a.allowZero(0, false)
		a.allowZero(2, true)
		a.ret(retErrno | eperm)
	})
	a.on(callRenameat2, func() {
		// A whiteout is a device node, and Landlock's MAKE_CHAR is not asked.
		a.low(4)
		a.refuseAny(renameWhiteout, eperm)
	})
	a.sockets(s, abi)
	if abi < kernel.ABITruncate {
		a.truncation()
	}
	for _, c := range refused {
		a.refuse(c, eperm)
	}
	if !s.IPC {
		for _, c := range ipcCalls {
			a.refuse(c, eperm)
		}
	}
	return a.finish()
}

// ioctl refuses typing into terminals, signals by input (see fcntl), and what makes
// or removes entries of a directory that is open for listing, where Landlock is
// asked nothing: a snapshot would hold what is denied in a place that is granted.
func (a *assembler) ioctl() {
	// The kernel looks at the low half of the command only.
	a.low(1)
	for _, command := range [...]uint32{tiocsti, tioclinux, tiocsetd, ocfs2Reflink, fioAsync, fioSetOwn, siocSPGrp} {
		a.refuseEqual(command, eperm)
	}
	a.mask(0xffff)
	for _, command := range subvolumeIoctls {
		a.refuseEqual(command, eperm)
	}
}

// fcntl refuses signals that the kernel sends when a file is ready. Landlock lets
// those for a process group reach all of it where the caller comes first in the
// group, before Linux 6.12.101, 6.18.40 and 7.1.5, and any group of the session
// can be joined. O_ASYNC on a terminal means its foreground group. What else
// sends a signal to the owner, such as a lease, can have but one process for it.
func (a *assembler) fcntl() {
	a.low(1)
	a.refuseEqual(fSetOwnEx, eperm)
	a.where(fSetOwn, func() {
		a.low(2)
		a.refuseAny(minusSign, eperm) // a group is a negative number
	})
	a.where(fSetFl, func() {
		a.low(2)
		a.refuseAny(oAsync, eperm)
	})
}

// sockets refuses every family but Unix under `net block`, and Unix sockets
// where Landlock cannot tell one from another. A socketpair stays, as streams
// and seqpackets only: one of datagrams can be pointed at any server by its
// address, and SOCK_RAW is another word for that.
func (a *assembler) sockets(s *spec.Spec, abi int) {
	blockUnix := !s.UnixSockets && abi < kernel.ABIUnix
	a.on(callSocket, func() {
		a.low(0)
		switch {
		case !s.Net && blockUnix:
			a.ret(retErrno | eperm)
		case !s.Net:
			a.refuseUnless(afUnix, eperm)
		case blockUnix:
			a.refuseEqual(afUnix, eperm)
		}
	})
	a.on(callSocketpair, func() {
		a.low(0)
		a.refuseUnless(afUnix, eperm)
		if blockUnix {
			a.low(1)
			a.mask(sockTypeMask)
			a.allowEqual(sockStream)
			a.refuseUnless(sockSeqpacket, eperm)
		}
	})
}

// truncation stands in for Landlock's right before ABI 3: no truncating by path,
// and none as a side effect of opening a file for anything but writing, which
// Landlock would not see.
func (a *assembler) truncation() {
	a.refuse(callTruncate, eperm)
	a.refuse(callOpenat2, enosys) // its flags are in memory
	for i, c := range []call{callOpen, callOpenat} {
		a.on(c, func() {
			a.low(1 + i)
			a.allowNone(oTrunc)
			a.mask(oAccmode)
			a.refuseEqual(0, eperm)
			a.refuseEqual(oAccmode, eperm)
		})
	}
}
