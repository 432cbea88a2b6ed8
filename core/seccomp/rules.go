package seccomp

import (
	"slices"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
)

// Values from the kernel's public headers.
const (
	afUnix        = 1
	sockStream    = 1
	sockDgram     = 2
	protoTCP      = 6
	protoUDP      = 17
	msgFastOpen   = 0x20000000 // linux/socket.h
	sockSeqpacket = 5
	sockTypeMask  = 0xf
	solSocket     = 1  // asm-generic/socket.h
	soPassRights  = 83 // the same

	afInet       = 2
	afInet6      = 10
	afNetlink    = 16
	netlinkRoute = 0 // linux/netlink.h

	fSetFl    = 4 // asm-generic/fcntl.h
	fSetOwn   = 8
	fSetOwnEx = 15
	oAsync    = 0o20000
	minusSign = 1 << 31

	// linux/sched.h: every CLONE_NEW* flag. CLONE_NEWTIME lies in the byte in
	// which clone(2) has the exit signal, so only unshare(2) knows it.
	cloneNewAny  = 0x7e020000
	cloneNewTime = 0x80
	cloneParent  = 0x8000

	renameWhiteout = 1 << 2 // linux/fs.h

	oAccmode = 3
	oTrunc   = 0o1000

	perLinux = 0 // linux/personality.h
	perQuery = 0xffffffff

	prioProcess   = 0 // sys/resource.h
	ioprioProcess = 1 // linux/ioprio.h
	schedOther    = 0 // linux/sched.h, SCHED_NORMAL
)

// Rules returns the calls that nono refuses in a sandbox for s, on a kernel with this
// Landlock ABI: the calls that no right of Landlock covers. They fail with an error, so
// that programs can use another call or report it.
func Rules(s *spec.Spec, abi int) []Rule {
	rules := slices.Concat(ioctlRules(), fcntlRules, processRules, socketRules(s, abi))
	if abi < kernel.ABITruncate {
		rules = append(rules, truncateRules()...)
	}
	for _, c := range refused {
		rules = append(rules, Rule{Call: c, Do: eperm})
	}
	if s.Undo {
		rules = append(rules, undoRule)
	}
	if !s.IPC {
		for _, c := range ipcCalls {
			rules = append(rules, Rule{Call: c, Do: eperm})
		}
	}
	return rules
}

// fcntlRules refuse signals that the kernel sends when a file is ready. Before Linux
// 6.12.101, 6.18.40 and 7.1.5, Landlock allows such a signal to a whole process group if the
// caller is the first process of the group, and a process can join every group of its
// session. O_ASYNC on a terminal signals the foreground group. Other signals to an owner,
// such as that of a lease, reach only one process.
var fcntlRules = []Rule{
	{Fcntl, eperm, []Test{Is(1, fSetOwnEx)}},
	{Fcntl, eperm, []Test{Is(1, fSetOwn), Has(2, minusSign)}}, // a group is a negative number
	{Fcntl, eperm, []Test{Is(1, fSetFl), Has(2, oAsync)}},
}

// processRules refuse new namespaces, children of the process that started the sandbox,
// limits and priorities of other processes, device nodes from a rename, and execution
// modes that only old programs need (personality(2)).
//
// With CLONE_PARENT, the new process is a child of the caller's parent. The parent gets
// SIGCHLD when this process stops, continues or ends, and could mistake it for another.
//
// A process may set only its own priority, which has the number 0. sched_setaffinity is
// not refused: libraries use it for their own threads, by number.
var processRules = []Rule{
	{Clone, eperm, []Test{Has(0, cloneNewAny|cloneParent)}},
	{Unshare, eperm, []Test{Has(0, cloneNewAny|cloneNewTime)}},
	// The flags of clone3 are in memory, where a filter cannot read. With ENOSYS,
	// libraries use clone.
	{Clone3, enosys, nil},
	// A process may read limits of other processes, but set only its own.
	{Prlimit, Allow, []Test{Is(0, 0)}},
	{Prlimit, Allow, Null(2)},
	{Prlimit, eperm, nil},
	{Setpriority, eperm, []Test{IsNot(0, prioProcess)}},
	{Setpriority, eperm, []Test{IsNot(1, 0)}},
	{IoprioSet, eperm, []Test{IsNot(0, ioprioProcess)}},
	{IoprioSet, eperm, []Test{IsNot(1, 0)}},
	// Libraries ask for the ordinary policy of their own threads by these's numbers, which
	// cannot be told from those of other processes: pthread_setschedparam(3), of ZeroMQ. They
	// are told that it is so, which it is where nobody chose another, and nothing is done.
	{SchedSetscheduler, succeed, []Test{IsNot(0, 0), Is(1, schedOther)}},
	{SchedSetscheduler, eperm, []Test{IsNot(0, 0)}},
	{SchedSetparam, eperm, []Test{IsNot(0, 0)}},
	{SchedSetattr, eperm, []Test{IsNot(0, 0)}},
	{Personality, eperm, []Test{IsNot(0, perLinux, perQuery)}},
	// A whiteout is a device node, but the kernel does not check Landlock's MAKE_CHAR.
	{Renameat2, eperm, []Test{Has(4, renameWhiteout)}},
}

// socketRules allow only Unix sockets with `net block`, and only Unix and internet sockets
// otherwise: other families reach devices, hosts of virtual machines and rarely used parts
// of the kernel. Of netlink, they allow the routing table: libraries read addresses from
// it.
//
// If Landlock cannot tell Unix sockets apart, socketRules refuse them. A socketpair of
// streams or seqpackets is allowed. A datagram socket of a pair could send to any server
// by its address, and SOCK_RAW means the same.
func socketRules(s *spec.Spec, abi int) []Rule {
	blockUnix := !s.UnixSockets && abi < kernel.ABIUnix
	rules := []Rule{{Socketpair, eperm, []Test{IsNot(0, afUnix)}}}
	if blockUnix {
		rules = append(rules,
			Rule{Socketpair, eperm, []Test{IsNot(1, sockStream, sockSeqpacket).Masked(sockTypeMask)}},
			oneUnix(s))
	}
	if s.Traps(spec.TrapSockets) {
		// The supervisor takes the option from sockets that it connects to servers outside.
		rules = append(rules, Rule{Setsockopt, eperm, []Test{Is(1, solSocket), Is(2, soPassRights)}})
	}
	if s.LimitsHosts() {
		return slices.Concat(rules, hostRules())
	}
	if len(s.Ports) > 0 && !s.Net {
		return append(rules, portRules(blockUnix && !s.Traps(spec.TrapSockets))...)
	}
	if !s.Net {
		return append(rules, Rule{Socket, eperm, []Test{IsNot(0, afUnix)}})
	}
	return append(rules,
		Rule{Socket, eperm, []Test{IsNot(0, afUnix, afInet, afInet6, afNetlink)}},
		Rule{Socket, eperm, []Test{Is(0, afNetlink), IsNot(2, netlinkRoute)}})
}

// oneUnix refuses Unix sockets. If a supervisor decides about their addresses, it refuses
// only datagram sockets, which can send without a connection.
func oneUnix(s *spec.Spec) Rule {
	if s.Traps(spec.TrapSockets) {
		return Rule{Socket, eperm, []Test{Is(0, afUnix), IsNot(1, sockStream, sockSeqpacket).Masked(sockTypeMask)}}
	}
	return Rule{Socket, eperm, []Test{Is(0, afUnix)}}
}

// portRules allow only TCP, the protocol of Landlock's rules for ports. Landlock does not
// check three other ways, so portRules refuse them: other protocols with the same type of
// socket (MPTCP, SCTP); a connection that sendto(2) makes; and listen(2) without bind(2),
// where the kernel chooses a port. Unix sockets need listen(2), so the last way is refused
// only if Unix sockets are refused.
func portRules(blockUnix bool) []Rule {
	inet := Is(0, afInet, afInet6)
	rules := []Rule{
		{Socket, eperm, []Test{IsNot(0, afUnix, afInet, afInet6)}},
		{Socket, eperm, []Test{inet, IsNot(1, sockStream).Masked(sockTypeMask)}},
		{Socket, eperm, []Test{inet, IsNot(2, 0, protoTCP)}},
		{Sendto, eperm, []Test{Has(3, msgFastOpen)}},
		{Sendmsg, eperm, []Test{Has(2, msgFastOpen)}},
		{Sendmmsg, eperm, []Test{Has(3, msgFastOpen)}},
	}
	if blockUnix {
		rules = append(rules, Rule{Listen, eperm, nil})
	}
	return rules
}

// GroupRules refuse setpgid(2) into outside, the process groups of processes outside; if
// they are not known, into every group except the caller's own. The kernel signals whole
// groups without a check of Landlock.
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

// truncateRules are for kernels before ABI 3, where Landlock has no right to truncate.
// They refuse truncate(2), and O_TRUNC when a file is not opened for writing.
func truncateRules() []Rule {
	return []Rule{
		{Truncate, eperm, nil},
		{Openat2, enosys, nil}, // its flags are in memory, where a filter cannot read
		{Open, eperm, []Test{Has(1, oTrunc), Is(1, 0, oAccmode).Masked(oAccmode)}},
		{Openat, eperm, []Test{Has(2, oTrunc), Is(2, 0, oAccmode).Masked(oAccmode)}},
	}
}
