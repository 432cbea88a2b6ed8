// Package document reads and writes a spec whole, as text. Package spec reads what the
// kernel is told, which is all that the shim knows; the lines that only a supervisor acts
// on, about hosts, times and what a person may be asked, are read here.
package document

import (
	"slices"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/later"
)

// The words of a supervisor's lines.
const (
	wordHost     = "host" // also behind 'until' and 'ask'
	wordListen   = "listen"
	wordDenyHost = "deny-host"
	wordUntil    = "until"
	wordEnds     = "ends"
	wordAsk      = "ask"
	// wordUnasked begins a line about what no answer of a person's may grant, since a policy
	// of the administrator forbids the flag.
	wordUnasked = "unasked"
)

// Parse reads a document, as strictly as spec.Parse does, and the lines for a supervisor
// with it: an error is a *spec.SyntaxError.
func Parse(doc []byte) (*spec.Spec, error) {
	s, err := spec.Parse(doc)
	if err != nil {
		return nil, err
	}
	for _, l := range s.Supervisor {
		if msg := line(s, l.Word, l.Args, l.Line); msg != "" {
			return nil, &spec.SyntaxError{Line: l.Line, Msg: msg}
		}
	}
	s.Supervisor = nil
	if msg := laterProblem(s); msg != "" {
		return nil, &spec.SyntaxError{Msg: msg}
	}
	if n, msg := hostsProblem(s); msg != "" {
		return nil, &spec.SyntaxError{Line: n, Msg: msg}
	}
	return s, nil
}

// line adds one line to s, and returns what is wrong with it, or "".
func line(s *spec.Spec, word string, args []string, n int) string {
	to := &s.Hosts
	switch word {
	case wordUntil:
		return until(s, args, n)
	case wordAsk:
		return ask(s, args, n)
	case wordUnasked:
		return unasked(s, args, n)
	case wordEnds:
		return ends(s, args)
	case wordListen:
		h, msg := listen(args, n)
		s.Listens = append(s.Listens, h)
		return msg
	case wordDenyHost:
		to = &s.HostDenies
	}
	h, msg := host(word, args, n)
	*to = append(*to, h)
	return msg
}

// laterProblem says what is wrong with these lines in the whole document, or returns "".
func laterProblem(s *spec.Spec) string {
	switch {
	case len(s.Ending) > 0 && !s.Traps(spec.TrapOpens):
		return "a line 'until' goes with a line 'supervise opens'"
	case later.Asks(s) && !(s.Traps(spec.TrapOpens) && s.Traps(spec.TrapNames)):
		return "a line 'ask' goes with the lines 'supervise opens' and 'supervise names'"
	case len(s.Unasked) > 0 && !later.Asks(s):
		return "a line 'unasked' goes with a line 'ask'"
	}
	return ""
}

// hostsProblem says what is wrong with the lines about hosts in the whole document, or
// returns a line and "".
func hostsProblem(s *spec.Spec) (line int, problem string) {
	first := func(hosts []spec.Host) int { return hosts[0].Line }
	all := slices.Concat(s.Hosts, s.EndingHosts)
	switch {
	case len(all) > 0 && !s.Traps(spec.TrapHosts):
		return first(all), "a line 'host' goes with a line 'supervise hosts'"
	case len(all) > 0 && s.Net:
		return first(all), "a line 'host' goes with 'net block'"
	case len(s.Listens) > 0 && len(all) == 0:
		return first(s.Listens), "a line 'listen' goes with a line 'host'"
	case len(s.AskableHosts) > 0 && len(all) == 0:
		return first(s.AskableHosts), "a line 'ask host' goes with a line 'host'"
	case len(s.HostDenies) > 0 && len(all) == 0:
		return first(s.HostDenies), "a line 'deny-host' takes away from lines 'host', of which there is none"
	}
	return 0, ""
}
