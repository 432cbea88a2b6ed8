package seccomp

// An edge is one way of calling what is judged by its arguments.
type edge struct {
	what string // for the golden table
	args [6]uint64
}

const (
	high    = 1 << 32 // what the kernel does not read of an int
	pointer = 0x7f00_0000_0000
	atFDCWD = 0xffff_ff9c
)

// edges are the calls that are judged by their arguments, each with the cases
// that differ, and with those that have been ways round other filters.
var edges = map[string][]edge{
	"ioctl": {
		{"(TIOCSTI)", [6]uint64{0, 0x5412, pointer}},
		{"(TIOCSTI with a high bit set)", [6]uint64{0, high | 0x5412, pointer}},
		{"(TIOCSTI with all high bits set)", [6]uint64{0, 0xffff_ffff_0000_5412, pointer}},
		{"(TIOCLINUX)", [6]uint64{0, 0x541c, pointer}},
		{"(TIOCLINUX with a high bit set)", [6]uint64{0, high | 0x541c, pointer}},
		{"(TIOCSETD)", [6]uint64{0, 0x5423, pointer}},
		{"(TIOCSETD with a high bit set)", [6]uint64{0, high | 0x5423, pointer}},
		{"(TCGETS)", [6]uint64{0, 0x5401, pointer}},
		{"(TIOCGWINSZ)", [6]uint64{0, 0x5413, pointer}},
		{"(BTRFS_IOC_SNAP_CREATE)", [6]uint64{0, 0x5000_9401, pointer}},
		{"(BTRFS_IOC_SNAP_CREATE_V2)", [6]uint64{0, 0x5000_9417, pointer}},
		{"(BTRFS_IOC_SNAP_CREATE_V2 with a high bit set)", [6]uint64{0, high | 0x5000_9417, pointer}},
		{"(BTRFS_IOC_SUBVOL_CREATE)", [6]uint64{0, 0x5000_940e, pointer}},
		{"(BTRFS_IOC_SUBVOL_CREATE_V2)", [6]uint64{0, 0x5000_9418, pointer}},
		{"(BTRFS_IOC_SNAP_DESTROY)", [6]uint64{0, 0x5000_940f, pointer}},
		{"(BTRFS_IOC_SNAP_DESTROY_V2)", [6]uint64{0, 0x5000_943f, pointer}},
		{"(BCH_IOCTL_SUBVOLUME_CREATE)", [6]uint64{0, 0x4020_bc10, pointer}},
		{"(BCH_IOCTL_SUBVOLUME_CREATE_v2)", [6]uint64{0, 0x4030_bc1d, pointer}},
		{"(BCH_IOCTL_SUBVOLUME_DESTROY)", [6]uint64{0, 0x4020_bc11, pointer}},
		{"(BCH_IOCTL_SUBVOLUME_DESTROY_v2)", [6]uint64{0, 0x4030_bc1e, pointer}},
		{"(OCFS2_IOC_REFLINK)", [6]uint64{0, 0x4018_6f04, pointer}},
		{"(FICLONE)", [6]uint64{0, 0x4004_9409, 3}},
		{"(FICLONERANGE)", [6]uint64{0, 0x4020_940d, pointer}},
		{"(FIDEDUPERANGE)", [6]uint64{0, 0xc018_9436, pointer}},
		{"(FIOASYNC)", [6]uint64{0, 0x5452, pointer}},
		{"(FIONBIO)", [6]uint64{0, 0x5421, pointer}},
		{"(FIOSETOWN)", [6]uint64{0, 0x8901, pointer}},
		{"(SIOCSPGRP)", [6]uint64{0, 0x8902, pointer}},
		{"(SIOCSPGRP with a high bit set)", [6]uint64{0, high | 0x8902, pointer}},
		{"(TIOCSTI as the descriptor)", [6]uint64{0x5412, 0x5401, 0x5412}},
	},
	"fcntl": {
		{"(F_SETFL, O_NONBLOCK)", [6]uint64{0, 4, 0o4000}},
		{"(F_SETFL, O_ASYNC)", [6]uint64{0, 4, 0o20000}},
		{"(F_SETFL with a high bit set, O_ASYNC|O_NONBLOCK)", [6]uint64{0, high | 4, 0o24000}},
		{"(F_SETOWN, a process)", [6]uint64{0, 8, 1234}},
		{"(F_SETOWN, a process, with a high bit set)", [6]uint64{0, 8, high | 1234}},
		{"(F_SETOWN, a group)", [6]uint64{0, 8, 1<<64 - 1234}},
		{"(F_SETOWN, a group without high bits)", [6]uint64{0, 8, 1<<32 - 1234}},
		{"(F_SETOWN_EX)", [6]uint64{0, 15, pointer}},
		{"(F_DUPFD, a number as O_ASYNC)", [6]uint64{0, 0, 0o20000}},
		{"(F_SETFD, all bits)", [6]uint64{0, 2, 1<<64 - 1}},
		{"(F_SETSIG)", [6]uint64{0, 10, 9}},
	},
	"clone": {
		{"(SIGCHLD)", [6]uint64{0x11}},
		{"(what a thread is made with)", [6]uint64{0x3d0f00}},
		{"(CLONE_VFORK|CLONE_VM|SIGCHLD)", [6]uint64{0x4111}},
		{"(CLONE_NEWNS)", [6]uint64{0x0002_0000}},
		{"(CLONE_NEWCGROUP)", [6]uint64{0x0200_0000}},
		{"(CLONE_NEWUTS)", [6]uint64{0x0400_0000}},
		{"(CLONE_NEWIPC)", [6]uint64{0x0800_0000}},
		{"(CLONE_NEWUSER)", [6]uint64{0x1000_0000}},
		{"(CLONE_NEWPID)", [6]uint64{0x2000_0000}},
		{"(CLONE_NEWNET)", [6]uint64{0x4000_0000}},
		{"(CLONE_NEWUSER|SIGCHLD with a high bit set)", [6]uint64{high | 0x1000_0011}},
		{"(all bits)", [6]uint64{1<<64 - 1}},
	},
	"clone3": {
		{"(anything)", [6]uint64{pointer, 88}},
	},
	"unshare": {
		{"(CLONE_FILES)", [6]uint64{0x400}},
		{"(CLONE_FS)", [6]uint64{0x200}},
		{"(CLONE_SYSVSEM)", [6]uint64{0x4_0000}},
		{"(CLONE_NEWTIME)", [6]uint64{0x80}},
		{"(CLONE_NEWNS)", [6]uint64{0x0002_0000}},
		{"(CLONE_NEWCGROUP)", [6]uint64{0x0200_0000}},
		{"(CLONE_NEWUTS)", [6]uint64{0x0400_0000}},
		{"(CLONE_NEWIPC)", [6]uint64{0x0800_0000}},
		{"(CLONE_NEWUSER)", [6]uint64{0x1000_0000}},
		{"(CLONE_NEWPID)", [6]uint64{0x2000_0000}},
		{"(CLONE_NEWNET)", [6]uint64{0x4000_0000}},
		{"(CLONE_FILES|CLONE_NEWUSER with a high bit set)", [6]uint64{high | 0x1000_0400}},
	},
	"renameat2": {
		{"(no flags)", [6]uint64{1<<64 - 100, pointer, 1<<64 - 100, pointer, 0}},
		{"(RENAME_NOREPLACE)", [6]uint64{1<<64 - 100, pointer, 1<<64 - 100, pointer, 1}},
		{"(RENAME_EXCHANGE)", [6]uint64{1<<64 - 100, pointer, 1<<64 - 100, pointer, 2}},
		{"(RENAME_WHITEOUT)", [6]uint64{1<<64 - 100, pointer, 1<<64 - 100, pointer, 4}},
		{"(RENAME_NOREPLACE|RENAME_WHITEOUT with a high bit set)", [6]uint64{1<<64 - 100, pointer, 1<<64 - 100, pointer, high | 5}},
	},
	"prlimit64": {
		{"(own, read)", [6]uint64{0, 7, 0, pointer}},
		{"(own, set)", [6]uint64{0, 7, pointer, 0}},
		{"(own, with a high bit set, set)", [6]uint64{high, 7, pointer, 0}},
		{"(another's, read)", [6]uint64{1, 7, 0, pointer}},
		{"(another's, set)", [6]uint64{1, 7, pointer, 0}},
		{"(another's, set from an address whose low half is 0)", [6]uint64{1, 7, pointer, pointer}},
		{"(another's, set from an address whose high half is 0)", [6]uint64{1, 7, 0x1000, pointer}},
		{"(by -1, set)", [6]uint64{0xffff_ffff, 7, pointer, 0}},
	},
	"socket": {
		{"(AF_UNSPEC)", [6]uint64{0, 1}},
		{"(AF_UNIX, stream)", [6]uint64{1, 1}},
		{"(AF_UNIX, stream|SOCK_CLOEXEC|SOCK_NONBLOCK)", [6]uint64{1, 0o2004001}},
		{"(AF_UNIX, datagram)", [6]uint64{1, 2}},
		{"(AF_UNIX with a high bit set, stream)", [6]uint64{high | 1, 1}},
		{"(AF_INET, stream)", [6]uint64{2, 1}},
		{"(AF_INET with a high bit set, stream)", [6]uint64{high | 2, 1}},
		{"(AF_INET, stream|SOCK_CLOEXEC, MPTCP)", [6]uint64{2, 0o2000001, 262}},
		{"(AF_INET, datagram)", [6]uint64{2, 2}},
		{"(AF_INET, raw)", [6]uint64{2, 3, 1}},
		{"(AF_INET6, stream)", [6]uint64{10, 1}},
		{"(AF_INET6, datagram)", [6]uint64{10, 2}},
		{"(AF_NETLINK)", [6]uint64{16, 3}},
		{"(AF_PACKET)", [6]uint64{17, 3}},
		{"(AF_RDS)", [6]uint64{21, 5}},
		{"(AF_CAN)", [6]uint64{29, 3}},
		{"(AF_TIPC)", [6]uint64{30, 5}},
		{"(AF_BLUETOOTH)", [6]uint64{31, 3}},
		{"(AF_ALG)", [6]uint64{38, 5}},
		{"(AF_VSOCK)", [6]uint64{40, 1}},
		{"(AF_SMC)", [6]uint64{43, 1}},
		{"(AF_XDP)", [6]uint64{44, 3}},
		{"(a family yet to come)", [6]uint64{63, 1}},
		{"(AF_UNIX | 1<<8)", [6]uint64{0x101, 1}},
	},
	"socketpair": {
		{"(AF_UNIX, stream)", [6]uint64{1, 1}},
		{"(AF_UNIX, stream|SOCK_CLOEXEC|SOCK_NONBLOCK)", [6]uint64{1, 0o2004001}},
		{"(AF_UNIX, stream with a high bit set)", [6]uint64{1, high | 1}},
		{"(AF_UNIX, seqpacket)", [6]uint64{1, 5}},
		{"(AF_UNIX, seqpacket|SOCK_CLOEXEC)", [6]uint64{1, 0o2000005}},
		{"(AF_UNIX, datagram)", [6]uint64{1, 2}},
		{"(AF_UNIX, datagram|SOCK_CLOEXEC|SOCK_NONBLOCK)", [6]uint64{1, 0o2004002}},
		{"(AF_UNIX, datagram with a high bit set)", [6]uint64{1, high | 2}},
		{"(AF_UNIX, raw)", [6]uint64{1, 3}},
		{"(AF_UNIX, no type)", [6]uint64{1, 0}},
		{"(AF_UNIX, stream|0x10)", [6]uint64{1, 0x11}},
		{"(AF_INET, stream)", [6]uint64{2, 1}},
		{"(AF_TIPC, seqpacket)", [6]uint64{30, 5}},
	},
	"truncate": {{"(anything)", [6]uint64{pointer, 0}}},
	"openat2":  {{"(anything)", [6]uint64{atFDCWD, pointer, pointer, 24}}},
	"open":     opens(0),
	"openat":   opens(1),
}

// opens are the edges of open and openat, whose flags are the argument at.
func opens(at int) []edge {
	var all []edge
	for _, e := range []struct {
		what  string
		flags uint64
	}{
		{"(O_RDONLY)", 0},
		{"(O_RDONLY|O_TRUNC)", 0o1000},
		{"(O_RDONLY|O_TRUNC with a high bit set)", high | 0o1000},
		{"(O_RDONLY|O_TRUNC|O_CREAT|O_CLOEXEC)", 0o2001100},
		{"(O_WRONLY)", 1},
		{"(O_WRONLY|O_TRUNC|O_CREAT)", 0o1101},
		{"(O_RDWR|O_TRUNC)", 0o1002},
		{"(3, which is neither)", 3},
		{"(3|O_TRUNC)", 0o1003},
		{"(O_PATH|O_TRUNC)", 0o10001000},
	} {
		edge := edge{what: e.what, args: [6]uint64{atFDCWD, pointer}}
		edge.args[at+1] = e.flags
		all = append(all, edge)
	}
	return all
}
