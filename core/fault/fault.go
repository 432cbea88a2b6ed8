// Package fault is the one error type of the suite: what could not be done, to
// what, why, and what mends it. Every message a user sees is made of it, so
// that they all read alike, and the exit statuses that go with them. It avoids fmt
// because the shim links it.
package fault

import (
	"errors"
	"os"

	"github.com/nono-sandbox/nono/core/shellquote"
)

// Exit statuses besides the command's own, as env(1) and other launchers have
// them.
const (
	Failed      = 125 // nono's own failure: the command was not started
	CannotStart = 126 // the command was found but cannot be executed
	NotFound    = 127 // the command was not found
)

// An Error reads "cannot DO 'PATH': ERR". Do is required.
type Error struct {
	Do   string // completes "cannot …": "open", "list", "start"
	Path string // quoted in the message; empty when it is about no path
	Err  error  // the cause; nil when Do says it all. One of package os may be given as it is
	Hint string // one remedy, for a line of its own; may be empty
}

func (e *Error) Error() string {
	s := "cannot " + e.Do
	if e.Path != "" {
		s += " " + Quote(e.Path)
	}
	if e.Err != nil {
		s += ": " + bare(e.Err).Error()
	}
	return s
}

// bare takes off what package os puts before its errors: what was done and to
// which path, the message says already.
func bare(err error) error {
	switch e := err.(type) {
	case *os.PathError:
		return e.Err
	case *os.LinkError:
		return e.Err
	case *os.SyscallError:
		return e.Err
	}
	return err
}

func (e *Error) Unwrap() error { return e.Err }

// Text is an error that is only a sentence. Unlike errors.New it makes an error
// constant, and two of the same text are equal.
type Text string

func (t Text) Error() string { return string(t) }

// Quote puts s in single quotes for a message. A name that could fool a
// terminal is quoted as a shell reads it back, since people paste from messages.
func Quote(s string) string { return shellquote.Quote(s) }

// Lines returns err as nono says it to a person: one line for the error and,
// if it or what it wraps has a hint, one for that.
func Lines(err error) string {
	s := "nono: error: " + err.Error() + "\n"
	if h := HintOf(err); h != "" {
		s += "nono: hint: " + h + "\n"
	}
	return Plain(s)
}

// HintOf returns the remedy that err carries, or "".
func HintOf(err error) string {
	var f *Error
	if errors.As(err, &f) {
		return f.Hint
	}
	return ""
}
