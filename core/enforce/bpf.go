package enforce

import "slices"

// Instruction is one instruction of classic BPF, laid out as the kernel's
// struct sock_filter (linux/filter.h).
type Instruction struct {
	Code   uint16
	Jt, Jf uint8
	K      uint32
}

// The opcodes used (linux/bpf_common.h) and the answers (linux/seccomp.h).
const (
	opLoad    = 0x20 // BPF_LD | BPF_W | BPF_ABS
	opEqual   = 0x15 // BPF_JMP | BPF_JEQ | BPF_K
	opAtLeast = 0x35 // BPF_JMP | BPF_JGE | BPF_K
	opAny     = 0x45 // BPF_JMP | BPF_JSET | BPF_K
	opAnd     = 0x54 // BPF_ALU | BPF_AND | BPF_K
	opReturn  = 0x06 // BPF_RET | BPF_K

	retAllow = 0x7fff0000
	retKill  = 0x80000000 // the whole process
	retErrno = 0x00050000 // with the errno in the low half

	// Offsets in struct seccomp_data; arguments are 64 bits, little-endian.
	offNumber = 0
	offArch   = 4
	offArgs   = 16
)

// assembler writes a program that looks the call's number up in a tree of tests,
// so that deciding one call takes a few steps and not one for every rule. The
// kernel runs the program for each number once when it is loaded.
type assembler struct {
	arm64 bool
	code  []Instruction
	rules []rule
}

// rule is what is done with the calls from lo to hi: refused with errno, or
// judged by body.
type rule struct {
	lo, hi uint32
	errno  uint32
	body   func()
}

func (a *assembler) emit(code uint16, k uint32, jt, jf uint8) {
	a.code = append(a.code, Instruction{Code: code, Jt: jt, Jf: jf, K: k})
}

func (a *assembler) ret(answer uint32) { a.emit(opReturn, answer, 0, 0) }

// prologue ends the process unless the call is of the given architecture, and
// leaves the call's number loaded.
func (a *assembler) prologue(arch uint32) {
	a.emit(opLoad, offArch, 0, 0)
	a.emit(opEqual, arch, 1, 0)
	a.ret(retKill)
	a.emit(opLoad, offNumber, 0, 0)
}

func (a *assembler) number(c call) int {
	if a.arm64 {
		return c.arm64
	}
	return c.amd64
}

// refuse answers c with errno, whatever its arguments.
func (a *assembler) refuse(c call, errno uint32) {
	if n := a.number(c); n != none {
		a.rules = append(a.rules, rule{lo: uint32(n), hi: uint32(n), errno: errno})
	}
}

// on has body write the tests for c, which end by refusing; what they let
// through is allowed. body may load other values.
func (a *assembler) on(c call, body func()) {
	if n := a.number(c); n != none {
		a.rules = append(a.rules, rule{lo: uint32(n), hi: uint32(n), body: body})
	}
}

// finish writes the tree of all rules; a call without one is allowed.
func (a *assembler) finish() []Instruction {
	slices.SortFunc(a.rules, func(x, y rule) int { return int(x.lo) - int(y.lo) })
	merged := a.rules[:1]
	for _, r := range a.rules[1:] {
		last := &merged[len(merged)-1]
		if r.body == nil && last.body == nil && r.errno == last.errno && r.lo == last.hi+1 {
			last.hi = r.hi
			continue
		}
		merged = append(merged, r)
	}
	a.tree(merged)
	return a.code
}

func (a *assembler) tree(rules []rule) {
	if len(rules) == 1 {
		a.leaf(rules[0])
		return
	}
	mid := len(rules) / 2
	a.emit(opAtLeast, rules[mid].lo, 0, 0)
	jump := len(a.code) - 1
	a.tree(rules[:mid])
	a.code[jump].Jt = uint8(len(a.code) - jump - 1) // half a program is below 255
	a.tree(rules[mid:])
}

func (a *assembler) leaf(r rule) {
	switch {
	case r.body != nil:
		a.emit(opEqual, r.lo, 1, 0)
		a.ret(retAllow)
		r.body()
	case r.lo == r.hi:
		a.refuseEqual(r.lo, r.errno)
	default:
		a.emit(opAtLeast, r.lo, 0, 2)
		a.emit(opAtLeast, r.hi+1, 1, 0)
		a.ret(retErrno | r.errno)
	}
	a.ret(retAllow)
}

// low loads the low half of an argument, all that the kernel reads of an int.
func (a *assembler) low(arg int)      { a.emit(opLoad, uint32(offArgs+8*arg), 0, 0) }
func (a *assembler) mask(bits uint32) { a.emit(opAnd, bits, 0, 0) }

func (a *assembler) refuseEqual(k, errno uint32) {
	a.emit(opEqual, k, 0, 1)
	a.ret(retErrno | errno)
}

func (a *assembler) refuseUnless(k, errno uint32) {
	a.emit(opEqual, k, 1, 0)
	a.ret(retErrno | errno)
}

func (a *assembler) refuseAny(bits, errno uint32) {
	a.emit(opAny, bits, 0, 1)
	a.ret(retErrno | errno)
}

func (a *assembler) refuseFrom(k, errno uint32) {
	a.emit(opAtLeast, k, 0, 1)
	a.ret(retErrno | errno)
}

func (a *assembler) allowEqual(k uint32) {
	a.emit(opEqual, k, 0, 1)
	a.ret(retAllow)
}

func (a *assembler) allowNone(bits uint32) {
	a.emit(opAny, bits, 1, 0)
	a.ret(retAllow)
}

// where has body judge the calls in which the loaded value is k. body may load
// other values; what it lets through is allowed.
func (a *assembler) where(k uint32, body func()) {
	a.emit(opEqual, k, 0, 0)
	jump := len(a.code) - 1
	body()
	a.ret(retAllow)
	a.code[jump].Jf = uint8(len(a.code) - jump - 1)
}

// allowZero allows the call when an argument is zero, in both halves if wide.
func (a *assembler) allowZero(arg int, wide bool) {
	a.low(arg)
	if !wide {
		a.allowEqual(0)
		return
	}
	a.emit(opEqual, 0, 0, 3)
	a.emit(opLoad, uint32(offArgs+8*arg+4), 0, 0)
	a.allowEqual(0)
}
