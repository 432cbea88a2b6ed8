package cli

import (
	"errors"
	"flag"
	"io"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
)

// Finish prints err and returns the exit status that says what kind it is, 0 for none.
// flag.ErrHelp asks for usage, on standard output.
func Finish(p *Printer, err error, usage string) int {
	var command *policy.CommandError
	var misuse *UsageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, flag.ErrHelp):
		io.WriteString(p.Out, usage)
		return 0
	}
	p.Error(err)
	switch {
	case errors.As(err, &command):
		return command.Status
	case errors.As(err, &misuse):
		return Usage
	}
	return fault.Failed
}
