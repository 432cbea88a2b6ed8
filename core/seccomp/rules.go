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
)

// Rules returns what nono refuses in a sandbox for s, on a kernel with the given
// Landlock ABI: what Landlock has no right for. The calls fail, so that programs
// fall back or say so.
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

// processRules refuse new namespaces, children for the process outside that started the
// sandbox, limits and priorities of another process, device nodes made by a rename, and
// the ways of running that only old programs need.
//
// A child made with CLONE_PARENT is one of the caller's own parent, which is told by
// SIGCHLD when the child stops, goes on and ends, and may take its end for another's.
//
// Of the calls that set a priority only the caller's own pass, which is number 0.
// sched_setaffinity is not among them: libraries bind threads of their own with it,
// by number.
var processRules = []Rule{
	{Clone, eperm, []Test{Has(0, cloneNewAny|cloneParent)}},
	{Unshare, eperm, []Test{Has(0, cloneNewAny|cloneNewTime)}},
	// clone3's flags are in memory. Without it, libraries use clone.
	{Clone3, enosys, nil},
	// Another process's limits may be read, not set.
	{Prlimit, Allow, []Test{Is(0, 0)}},
	{Prlimit, Allow, Null(2)},
	{Prlimit, eperm, nil},
	{Setpriority, eperm, []Test{IsNot(0, prioProcess)}},
	{Setpriority, eperm, []Test{IsNot(1, 0)}},
	{IoprioSet, eperm, []Test{IsNot(0, ioprioProcess)}},
	{IoprioSet, eperm, []Test{IsNot(1, 0)}},
	{SchedSetscheduler, eperm, []Test{IsNot(0, 0)}},
	{SchedSetparam, eperm, []Test{IsNot(0, 0)}},
	{SchedSetattr, eperm, []Test{IsNot(0, 0)}},
	{Personality, eperm, []Test{IsNot(0, perLinux, perQuery)}},
	// A whiteout is a device node, and Landlock's MAKE_CHAR is not asked.
	{Renameat2, eperm, []Test{Has(4, renameWhiteout)}},
}

// socketRules refuse every family but Unix under `net block`, and all but the
// internet's otherwise: the other families reach devices, virtual machines' hosts
// and seldom used parts of the kernel. Of netlink there is the routing table, which
// libraries ask for addresses.
//
// Unix sockets are refused where Landlock cannot tell one from another. A
// socketpair stays, as streams and seqpackets only: one of datagrams can be pointed
// at any server by its address, and SOCK_RAW is another word for that.
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

// oneUnix refuses Unix sockets, or where a supervisor is asked about their addresses
// those that reach somebody without being connected.
func oneUnix(s *spec.Spec) Rule {
	if s.Traps(spec.TrapSockets) {
		return Rule{Socket, eperm, []Test{Is(0, afUnix), IsNot(1, sockStream, sockSeqpacket).Masked(sockTypeMask)}}
	}
	return Rule{Socket, eperm, []Test{Is(0, afUnix)}}
}

// portRules leave of the network what Landlock's rules for ports are about: TCP.
// Other protocols over the same kind of socket are not asked for (MPTCP, SCTP), nor
// is a connection that is made by sending. A socket that listens without having
// been bound would get a port from the kernel, and Landlock is not asked either;
// where there are Unix sockets, which listen too, that stays open.
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
func truncateRules() []Rule {
	return []Rule{
		{Truncate, eperm, nil},
		{Openat2, enosys, nil}, // its flags are in memory
		{Open, eperm, []Test{Has(1, oTrunc), Is(1, 0, oAccmode).Masked(oAccmode)}},
		{Openat, eperm, []Test{Has(2, oTrunc), Is(2, 0, oAccmode).Masked(oAccmode)}},
	}
}
