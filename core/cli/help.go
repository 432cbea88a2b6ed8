package cli

import "strings"

// Help returns the flags of a table as help text, grouped.
func Help(table []Flag) string {
	var b strings.Builder
	var groups []string
	seen := map[string]bool{}
	for _, f := range table {
		if !seen[f.Group] {
			seen[f.Group] = true
			groups = append(groups, f.Group)
		}
	}
	for _, g := range groups {
		b.WriteString("\n" + g + ":\n")
		for _, f := range table {
			if f.Group == g {
				b.WriteString(f.line())
			}
		}
	}
	return b.String()
}

// line is one flag's help: a line of at most 80 columns, or several.
func (f Flag) line() string {
	s := "      --" + f.Name
	if f.Short != "" {
		s = "  -" + f.Short + ", --" + f.Name
	}
	switch f.Arg {
	case None:
	case Ending:
		s += string(f.Arg)
	default:
		s += " " + string(f.Arg)
	}
	const column, width = 30, 80
	if len(s) < column {
		s += strings.Repeat(" ", column-len(s))
	} else {
		s += "\n" + strings.Repeat(" ", column)
	}
	at := column
	for i, word := range strings.Fields(f.Help) {
		switch {
		case i == 0:
		case at+1+len(word) > width:
			s += "\n" + strings.Repeat(" ", column)
			at = column
		default:
			s += " "
			at++
		}
		s += word
		at += len(word)
	}
	return s + "\n"
}
