package seccomp

import (
	"slices"

	"github.com/nono-sandbox/nono/core/fault"
)

// An Instruction is one instruction of classic BPF, with the layout of the kernel's
// struct sock_filter (linux/filter.h).
type Instruction struct {
	Code   uint16
	Jt, Jf uint8
	K      uint32
}

// The opcodes used (linux/bpf_common.h).
const (
	opLoad    = 0x20 // BPF_LD | BPF_W | BPF_ABS
	opEqual   = 0x15 // BPF_JMP | BPF_JEQ | BPF_K
	opAtLeast = 0x35 // BPF_JMP | BPF_JGE | BPF_K
	opAnd     = 0x54 // BPF_ALU | BPF_AND | BPF_K
	opReturn  = 0x06 // BPF_RET | BPF_K

	// Offsets in struct seccomp_data; arguments are 64 bits, little-endian.
	offNumber = 0
	offArch   = 4
	offArgs   = 16

	// linux/audit.h
	archAMD64 = 0xc000003e
	archARM64 = 0xc00000b7

	maxJump = 255 // of a conditional jump
)

// Compile makes the program for rules on arch, a GOARCH: amd64 or arm64.
//
// A system call of another architecture ends the process (SIGSYS): no program for this
// machine makes one. A call that a later kernel added fails with ENOSYS, as on a kernel
// that lacks it.
//
// When the kernel loads the program, it runs the program once for every number. It
// remembers the calls that are allowed with all arguments, and does not run the program
// for them later. For all other calls the program runs every time, so the rules of
// frequent calls should come first.
func Compile(arch string, rules []Rule) ([]Instruction, error) {
	a := assembler{arm64: arch == "arm64"}
	switch arch {
	case "amd64":
		a.prologue(archAMD64)
	case "arm64":
		a.prologue(archARM64)
	default:
		return nil, fault.Text("nono has no filter of system calls for " + arch)
	}
	for len(rules) > 0 {
		n := 1
		if len(rules[0].If) == 0 {
			for n < len(rules) && len(rules[n].If) == 0 && rules[n].Do == rules[0].Do {
				n++
			}
			a.calls(rules[:n])
		} else {
			for size := rules[0].size(); n < len(rules) && rules[n].Call == rules[0].Call; n++ {
				if size += rules[n].size(); size > maxJump {
					break // the rest is a part of its own
				}
			}
			a.call(rules[:n])
		}
		rules = rules[n:]
	}
	a.emit(opReturn, uint32(Allow), 0, 0)
	if a.tooFar {
		return nil, fault.Text("a rule of the filter has too many values")
	}
	return a.code, nil
}

// assembler writes a program. Before and after every rule, the accumulator has the number
// of the call.
type assembler struct {
	arm64  bool
	code   []Instruction
	tooFar bool // a jump is longer than maxJump
}

func (a *assembler) emit(code uint16, k uint32, jt, jf uint8) {
	a.code = append(a.code, Instruction{Code: code, Jt: jt, Jf: jf, K: k})
}

func (a *assembler) prologue(arch uint32) {
	a.emit(opLoad, offArch, 0, 0)
	a.emit(opEqual, arch, 1, 0)
	a.emit(opReturn, uint32(KillProcess), 0, 0)
	a.emit(opLoad, offNumber, 0, 0)
	// Every x32 call of amd64 is among these: its number has bit 30 set.
	a.emit(opAtLeast, lastCall+1, 0, 1)
	a.emit(opReturn, uint32(enosys), 0, 0)
}

// calls writes rules without tests and with the same action. It sorts the numbers, so that
// the program compares another number with only a few of them.
func (a *assembler) calls(rules []Rule) {
	var numbers []uint32
	for _, r := range rules {
		if n := a.number(r.Call); n != none {
			numbers = append(numbers, uint32(n))
		}
	}
	slices.Sort(numbers)
	var other []jump
	for part := range slices.Chunk(numbers, 8) {
		a.emit(opAtLeast, part[len(part)-1]+1, 0, 0)
		beyond := jump{len(a.code) - 1, true}
		other = append(other, a.compare(part, false)...)
		a.emit(opReturn, uint32(rules[0].Do), 0, 0)
		a.land([]jump{beyond})
	}
	a.land(other)
}

// call writes rules for one call, of which the first has tests.
func (a *assembler) call(rules []Rule) {
	number := a.number(rules[0].Call)
	if number == none {
		return
	}
	other := a.compare([]uint32{uint32(number)}, false)
	for _, r := range rules {
		var failed []jump
		for _, t := range r.If {
			a.load(t)
			failed = append(failed, a.compare(t.Values, t.Not)...)
		}
		a.emit(opReturn, uint32(r.Do), 0, 0)
		a.land(failed)
	}
	a.emit(opLoad, offNumber, 0, 0)
	a.land(other)
}

// size returns the number of instructions for r, at most.
func (r *Rule) size() int {
	n := 2
	for _, t := range r.If {
		n += 2 + len(t.Values)
	}
	return n
}

func (a *assembler) number(c Call) int {
	if a.arm64 {
		return c.ARM64
	}
	return c.AMD64
}

// load loads the half of the argument that t tests.
func (a *assembler) load(t Test) {
	offset := uint32(offArgs + 8*t.Arg)
	if t.High {
		offset += 4
	}
	a.emit(opLoad, offset, 0, 0)
	if t.Mask != allBits {
		a.emit(opAnd, t.Mask, 0, 0)
	}
}

// A jump is one of the two jumps of the instruction number at. land sets its target.
type jump struct {
	at     int
	ifTrue bool
}

// compare writes a comparison of the accumulator with values. If one of them is equal
// (with not: if none is), the program goes on after the comparison. Otherwise it takes one
// of the jumps that compare returns.
func (a *assembler) compare(values []uint32, not bool) (otherwise []jump) {
	var found []jump
	for i, v := range values {
		a.emit(opEqual, v, 0, 0)
		at := len(a.code) - 1
		switch {
		case not:
			otherwise = append(otherwise, jump{at, true})
		case i < len(values)-1:
			found = append(found, jump{at, true})
		default:
			otherwise = append(otherwise, jump{at, false})
		}
	}
	a.land(found)
	return otherwise
}

// land makes the next instruction the target of jumps.
func (a *assembler) land(jumps []jump) {
	for _, j := range jumps {
		far := len(a.code) - j.at - 1
		a.tooFar = a.tooFar || far > maxJump
		if j.ifTrue {
			a.code[j.at].Jt = uint8(far)
		} else {
			a.code[j.at].Jf = uint8(far)
		}
	}
}
