// Package seccomp makes and loads the filter of system calls: rules are compiled
// to a program of classic BPF, which the kernel runs before a call is made.
//
// Everything but Load is pure and the same on every system, so that the filters
// of all architectures can be tested on one.
package seccomp

// A Rule says what is done with one system call. Rules are tried in their order,
// and the first one of that call whose tests all hold decides. A call that no
// rule decides is made as without a filter.
type Rule struct {
	Call Call
	Do   Action
	If   []Test // without any, the rule holds whatever the arguments are
}

// An Action is what a filter answers, as the kernel reads it (linux/seccomp.h).
type Action uint32

const (
	Allow       Action = 0x7fff0000
	KillProcess Action = 0x80000000
	// Notify asks the process that holds the listener which Load returned. The
	// call fails with ENOSYS where there is no listener, or none any more.
	Notify Action = 0x7fc00000
)

// Errno makes a call fail with that error, without being made.
func Errno(errno uint16) Action { return 0x00050000 | Action(errno) }

const (
	eperm  = Action(0x00050000 | 1)
	enosys = Action(0x00050000 | 38)
)

// A Test looks at one half of one argument. An argument is 64 bits wide, and of
// an int the kernel reads the low half alone; a test of an int must do the same,
// or a set bit in the other half would be a way round the rule.
type Test struct {
	Arg  int    // from 0
	High bool   // look at the high half
	Mask uint32 // look at these bits alone
	Not  bool   // hold if the bits are none of Values
	// Values are what the bits are compared with: at most maxValues.
	Values []uint32
}

const maxValues = 100

const allBits = 1<<32 - 1

// Is holds if the low half of an argument is one of values.
func Is(arg int, values ...uint32) Test {
	return Test{Arg: arg, Mask: allBits, Values: values}
}

// IsNot holds if the low half of an argument is none of values.
func IsNot(arg int, values ...uint32) Test {
	return Test{Arg: arg, Mask: allBits, Not: true, Values: values}
}

// Has holds if any of bits is set in the low half of an argument.
func Has(arg int, bits uint32) Test {
	return Test{Arg: arg, Mask: bits, Not: true, Values: []uint32{0}}
}

// Masked is t with only these bits of its half looked at.
func (t Test) Masked(bits uint32) Test {
	t.Mask = bits
	return t
}

// Null are the tests that hold if an argument, which is a pointer, is null.
func Null(arg int) []Test {
	return []Test{Is(arg, 0), {Arg: arg, High: true, Mask: allBits, Values: []uint32{0}}}
}
