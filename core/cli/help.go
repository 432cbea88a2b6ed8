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

// line is one flag's line of help.
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
	const column = 30
	if len(s) < column {
		s += strings.Repeat(" ", column-len(s))
	} else {
		s += "\n" + strings.Repeat(" ", column)
	}
	return s + f.Help + "\n"
}
