package seccomp

import "github.com/nono-sandbox/nono/core/spec"

// trapped are the calls of each group that the supervisor can be asked about.
var trapped = map[spec.Trap][]Call{
	spec.TrapExec: {{"execve", 59, 221}, {"execveat", 322, 281}},
	spec.TrapOpens: {{"open", 2, none}, {"openat", 257, 56}, {"openat2", 437, 437},
		{"creat", 85, none}, {"truncate", 76, 45}},
	spec.TrapSockets: {{"connect", 42, 203}, {"bind", 49, 200}},
	spec.TrapNames: {{"mkdir", 83, none}, {"mkdirat", 258, 34}, {"rmdir", 84, none},
		{"unlink", 87, none}, {"unlinkat", 263, 35},
		{"rename", 82, none}, {"renameat", 264, 38}, {"renameat2", 316, 276},
		{"link", 86, none}, {"linkat", 265, 37}, {"symlink", 88, none}, {"symlinkat", 266, 36},
		{"mknod", 133, none}, {"mknodat", 259, 33}},
	spec.TrapHosts: {Socket, {"connect", 42, 203}, {"listen", 50, 201}},
	spec.TrapMetadata: {{"chmod", 90, none}, {"fchmod", 91, 52}, {"fchmodat", 268, 53}, {"fchmodat2", 452, 452},
		{"chown", 92, none}, {"fchown", 93, 55}, {"lchown", 94, none}, {"fchownat", 260, 54},
		{"utime", 132, none}, {"utimes", 235, none}, {"futimesat", 261, none}, {"utimensat", 280, 88},
		{"setxattr", 188, 5}, {"lsetxattr", 189, 6}, {"fsetxattr", 190, 7}, {"setxattrat", 463, 463},
		{"removexattr", 197, 14}, {"lremovexattr", 198, 15}, {"fremovexattr", 199, 16}, {"removexattrat", 466, 466}},
}

// Trapped returns the calls of a group.
func Trapped(t spec.Trap) []Call { return trapped[t] }

// Traps returns the rules of a second program, for the listener: what of the calls
// that Rules lets through the supervisor of s is asked about. Where two programs
// differ the kernel does what the stricter one says, and an errno is stricter
// (seccomp(2)), so that nothing which Rules refuses becomes a question.
func Traps(s *spec.Spec) []Rule {
	var rules []Rule
	for _, t := range s.Supervise {
		for _, c := range trapped[t] {
			if t == spec.TrapHosts && c.Name == Socket.Name {
				// What the supervisor makes itself; a stream has no way out by itself.
				rules = append(rules, Rule{c, Notify, []Test{Is(0, afInet, afInet6), Is(1, sockDgram).Masked(sockTypeMask)}})
				continue
			}
			rules = append(rules, Rule{Call: c, Do: Notify})
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
