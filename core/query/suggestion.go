package query

import (
	"strings"

	"github.com/nono-sandbox/nono/core/shellquote"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/later"
	"github.com/nono-sandbox/nono/core/spec/span"
)

// A Part is one flag: to be added to the command line, or to be left out.
type Part struct {
	Flag string // with its dashes
	Arg  string // "" for none
	Drop bool
}

// typed is the argument as the flag must have it.
func (p Part) typed() string {
	if later.MayEnd(spec.KindOf(strings.TrimPrefix(p.Flag, "--"))) {
		return span.Lasting(p.Arg)
	}
	return p.Arg
}

// A Suggestion is what to change on the command line of nono-run, all of it.
type Suggestion struct{ Parts []Part }

// String spells the suggestion as it can be pasted, or, for what is to be left
// out, says so.
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
