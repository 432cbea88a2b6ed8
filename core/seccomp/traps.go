package seccomp

import "github.com/nono-sandbox/nono/core/spec"

// The flags of open(2) that change or create a file (asm-generic/fcntl.h): O_WRONLY,
// O_RDWR, O_CREAT, O_TRUNC.
const openChanges = 0o1103

// Of linux/in.h and linux/in6.h.
const (
	levelIP, levelIPv6      = 0, 41
	optRecvErr, opt6RecvErr = 11, 25
)

// O_CREAT, and the bit that only O_TMPFILE has (asm-generic/fcntl.h).
const openCreates = 0o100 | 0o20000000

// trapped returns the calls of one group. The tests of a rule compare registers, which the
// caller cannot change later. If the important value is in memory, the kernel asks the
// supervisor every time. trapped is a function and no table, so that a start without a
// supervisor does not make the rules.
func trapped(t spec.Trap) []Rule {
	switch t {
	case spec.TrapExec:
		return calls(Call{"execve", 59, 221}, Call{"execveat", 322, 281})
	case spec.TrapOpens:
		return calls(Open, Openat, Openat2, Call{"creat", 85, none}, Truncate)
	case spec.TrapWrites:
		return append(calls(Openat2, Call{"creat", 85, none}, Truncate),
			Rule{Call: Open, If: []Test{Has(1, openChanges)}}, Rule{Call: Openat, If: []Test{Has(2, openChanges)}})
	case spec.TrapNames:
		return calls(Call{"mkdir", 83, none}, Call{"mkdirat", 258, 34}, Call{"rmdir", 84, none},
			Call{"unlink", 87, none}, Call{"unlinkat", 263, 35},
			Call{"rename", 82, none}, Call{"renameat", 264, 38}, Renameat2,
			Call{"link", 86, none}, Call{"linkat", 265, 37}, Call{"symlink", 88, none}, Call{"symlinkat", 266, 36},
			Call{"mknod", 133, none}, Call{"mknodat", 259, 33})
	case spec.TrapMetadata:
		return calls(metadata...)
	case spec.TrapHeldMetadata:
		// chattr(1) changes attributes through a descriptor that is open for reading.
		return append(calls(metadata...), Rule{Call: Ioctl, If: []Test{Is(1, setFlags, setXattr)}})
	case spec.TrapConnects:
		return calls(connect)
	case spec.TrapCreates:
		return append(calls(Openat2, Call{"creat", 85, none}),
			Rule{Call: Open, If: []Test{Has(1, openCreates)}}, Rule{Call: Openat, If: []Test{Has(2, openCreates)}})
	case spec.TrapHosts:
		// The supervisor makes datagram sockets itself; a stream socket reaches nothing
		// until connect(2). Some datagram sockets are Unix sockets in fact, and the
		// supervisor answers these options for them (ip(7), IP_RECVERR).
		return append(calls(connect, Call{"bind", 49, 200}, Listen),
			Rule{Call: Setsockopt, If: []Test{Is(1, levelIP, levelIPv6), Is(2, optRecvErr, opt6RecvErr)}},
			Rule{Call: Socket, If: []Test{Is(0, afInet, afInet6), Is(1, sockDgram).Masked(sockTypeMask)}})
	case spec.TrapFamilies:
		return []Rule{{Call: Socket, If: []Test{IsNot(0, afUnix)}}}
	case spec.TrapSockets:
		// The supervisor makes the sockets itself, so that it recognises them later.
		return append(calls(connect, Call{"bind", 49, 200}, Listen), Rule{Call: Socket, If: []Test{Is(0, afUnix)}})
	}
	return nil
}

// metadata are the calls that change metadata. No right of Landlock covers them.
var metadata = []Call{
	{"chmod", 90, none}, {"fchmod", 91, 52}, {"fchmodat", 268, 53}, {"fchmodat2", 452, 452},
	{"chown", 92, none}, {"fchown", 93, 55}, {"lchown", 94, none}, {"fchownat", 260, 54},
	{"utime", 132, none}, {"utimes", 235, none}, {"futimesat", 261, none}, {"utimensat", 280, 88},
	{"setxattr", 188, 5}, {"lsetxattr", 189, 6}, {"fsetxattr", 190, 7}, {"setxattrat", 463, 463},
	{"removexattr", 197, 14}, {"lremovexattr", 198, 15}, {"fremovexattr", 199, 16}, {"removexattrat", 466, 466},
	{"file_setattr", 469, 469},
}

const (
	setFlags = 0x40086602 // FS_IOC_SETFLAGS (linux/fs.h)
	setXattr = 0x401c5820 // FS_IOC_FSSETXATTR
)

var connect = Call{"connect", 42, 203}

func calls(all ...Call) []Rule {
	rules := make([]Rule, len(all))
	for i, c := range all {
		rules[i].Call = c
	}
	return rules
}

// Trapped returns the calls of a group.
func Trapped(t spec.Trap) []Call {
	var all []Call
	for _, r := range trapped(t) {
		all = append(all, r.Call)
	}
	return all
}

// Traps returns the rules of a second program, for the listener: the calls that the kernel
// asks the supervisor of s about. If two programs differ, the kernel takes the stricter
// answer, and an errno is stricter than Notify (seccomp(2)). So the kernel asks about no
// call that Rules refuses.
func Traps(s *spec.Spec) []Rule {
	var rules []Rule
	for _, t := range s.Supervise {
		for _, r := range trapped(t) {
			r.Do = Notify
			rules = append(rules, r)
		}
	}
	return rules
}

// Number returns the call's number on arch, a GOARCH, and whether it has one.
func (c Call) Number(arch string) (int, bool) {
	a := assembler{arm64: arch == "arm64"}
	n := a.number(c)
	return n, n != none
}
