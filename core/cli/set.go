package cli

import (
	"errors"
	"flag"
	"io"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/fault/nearest"
)

// A UsageError is a mistake on the command line. Exit with Usage.
type UsageError struct{ Fault *fault.Error }

func (e *UsageError) Error() string { return e.Fault.Error() }

// Unwrap gives the fault.Error, with its hint.
func (e *UsageError) Unwrap() error { return e.Fault }

// Misuse returns a UsageError that reads "cannot DO: WHY".
func Misuse(do, why, hint string) error {
	return &UsageError{&fault.Error{Do: do, Err: fault.Text(why), Hint: hint}}
}

// Set is a command's flags, parsed by package flag, with errors a person can
// use. Flags end at the first word that is not a flag, or at "--".
type Set struct {
	fs    *flag.FlagSet
	table []Flag
	given map[string]bool
	short map[string]bool // flags that were given by their one letter
	// Which flag Parse stopped at, as typed, and why: package flag tells them
	// only in a sentence.
	blamed string
	cause  error
	uses   []use // what was given, in its order
}

// A use is a flag that was given, by its name, with its argument.
type use struct{ flag, value string }

// NewSet makes an empty set for the flags in table; each must then be bound.
func NewSet(table ...Flag) *Set {
	s := &Set{fs: flag.NewFlagSet("", flag.ContinueOnError), table: table, given: map[string]bool{}, short: map[string]bool{}}
	s.fs.SetOutput(io.Discard)
	return s
}

// Table returns the flags of the set.
func (s *Set) Table() []Flag { return s.table }

// Given reports whether a flag was given.
func (s *Set) Given(name string) bool { return s.given[name] }

// use notes that f was given. A flag that is switched off is as if it were not given.
func (s *Set) use(f Flag, arg string) {
	if f.Arg == None {
		if on, err := strconv.ParseBool(arg); err == nil && !on {
			return
		}
		arg = ""
	}
	s.uses = append(s.uses, use{f.Name, arg})
}

// Short reports whether a flag was given by its one letter.
func (s *Set) Short(name string) bool { return s.short[name] }

// value makes a function a flag.Value.
type value struct {
	set  func(string) error
	bare bool
}

func (v value) String() string     { return "" }
func (v value) Set(s string) error { return v.set(s) }
func (v value) IsBoolFlag() bool   { return v.bare }

// Bind has set called with the argument of every occurrence of the named flag.
// It panics if the table has no such flag: that is a mistake in the program.
func (s *Set) Bind(name string, set func(arg string) error) {
	for _, f := range s.table {
		if f.Name != name {
			continue
		}
		once := func(arg string) error {
			if s.given[name] && !f.Many {
				return errTwice
			}
			if arg == "" {
				return errEmpty
			}
			s.given[name] = true
			s.use(f, arg)
			return set(arg)
		}
		for _, typed := range []string{name, f.Short} {
			if typed != "" {
				s.fs.Var(value{bare: f.Bare(), set: func(arg string) error {
					if arg == "--" && f.Arg != None {
						// It would take what ends the flags.
						s.blamed, s.cause = typed, errMissing
						return errMissing
					}
					err := once(arg)
					s.short[name] = typed != name
					if err != nil {
						s.blamed, s.cause = typed, err
					}
					return err
				}}, typed, "")
			}
		}
		return
	}
	panic("no flag " + name)
}

// BindBool binds a flag without argument; --NAME=false sets it to false.
func (s *Set) BindBool(name string, to *bool) {
	s.Bind(name, func(arg string) (err error) {
		*to, err = strconv.ParseBool(arg)
		return err
	})
}

// BindString binds a flag that takes one argument.
func (s *Set) BindString(name string, to *string) {
	s.Bind(name, func(arg string) error { *to = arg; return nil })
}

// BindList binds a flag whose arguments add up.
func (s *Set) BindList(name string, to *[]string) {
	s.Bind(name, func(arg string) error { *to = append(*to, arg); return nil })
}

// A mistake is what is wrong with an argument, and what would be right.
type mistake struct{ what, hint string }

func (m *mistake) Error() string { return m.what }

const (
	errTwice   = fault.Text("it is given twice")
	errMissing = fault.Text("its argument is missing")
	errEmpty   = fault.Text("its argument is empty")
)

// Parse parses args and returns the words after the flags. The error is a
// *UsageError, or what a bound function returned.
func (s *Set) Parse(args []string) ([]string, error) {
	err := s.fs.Parse(args)
	if err == nil {
		return s.fs.Args(), nil
	}
	// The word that stopped the parser is the last it took.
	at := max(0, len(args)-s.fs.NArg()-1)
	return nil, s.explain(err, args[min(at, len(args)-1)])
}

func (s *Set) explain(err error, word string) error {
	msg := err.Error()
	switch {
	case errors.Is(err, flag.ErrHelp):
		return err
	case strings.HasPrefix(msg, "flag provided but not defined"):
		name := strings.TrimLeft(strings.TrimPrefix(msg, "flag provided but not defined: "), "-")
		hint := "--help lists the flags"
		if here := formerly(name); here != "" {
			hint = here
		} else if near := nearest.Name(name, s.names()); near != "" {
			hint = "did you mean --" + near + "?"
		}
		dashes := "--"
		if len(name) == 1 {
			dashes = "-"
		}
		return Misuse("use the flag "+fault.Quote(dashes+name), "there is no such flag", hint)
	case strings.HasPrefix(msg, "flag needs an argument"):
		name := strings.TrimLeft(strings.TrimPrefix(msg, "flag needs an argument: "), "-")
		return Misuse("use the flag "+fault.Quote(s.shown(name)), "its argument is missing", s.usage(name))
	case s.blamed != "":
		why := s.cause.Error()
		if errors.Is(s.cause, strconv.ErrSyntax) {
			why = "it takes no argument"
		}
		if m, ok := s.cause.(*mistake); ok {
			return Misuse("use the flag "+fault.Quote(s.shown(s.blamed)), why, m.hint)
		}
		return Misuse("use the flag "+fault.Quote(s.shown(s.blamed)), why, s.usage(s.blamed))
	}
	// bad flag syntax: ---word
	if _, bad, ok := strings.Cut(msg, "bad flag syntax: "); ok {
		word = bad
	}
	return Misuse("use the flag "+fault.Quote(word), "it is not written as a flag", "--help lists the flags")
}

// formerly says how a flag of other sandboxes of the same name is spelled here, or
// "".
func formerly(name string) string {
	switch name {
	case "exec":
		return "leave it out: the command takes the place of nono in any case"
	case "shell":
		return "nono shell … starts your shell in the sandbox"
	case "block-net", "net-deny", "no-net":
		return "--net-block blocks the network"
	case "allow-net", "net-allow":
		return "leave it out: the network is open without --net-block"
	case "vv", "vvv":
		return "-v, once"
	case "read-only":
		return "--read DIR"
	case "no-diagnostics", "no-audit", "no-rollback":
		return "leave it out"
	}
	return ""
}

func (s *Set) names() []string {
	names := make([]string, len(s.table))
	for i, f := range s.table {
		names[i] = f.Name
	}
	return names
}

// shown spells a flag as it should be typed.
func (s *Set) shown(name string) string {
	for _, f := range s.table {
		if f.Short == name {
			return "-" + name
		}
	}
	return "--" + name
}

func (s *Set) usage(name string) string {
	for _, f := range s.table {
		if f.Name == name || f.Short == name {
			if f.Bare() {
				return "--" + f.Name + ": " + f.Help
			}
			return "--" + f.Name + " " + string(f.Arg) + ": " + f.Help
		}
	}
	return "--help lists the flags"
}
