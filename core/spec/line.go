package spec

import "strconv"

// String returns the line as it stands in the document, without its newline.
func (p Path) String() string { return string(p.Append(nil)) }

// Append appends the line to b, without its newline, and returns the extended slice.
func (p *Path) Append(b []byte) []byte {
	b = append(b, p.Kind.String()...)
	if p.Optional {
		b = append(b, '?')
	}
	b = append(b, ' ')
	if plain(p.Path) {
		b = append(b, p.Path...)
	} else {
		b = strconv.AppendQuote(b, p.Path)
	}
	return AppendBy(b, p.By)
}

// AppendBy appends the origin of a line, or nothing if o is the zero Origin.
func AppendBy(b []byte, o Origin) []byte {
	by := o.String()
	if by == "" {
		return b
	}
	return strconv.AppendQuote(append(b, " by "...), by)
}

// plain reports whether a document may have arg without quotes: arg is not empty and has
// no space, quote, backslash, control character or byte that is not UTF-8.
func plain(arg string) bool {
	ascii := true
	for i := 0; i < len(arg); i++ {
		c := arg[i]
		if c <= ' ' || c == '"' || c == '\\' || c == 0x7f {
			return false
		}
		ascii = ascii && c < 0x80
	}
	// Other characters must be printable (strconv.IsPrint), so that the line on a terminal
	// looks as it is.
	return arg != "" && (ascii || strconv.Quote(arg) == `"`+arg+`"`)
}
