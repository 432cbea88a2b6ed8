package cli

import (
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
)

// Ephemeral is what --ephemeral says beyond keeping changes apart.
type Ephemeral struct {
	End   string // "discard" or "ask": what happens at the end; "" to wait
	Again string // the ID of the run to go on with, or ""
}

// bindEphemeral binds --ephemeral.
func (r *Request) bindEphemeral(s *Set) {
	s.Bind("ephemeral", func(arg string) error {
		r.Allow.Ephemeral = arg != "false"
		switch {
		case arg == "true" || arg == "false":
		case arg == "discard" || arg == "ask":
			r.Ephemeral.End = arg
		case strings.Trim(arg, "0123456789abcdef-") == "" && strings.Count(arg, "-") == 2:
			r.Ephemeral.Again = arg
		default:
			return Misuse("use --ephemeral="+fault.Quote(arg), "it is neither 'discard', 'ask' nor the ID of a run", "nono ephemeral list shows the runs")
		}
		return nil
	})
}
