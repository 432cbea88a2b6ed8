package query

import (
	"strings"

	"github.com/nono-sandbox/nono/core/shellquote"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/later"
	"github.com/nono-sandbox/nono/core/spec/span"
)

// A Part is one flag to add to the command line, or to leave out.
type Part struct {
	Flag string // with its dashes
	Arg  string // "" for none
	Drop bool
}

// typed returns the argument in the form that the flag needs.
func (p Part) typed() string {
	if later.MayEnd(spec.KindOf(strings.TrimPrefix(p.Flag, "--"))) {
		return span.Lasting(p.Arg)
	}
	return p.Arg
}

// A Suggestion is a change of the command line of nono-run. All its Parts are needed.
type Suggestion struct{ Parts []Part }

// String returns the flags to add, for a user to paste, and names the flags to leave out.
func (s *Suggestion) String() string {
	var add, drop []string
	for _, p := range s.Parts {
		text := p.Flag
		if p.Arg != "" {
			text += " " + shellquote.Word(p.typed())
		}
		if p.Drop {
			drop = append(drop, text)
		} else {
			add = append(add, text)
		}
	}
	out := strings.Join(add, " ")
	if len(drop) > 0 {
		if out != "" {
			out += ", and "
		}
		out += "leave out " + strings.Join(drop, " ")
	}
	return out
}

// Args returns the flags to add, as arguments.
func (s *Suggestion) Args() []string {
	var args []string
	for _, p := range s.Parts {
		if !p.Drop {
			args = append(args, p.Flag)
			if p.Arg != "" {
				args = append(args, p.typed())
			}
		}
	}
	return args
}
