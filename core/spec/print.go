package spec

import (
	"slices"
	"strconv"
)

// Append appends the document to b and returns the extended slice. Parse of
// what it wrote gives the same Spec, and printing that gives the same bytes.
//
// The switches come last, and Parse wants them: a document cut short, which may
// have lost its denies, does not parse.
func (s *Spec) Append(b []byte) []byte {
	first := header
	if s.Supervised() {
		first = headerSupervised
	}
	const usual = 80 // bytes of a line
	b = slices.Grow(b, usual*(len(s.Paths)+1))
	b = append(b, first...)
	b = append(b, '\n')
	for i := range s.Paths {
		b = s.Paths[i].append(b)
		b = append(b, '\n')
	}
	b = s.appendLater(b)
	for i := range s.Ports {
		b = s.Ports[i].append(b)
		b = append(b, '\n')
	}
	for _, fd := range s.KeepFDs {
		b = append(b, "keep-fd "...)
		b = strconv.AppendInt(b, int64(fd), 10)
		b = append(b, '\n')
	}
	for i := range s.Hosts {
		b = s.Hosts[i].append(b, "host")
	}
	for i := range s.HostDenies {
		b = s.HostDenies[i].append(b, "deny-host")
	}
	for i := range s.Listens {
		b = s.Listens[i].append(b, "listen")
	}
	for _, t := range s.Supervise {
		b = append(b, "supervise "...)
		b = append(b, t.String()...)
		b = append(b, '\n')
	}
	for i := range SwitchTable {
		w := &SwitchTable[i]
		if !w.Told(&s.Switches) {
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

// String returns the line as it stands in the document, without its newline.
func (p Path) String() string { return string(p.append(nil)) }

func (p *Path) append(b []byte) []byte {
	b = append(b, p.Kind.String()...)
	if p.Optional {
		b = append(b, '?')
	}
	b = append(b, ' ')
	b = appendQuoted(b, p.Path)
	return appendBy(b, p.By)
}

// appendBy appends where a line comes from, if that is said.
func appendBy(b []byte, o Origin) []byte {
	by := o.String()
	if by == "" {
		return b
	}
	return strconv.AppendQuote(append(b, " by "...), by)
}

// appendQuoted appends arg as the document spells it: bare, or, where that
// would be ambiguous, as Go quotes a string.
func appendQuoted(b []byte, arg string) []byte {
	if plain(arg) {
		return append(b, arg...)
	}
	return strconv.AppendQuote(b, arg)
}

// plain reports whether arg may stand unquoted: it is not empty and has no
// space, quote, backslash, control character or byte that is not UTF-8.
func plain(arg string) bool {
	ascii := true
	for i := 0; i < len(arg); i++ {
		c := arg[i]
		if c <= ' ' || c == '"' || c == '\\' || c == 0x7f {
			return false
		}
		ascii = ascii && c < 0x80
	}
	// The rest is printable as Go sees it, so that no terminal is fooled by it.
	return arg != "" && (ascii || strconv.Quote(arg) == `"`+arg+`"`)
}
