package enforce

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

// assembler writes a program that is a row of tests, each of which ends it or
// falls through to the next.
type assembler struct {
	arm64 bool
	code  []Instruction
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
		a.refuseEqual(uint32(n), errno)
	}
}

// on runs the tests that body writes for c alone, and allows what they let
// through. body may load other values.
func (a *assembler) on(c call, body func()) {
	n := a.number(c)
	if n == none {
		return
	}
	a.emit(opEqual, uint32(n), 0, 0)
	jump := len(a.code) - 1
	body()
	a.ret(retAllow)
	a.code[jump].Jf = uint8(len(a.code) - jump - 1) // bodies are far below 255
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
