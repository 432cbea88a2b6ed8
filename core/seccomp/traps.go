package seccomp

import "github.com/nono-sandbox/nono/core/spec"

// The flags with which open(2) changes something, or makes a file
// (asm-generic/fcntl.h): O_WRONLY, O_RDWR, O_CREAT, O_TRUNC.
const openChanges = 0o1103

// Of linux/in.h and linux/in6.h.
const (
	levelIP, levelIPv6      = 0, 41
	optRecvErr, opt6RecvErr = 11, 25
)

// O_CREAT, and the bit that only O_TMPFILE has (asm-generic/fcntl.h).
const openCreates = 0o100 | 0o20000000

// trapped returns the calls of one group that the supervisor can be asked about. A rule's
// tests look at registers, which the caller cannot change; where what matters is in
// memory, the supervisor is asked every time. It is a function, so that a shim without a
// supervisor makes none of them.
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
		// The attributes of chattr(1), by the descriptor of a file that is open for reading.
		return append(calls(metadata...), Rule{Call: Ioctl, If: []Test{Is(1, setFlags, setXattr)}})
	case spec.TrapConnects:
		return calls(connect)
	case spec.TrapCreates:
		return append(calls(Openat2, Call{"creat", 85, none}),
			Rule{Call: Open, If: []Test{Has(1, openCreates)}}, Rule{Call: Openat, If: []Test{Has(2, openCreates)}})
	case spec.TrapHosts:
		// Sockets of datagrams the supervisor makes itself; a stream has no way out by
		// itself. The options are for the datagram sockets that are none (IP_RECVERR of
		// ip(7), and its like for IPv6).
		return append(calls(connect, Call{"bind", 49, 200}, Listen),
			Rule{Call: Setsockopt, If: []Test{Is(1, levelIP, levelIPv6), Is(2, optRecvErr, opt6RecvErr)}},
			Rule{Call: Socket, If: []Test{Is(0, afInet, afInet6), Is(1, sockDgram).Masked(sockTypeMask)}})
	case spec.TrapFamilies:
		return []Rule{{Call: Socket, If: []Test{IsNot(0, afUnix)}}}
	case spec.TrapSockets:
		// The supervisor makes the sockets itself, so that it knows them again.
		return append(calls(connect, Call{"bind", 49, 200}, Listen), Rule{Call: Socket, If: []Test{Is(0, afUnix)}})
	}
	return nil
}

// metadata are the calls that change what Landlock has no right for.
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

// Traps returns the rules of a second program, for the listener: what of the calls
// that Rules lets through the supervisor of s is asked about. Where two programs
// differ the kernel does what the stricter one says, and an errno is stricter
// (seccomp(2)), so that nothing which Rules refuses becomes a question.
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
