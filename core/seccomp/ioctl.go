package seccomp

// What a file system does for an ioctl on a file or directory that is open for
// reading, Landlock is not asked about: it can make or remove a subvolume with what
// is denied in it, take an encryption key from all of the file system, or make a
// file immutable for everybody. A filter sees the command and not the file. The
// commands of file systems have types of their own, though (bits 8 to 15 of the
// number: Documentation/userspace-api/ioctl/ioctl-number.rst), and of these types
// only what is listed here is let through.
//
// Other commands are for devices, which Landlock has a right for, for terminals
// and for sockets.

// fileTypes are the types: 'f', 'X' and 'v' of most file systems, btrfs and what
// came from it, f2fs, bcachefs, cifs.
var fileTypes = []uint32{'f' << 8, 'X' << 8, 'v' << 8, 0x9400, 0xf500, 0xbc00, 0xcf00}

// fileIoctls ask, or change what chattr(1) and write(2) can change too.
var fileIoctls = []uint32{
	0x80086601, 0x40086602, // FS_IOC_GETFLAGS, _SETFLAGS: linux/fs.h
	0x801c581f, 0x401c5820, // FS_IOC_FSGETXATTR, _FSSETXATTR
	0x80087601,             // FS_IOC_GETVERSION
	0xc020660b,             // FS_IOC_FIEMAP
	0x81009431,             // FS_IOC_GETFSLABEL
	0x40305828, 0x40305829, // FS_IOC_RESVSP, _UNRESVSP: fallocate(2) once more
	0x4030582a, 0x4030582b, // FS_IOC_RESVSP64, _UNRESVSP64
	0x40305839,             // FS_IOC_ZERO_RANGE
	0xc0606610, 0xc0686611, // PAGEMAP_SCAN, PROCMAP_QUERY, on files of /proc
	0x40049409, 0x4020940d, // FICLONE, FICLONERANGE: from a file open for reading to one open for writing
	0x400c6615, 0xc0096616, // FS_IOC_GET_ENCRYPTION_POLICY, _POLICY_EX: linux/fscrypt.h
	0xc080661a, 0x8010661b, // FS_IOC_GET_ENCRYPTION_KEY_STATUS, _NONCE
	0xc0046686, 0xc0286687, // FS_IOC_MEASURE_VERITY, _READ_VERITY_METADATA: linux/fsverity.h
	0x800c581e,             // XFS_IOC_DIOINFO: xfs/xfs_fs.h
	0x00009408, 0xc0109414, // BTRFS_IOC_SYNC, _SPACE_INFO: linux/btrfs.h
	0x8400941f, 0x80189439, // BTRFS_IOC_FS_INFO, _GET_FEATURES
	0x80089419, 0x81f8943c, // BTRFS_IOC_SUBVOL_GETFLAGS, _GET_SUBVOL_INFO
	0x0000f501, 0x0000f502, // F2FS_IOC_START_ATOMIC_WRITE, _COMMIT_ATOMIC_WRITE: linux/f2fs.h
	0x0000f505, 0x8004f50c, // F2FS_IOC_ABORT_ATOMIC_WRITE, _GET_FEATURES
}

// undoRule refuses FS_IOC_SETFLAGS and FS_IOC_FSSETXATTR, which chattr(1) uses with a
// descriptor that is open for reading. With --undo, the supervisor must save and make every
// change.
var undoRule = Rule{Ioctl, eperm, []Test{Is(1, 0x40086602, 0x401c5820)}}

const (
	tiocsti   = 0x5412 // asm-generic/ioctls.h, the same on both architectures
	tioclinux = 0x541c
	tiocsetd  = 0x5423

	ocfs2Reflink = 0x40186f04 // fs/ocfs2/ocfs2_ioctl.h: copies a file by two paths

	// asm-generic/ioctls.h and asm-generic/sockios.h: fcntl's O_ASYNC and
	// F_SETOWN once more, with the argument in memory.
	fioAsync  = 0x5452
	fioSetOwn = 0x8901
	siocSPGrp = 0x8902
)

// ioctlRules refuse input into terminals, signals when a file is ready (see fcntlRules), and
// ioctls of file systems that affect other files. The kernel reads only the low half of the
// command. FIDEDUPERANGE is refused too: it tells whether a file that the caller may only
// write has the same content as another file.
func ioctlRules() []Rule {
	return []Rule{
		{Ioctl, eperm, []Test{Is(1, tiocsti, tioclinux, tiocsetd, ocfs2Reflink, fioAsync, fioSetOwn, siocSPGrp)}},
		{Ioctl, eperm, []Test{Is(1, fileTypes...).Masked(0xff00), IsNot(1, fileIoctls...)}},
	}
}
