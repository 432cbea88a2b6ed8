// Package seccomp makes and loads the filter of system calls. It compiles rules to a
// program of classic BPF. The kernel runs this program before it performs a call.
//
// Only Load needs Linux. All other functions are the same on every system, so that one
// system can test the filters of all architectures.
package seccomp

// A Rule decides about one system call. Of the rules for a call, the first one decides
// whose tests are all true. If no rule decides, the kernel performs the call.
type Rule struct {
	Call Call
	Do   Action
	If   []Test // none: the rule decides for all arguments
}

// An Action is the answer of a filter (linux/seccomp.h, SECCOMP_RET_*).
type Action uint32

const (
	Allow       Action = 0x7fff0000
	KillProcess Action = 0x80000000
	// Notify asks the process that has the listener which Load returned. Without such a
	// process, the call fails with ENOSYS.
	Notify Action = 0x7fc00000
)

// Errno returns the Action that makes a call fail with this error.
func Errno(errno uint16) Action { return 0x00050000 | Action(errno) }

const (
	succeed = Action(0x00050000) // and do nothing
	eperm   = Action(0x00050000 | 1)
	enosys  = Action(0x00050000 | 38)
)

// A Test compares one half of one argument. An argument has 64 bits, but of an int the
// kernel reads only the low half. A test of an int must compare only this half: otherwise
// a program could set a bit in the other half, and the rule would not decide.
type Test struct {
	Arg  int    // the number of the argument, from 0
	High bool   // compare the high half
	Mask uint32 // compare only these bits
	Not  bool   // true if the bits are equal to none of Values
	// Values has at most maxValues.
	Values []uint32
}

const maxValues = 100

const allBits = 1<<32 - 1

// Is is true if the low half of an argument is one of values.
func Is(arg int, values ...uint32) Test {
	return Test{Arg: arg, Mask: allBits, Values: values}
}

// IsNot is true if the low half of an argument is none of values.
func IsNot(arg int, values ...uint32) Test {
	return Test{Arg: arg, Mask: allBits, Not: true, Values: values}
}

// Has is true if one of bits is set in the low half of an argument.
func Has(arg int, bits uint32) Test {
	return Test{Arg: arg, Mask: bits, Not: true, Values: []uint32{0}}
}

// Masked returns a t that compares only these bits.
func (t Test) Masked(bits uint32) Test {
	t.Mask = bits
	return t
}

// Null returns the tests that are true if an argument is a null pointer.
func Null(arg int) []Test {
	return []Test{Is(arg, 0), {Arg: arg, High: true, Mask: allBits, Values: []uint32{0}}}
}
