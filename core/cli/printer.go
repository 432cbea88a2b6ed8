package cli

import (
	"io"
	"os"

	"github.com/mattn/go-isatty"
	"github.com/nono-sandbox/nono/core/fault"
)

// Usage is the exit status for a mistake on the command line.
const Usage = 2

// Printer says what nono says: errors with their hints, and notices. What was
// asked for, such as a summary, goes to Out or Err as it is.
type Printer struct {
	Out    io.Writer
	Err    io.Writer
	Silent bool // errors only
	Colour bool
}

// NewPrinter returns a printer on the two files, with colour if the second is a
// terminal and NO_COLOR is not set (no-color.org).
func NewPrinter(out, err *os.File) *Printer {
	return &Printer{Out: out, Err: err,
		Colour: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isatty.IsTerminal(err.Fd())}
}

func (p *Printer) line(kind, colour, text string) string {
	if p.Colour {
		kind = "\x1b[" + colour + "m" + kind + "\x1b[0m"
	}
	return "nono: " + kind + " " + fault.Plain(text) + "\n"
}

// Error prints err and the remedy it carries, if any, by one write: a command that
// runs at the same time cannot print between the two.
func (p *Printer) Error(err error) {
	text := p.line("error:", "31", err.Error())
	if h := fault.HintOf(err); h != "" {
		text += p.line("hint:", "36", h)
	}
	io.WriteString(p.Err, text)
}

// Notice prints what the user should know although all went well.
func (p *Printer) Notice(text string) {
	if !p.Silent {
		io.WriteString(p.Err, p.line("notice:", "33", text))
	}
}

// Hint prints what would help, although nothing has gone wrong yet.
func (p *Printer) Hint(text string) {
	if !p.Silent {
		io.WriteString(p.Err, p.line("hint:", "36", text))
	}
}
