package document

import (
	"slices"
	"strconv"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/reach"
)

// Append appends the document to b and returns the extended slice. Parse of
// what it wrote gives the same Spec, and printing that gives the same bytes.
//
// The switches come last, and Parse wants them: a document cut short, which may
// have lost its denies, does not parse.
func Append(b []byte, s *spec.Spec) []byte {
	first := spec.Header
	if s.Supervised() {
		first = spec.HeaderSupervised
	}
	const usual = 80 // bytes of a line
	b = slices.Grow(b, usual*(len(s.Paths)+1))
	b = append(b, first...)
	b = append(b, '\n')
	for i := range s.Paths {
		b = s.Paths[i].Append(b)
		b = append(b, '\n')
	}
	b = appendLater(b, s)
	for i := range s.Ports {
		b = appendPort(b, &s.Ports[i])
		b = append(b, '\n')
	}
	for _, fd := range s.KeepFDs {
		b = append(b, "keep-fd "...)
		b = strconv.AppendInt(b, int64(fd), 10)
		b = append(b, '\n')
	}
	for i := range s.Hosts {
		b = appendHost(b, "host", &s.Hosts[i])
	}
	for i := range s.HostDenies {
		b = appendHost(b, "deny-host", &s.HostDenies[i])
	}
	for i := range s.Listens {
		b = appendHost(b, "listen", &s.Listens[i])
	}
	for _, t := range s.Supervise {
		b = append(b, "supervise "...)
		b = append(b, t.String()...)
		b = append(b, '\n')
	}
	for i := range spec.SwitchTable {
		w := &spec.SwitchTable[i]
		if !Told(w, s) {
			continue
		}
		b = append(b, w.Word...)
		if *w.Of(&s.Switches) {
			b = append(b, " allow\n"...)
		} else {
			b = append(b, " block\n"...)
		}
	}
	return b
}

func appendPort(b []byte, p *spec.Port) []byte {
	b = append(append(b, "port "...), p.Range()...)
	return spec.AppendBy(b, p.By)
}

func appendHost(b []byte, word string, h *spec.Host) []byte {
	b = append(append(b, word...), ' ')
	b = spec.AppendBy(append(b, reach.Text(*h)...), h.By)
	return append(b, '\n')
}

// appendLater appends the lines that until and ends read.
func appendLater(b []byte, s *spec.Spec) []byte {
	for i := range s.Ending {
		b = append(b, wordUntil+" "...)
		b = strconv.AppendInt(b, s.Ending[i].Until, 10)
		b = append(b, ' ')
		b = append(s.Ending[i].Append(b), '\n')
	}
	b = appendLaterHosts(b, s)
	for i := range s.Askable {
		b = append(b, wordAsk+" "...)
		b = append(s.Askable[i].Append(b), '\n')
	}
	for i := range s.Unasked {
		b = append(appendUnasked(b, &s.Unasked[i]), '\n')
	}
	if s.Ends != 0 {
		b = append(b, wordEnds+" "...)
		b = append(strconv.AppendInt(b, s.Ends, 10), '\n')
	}
	return b
}

func appendLaterHosts(b []byte, s *spec.Spec) []byte {
	for i := range s.EndingHosts {
		h := &s.EndingHosts[i]
		b = append(b, wordUntil+" "...)
		b = append(strconv.AppendInt(b, h.Until, 10), ' ')
		b = appendHost(b, wordHost, h)
	}
	for i := range s.AskableHosts {
		b = appendHost(append(b, wordAsk+" "...), wordHost, &s.AskableHosts[i])
	}
	return b
}

func appendUnasked(b []byte, p *spec.Path) []byte {
	b = append(b, wordUnasked+" "...)
	if p.Path != "" {
		return p.Append(b)
	}
	return spec.AppendBy(append(b, p.Kind.String()...), p.By)
}

// Told reports whether a switch is worth a line about s.
func Told(w *spec.Switch, s *spec.Spec) bool { return !w.Rare || *w.Of(&s.Switches) }
