package seccomp

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/testenv/golden"
)

const (
	lastABI = 10
	x32Bit  = 1 << 30 // asm/unistd.h, __X32_SYSCALL_BIT
)

var arches = []struct {
	name  string
	audit uint32
}{{"amd64", 0xc000003e}, {"arm64", 0xc00000b7}}

// A config is one of all the filters that there are for an architecture.
type config struct {
	net, unix, ipc bool // allowed
	ports          bool // some, where the network is blocked
	abi            int
}

func configs() []config {
	var all []config
	for abi := 1; abi <= lastABI; abi++ {
		for bits := range 16 {
			c := config{bits&1 != 0, bits&2 != 0, bits&4 != 0, bits&8 != 0, abi}
			if !c.net || !c.ports {
				all = append(all, c)
			}
		}
	}
	return all
}

func (c config) code(arch string) []Instruction {
	s := &spec.Spec{Switches: spec.Switches{Net: c.net, UnixSockets: c.unix, IPC: c.ipc}}
	if c.ports {
		s.Ports = []spec.Port{{First: 443, Last: 443}}
	}
	code, err := Compile(arch, Rules(s, c.abi))
	if err != nil {
		panic(err)
	}
	return code
}

// conditions are the words in which the golden table says when a call is
// refused, each with its meaning.
var conditions = []struct {
	words string
	holds func(c config) bool
}{
	{"never", func(config) bool { return false }},
	{"always", func(config) bool { return true }},
	{"net block", func(c config) bool { return !c.net }},
	{"net block, no port", func(c config) bool { return !c.net && !c.ports }},
	{"port", func(c config) bool { return c.ports }},
	{"port, unix-sockets block, ABI < 9", func(c config) bool { return c.ports && !c.unix && c.abi < 9 }},
	{"ipc block", func(c config) bool { return !c.ipc }},
	{"ABI < 3", func(c config) bool { return c.abi < 3 }},
	{"unix-sockets block, ABI < 9", func(c config) bool { return !c.unix && c.abi < 9 }},
}

// when puts the filters that refuse a call into words, and says with what.
func when(t testing.TB, arch string, audit, nr uint32, args [6]uint64) (errno verdict, words string) {
	t.Helper()
	fits := make([]bool, len(conditions))
	for i := range fits {
		fits[i] = true
	}
	for c, code := range programs(t, arch) {
		v := interpret(t, code, dataOf(nr, audit, args))
		if v != "allow" {
			if errno != "" && errno != v {
				t.Errorf("call %d of %s is answered by %s and %s", nr, arch, v, errno)
			}
			errno = v
		}
		for i := range fits {
			fits[i] = fits[i] && conditions[i].holds(c) == (v != "allow")
		}
	}
	i := slices.Index(fits, true)
	if i < 0 {
		t.Fatalf("when call %d of %s with %x is refused, no condition says", nr, arch, args)
	}
	return errno, conditions[i].words
}

var made = map[string]map[config][]Instruction{}

func programs(t testing.TB, arch string) map[config][]Instruction {
	if made[arch] == nil {
		made[arch] = map[config][]Instruction{}
		for _, c := range configs() {
			made[arch][c] = c.code(arch)
			checkProgram(t, made[arch][c])
		}
	}
	return made[arch]
}

func TestProgramSize(t *testing.T) {
	for _, arch := range arches {
		longest := 0
		for _, code := range programs(t, arch.name) {
			longest = max(longest, len(code))
		}
		t.Logf("%s: at most %d instructions", arch.name, longest)
		if longest > 4096 {
			t.Errorf("%s: %d instructions", arch.name, longest)
		}
	}
	if _, err := Compile("riscv64", nil); err == nil {
		t.Error("a filter for an architecture whose calls nobody looked up")
	}
}

// TestFilterTable writes down what is refused, call by call, by running the
// filters: testdata/filter.table is for people to read.
func TestFilterTable(t *testing.T) {
	var b strings.Builder
	b.WriteString("# What the seccomp filters refuse, on every architecture that has the call.\n" +
		"# A call that is not listed is allowed, whatever its arguments.\n" +
		"# Calls from 471 on, and the x32 calls of amd64, fail with ENOSYS; a call of another\n" +
		"# architecture ends the process.\n#\n# call, and its arguments where they matter; answer; when\n\n")
	numbers := map[string]map[string]int{}
	for _, arch := range arches {
		numbers[arch.name] = kernelCalls(t, arch.name)
	}
	names := maps.Clone(numbers["amd64"])
	maps.Copy(names, numbers["arm64"])
	for _, name := range slices.Sorted(maps.Keys(names)) {
		cases := edges[name]
		if cases == nil {
			cases = []edge{{}}
		}
		for _, e := range cases {
			var rows []string
			for _, arch := range arches {
				if nr, ok := numbers[arch.name][name]; ok && nr <= lastCall {
					errno, words := when(t, arch.name, arch.audit, uint32(nr), e.args)
					switch {
					case words == "never" && e.what == "":
						continue
					case words == "never":
						errno, words = "allowed", ""
					}
					rows = append(rows, strings.TrimRight(fmt.Sprintf("%-64s %-8s %s", strings.TrimSpace(name+" "+e.what), errno, words), " ")+"\n")
				}
			}
			if len(rows) == 2 && rows[0] != rows[1] {
				t.Errorf("the architectures differ: %q", rows)
			}
			if len(rows) > 0 {
				b.WriteString(rows[0])
			}
		}
	}
	golden.Check(t, "testdata/filter.table", b.String())
}

// edgeValues are arguments that filters have got wrong.
var edgeValues = []uint64{0, 1, 2, 3, 9, math.MaxInt32, math.MaxUint32, 1 << 32, 1<<32 | 1, math.MaxUint64, 0x10000000, 0x5412, 1<<32 | 0x5412}

// A call whose arguments the table does not name is answered alike whatever they
// are.
func TestEveryCall(t *testing.T) {
	runs := 0
	for _, arch := range arches {
		judged := map[int]bool{}
		for name, nr := range kernelCalls(t, arch.name) {
			judged[nr] = judged[nr] || edges[name] != nil
		}
		numbers := []uint32{math.MaxUint32, math.MaxInt32, 1 << 31, x32Bit - 1}
		for n := range uint32(601) {
			numbers = append(numbers, n, x32Bit|n)
		}
		for c, code := range programs(t, arch.name) {
			for _, nr := range numbers {
				first := interpret(t, code, dataOf(nr, arch.audit, [6]uint64{}))
				if nr > lastCall && first != "ENOSYS" {
					t.Fatalf("%s %+v: call %#x: %s", arch.name, c, nr, first)
				}
				if nr <= lastCall && judged[int(nr)] {
					continue
				}
				for _, v := range edgeValues {
					runs++
					if got := interpret(t, code, dataOf(nr, arch.audit, [6]uint64{v, v, v, v, v, v})); got != first {
						t.Fatalf("%s %+v: call %#x is answered by %s, and with %#x by %s", arch.name, c, nr, first, v, got)
					}
				}
			}
		}
	}
	t.Logf("%d runs", runs)
}

func TestForeignArchitecture(t *testing.T) {
	foreign := []uint32{0, 0x40000003 /* i386 */, 0x40000028 /* arm */, 0xc00000b6, 0x80000016, math.MaxUint32}
	for _, arch := range arches {
		for _, other := range arches {
			if other != arch {
				foreign = append(foreign, other.audit)
			}
		}
		for c, code := range programs(t, arch.name) {
			for _, audit := range foreign {
				if audit == arch.audit {
					continue
				}
				for _, nr := range []uint32{0, 20, 39, 60, 425, 1 << 30} {
					if v := interpret(t, code, dataOf(nr, audit, [6]uint64{})); v != "kill" {
						t.Fatalf("%s %+v: call %d of architecture %#x: %s", arch.name, c, nr, audit, v)
					}
				}
			}
		}
		foreign = foreign[:6]
	}
}

// The numbers in calls.go are the kernel's.
func TestCallNumbers(t *testing.T) {
	all := slices.Concat(refused[:], ipcCalls[:], []Call{Ioctl, Fcntl, Clone, Clone3, Unshare, Socket,
		Socketpair, Prlimit, Renameat2, Truncate, Open, Openat, Openat2, Setpgid, Setpriority, IoprioSet,
		SchedSetscheduler, SchedSetparam, SchedSetattr, Personality, Listen, Setsockopt, Getsockopt, Sendto, Sendmsg, Sendmmsg})
	for _, arch := range arches {
		numbers := kernelCalls(t, arch.name)
		for _, c := range all {
			a := assembler{arm64: arch.name == "arm64"}
			want, ok := numbers[c.Name]
			if !ok {
				want = none
			}
			if got := a.number(c); got != want {
				t.Errorf("%s: %s is %d, not %d", arch.name, c.Name, want, got)
			}
		}
	}
}

// A group outside cannot be joined, however many there are; groups of one's own
// can be made, and others joined.
func TestGroupRules(t *testing.T) {
	for _, arch := range arches {
		nr := uint32(kernelCalls(t, arch.name)["setpgid"])
		for _, n := range []uint32{0, 1, 99, 100, 101, 1000} {
			var outside []uint32
			for i := range n {
				outside = append(outside, 1000+2*i)
			}
			code, err := Compile(arch.name, append(Rules(&spec.Spec{}, 7), GroupRules(outside, true)...))
			if err != nil {
				t.Fatal(n, err)
			}
			checkProgram(t, code)
			for group := range uint32(4000) {
				want := verdict("allow")
				if group >= 1000 && group < 1000+2*n && group%2 == 0 {
					want = "EPERM"
				}
				for _, g := range []uint64{uint64(group), high | uint64(group)} {
					if got := interpret(t, code, dataOf(nr, arch.audit, [6]uint64{0, g})); got != want {
						t.Fatalf("%d groups outside: setpgid(0, %#x): %s, want %s", n, g, got, want)
					}
				}
			}
			if got := interpret(t, code, dataOf(uint32(kernelCalls(t, arch.name)["acct"]), arch.audit, [6]uint64{})); got != "EPERM" {
				t.Errorf("%d groups outside: what stands behind their rules is not reached: %s", n, got)
			}
		}
		code, err := Compile(arch.name, GroupRules(nil, false))
		if err != nil {
			t.Fatal(err)
		}
		for group, want := range map[uint64]verdict{0: "allow", high: "allow", 1: "EPERM", 1234: "EPERM"} {
			if got := interpret(t, code, dataOf(nr, arch.audit, [6]uint64{0, group})); got != want {
				t.Errorf("groups unknown: setpgid(0, %#x): %s, want %s", group, got, want)
			}
		}
	}
}

// With a network namespace of the supervisor's, no socket takes what needs CAP_NET_ADMIN
// there, and what programs set and ask of sockets goes on.
func TestHostRules(t *testing.T) {
	s := &spec.Spec{Hosts: []spec.Host{{Name: "good.example"}}, Supervise: []spec.Trap{spec.TrapHosts}}
	if !s.LimitsHosts() {
		t.Fatal("the spec does not limit hosts")
	}
	const ip, ip6, tcp, socket = 0, 41, 6, 1
	for _, arch := range arches {
		code, err := Compile(arch.name, Rules(s, lastABI))
		if err != nil {
			t.Fatal(err)
		}
		checkProgram(t, code)
		for _, c := range []struct {
			call string
			args [6]uint64
			want verdict
		}{
			{"setsockopt", [6]uint64{3, ip, 64}, "EPERM"},   // IPT_SO_SET_REPLACE
			{"setsockopt", [6]uint64{3, ip, 96}, "EPERM"},   // ARPT_SO_SET_REPLACE
			{"setsockopt", [6]uint64{3, ip, 128}, "EPERM"},  // EBT_SO_SET_ENTRIES
			{"setsockopt", [6]uint64{3, ip, 200}, "EPERM"},  // MRT_INIT
			{"setsockopt", [6]uint64{3, ip, 1153}, "EPERM"}, // IP_VS_SO_SET_ADD
			{"setsockopt", [6]uint64{3, high | ip, high | 64}, "EPERM"},
			{"setsockopt", [6]uint64{3, ip, 17}, "EPERM"},
			{"setsockopt", [6]uint64{3, ip, 19}, "EPERM"},
			{"getsockopt", [6]uint64{3, ip, 65}, "EPERM"},
			{"setsockopt", [6]uint64{3, ip6, 64}, "EPERM"},
			{"setsockopt", [6]uint64{3, ip6, 35}, "EPERM"},
			{"setsockopt", [6]uint64{3, ip6, 75}, "EPERM"},
			{"setsockopt", [6]uint64{3, ip6, 200}, "EPERM"},
			{"getsockopt", [6]uint64{3, ip6, 65}, "EPERM"},
			{"getsockopt", [6]uint64{3, ip6, 68}, "EPERM"},
			{"setsockopt", [6]uint64{3, tcp, 19}, "EPERM"},
			{"ioctl", [6]uint64{3, 0x8914}, "EPERM"}, // SIOCSIFFLAGS
			{"ioctl", [6]uint64{3, 0x8916}, "EPERM"},
			{"ioctl", [6]uint64{3, 0x890b}, "EPERM"},
			{"ioctl", [6]uint64{3, 0x8946}, "EPERM"}, // SIOCETHTOOL
			{"ioctl", [6]uint64{3, 0x894c}, "EPERM"}, // SIOCGSKNS
			{"ioctl", [6]uint64{3, high | 0x894c}, "EPERM"},
			{"ioctl", [6]uint64{3, 0x89a0}, "EPERM"}, // SIOCBRADDBR
			{"ioctl", [6]uint64{3, 0x89f1}, "EPERM"}, // SIOCADDTUNNEL
			{"ioctl", [6]uint64{3, 0x8b04}, "EPERM"}, // SIOCSIWFREQ
			{"setsockopt", [6]uint64{3, ip, 1}, "allow"},
			{"setsockopt", [6]uint64{3, ip, 8}, "allow"},   // IP_PKTINFO
			{"setsockopt", [6]uint64{3, ip, 51}, "allow"},  // IP_LOCAL_PORT_RANGE
			{"setsockopt", [6]uint64{3, ip6, 26}, "allow"}, // IPV6_V6ONLY
			{"setsockopt", [6]uint64{3, ip6, 67}, "allow"}, // IPV6_TCLASS
			{"setsockopt", [6]uint64{3, ip6, 72}, "allow"}, // IPV6_ADDR_PREFERENCES
			{"getsockopt", [6]uint64{3, ip6, 67}, "allow"}, // IPV6_TCLASS
			{"setsockopt", [6]uint64{3, tcp, 1}, "allow"},  // TCP_NODELAY
			{"setsockopt", [6]uint64{3, socket, 64}, "allow"},
			{"getsockopt", [6]uint64{3, socket, 4}, "allow"},
			{"ioctl", [6]uint64{3, 0x8912}, "allow"}, // SIOCGIFCONF
			{"ioctl", [6]uint64{3, 0x8933}, "allow"}, // SIOCGIFINDEX
			{"ioctl", [6]uint64{3, 0x541b}, "allow"}, // FIONREAD
			{"ioctl", [6]uint64{3, 0x80108906}, "allow"},
		} {
			nr := uint32(kernelCalls(t, arch.name)[c.call])
			if got := interpret(t, code, dataOf(nr, arch.audit, c.args)); got != c.want {
				t.Errorf("%s: %s(%#x, %#x): %s, want %s", arch.name, c.call, c.args[1], c.args[2], got, c.want)
			}
		}
	}
}
