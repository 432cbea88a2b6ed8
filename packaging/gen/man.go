package main

import (
	"fmt"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/lists"
)

// groups calls f for each heading of a table with its flags, in order.
func groups(table []cli.Flag, f func(heading string, flags []cli.Flag)) {
	var order []string
	by := map[string][]cli.Flag{}
	for _, fl := range table {
		if by[fl.Group] == nil {
			order = append(order, fl.Group)
		}
		by[fl.Group] = append(by[fl.Group], fl)
	}
	for _, g := range order {
		f(g, by[g])
	}
}

// manFlags is the list of flags in mdoc(7).
func manFlags(table []cli.Flag) string {
	var b strings.Builder
	groups(table, func(heading string, flags []cli.Flag) {
		b.WriteString(".Ss " + roff(heading) + "\n.Bl -tag -width Ds\n")
		for _, f := range flags {
			b.WriteString(".It ")
			if f.Short != "" {
				b.WriteString("Fl " + f.Short + argument(f) + " , ")
			}
			b.WriteString("Fl Fl " + f.Name + argument(f) + "\n" + sentence(f.Help) + "\n")
			if f.Many {
				b.WriteString("May be given more than once.\n")
			}
		}
		b.WriteString(".El\n")
	})
	return b.String()
}

// manDirectives is the list of what may stand in a profile.
func manDirectives(table []cli.Flag) string {
	var b strings.Builder
	b.WriteString(".Bl -tag -width Ds\n")
	for _, f := range table {
		// A profile's word `profile` is described with those that are no flags.
		if f.InProfile && f.Arg != cli.Profile {
			b.WriteString(".It Ic " + f.Name + argument(f) + "\n" + sentence(f.Help) + "\n")
		}
	}
	b.WriteString(".El\n")
	return b.String()
}

func argument(f cli.Flag) string {
	switch f.Arg {
	case cli.None:
		return ""
	case cli.Ending:
		return " Ns Oo = Ns Ar when Oc"
	}
	return " Ar " + string(f.Arg)
}

// manCommands lists the blocked commands by category.
func manCommands() string {
	list, err := lists.Commands("linux")
	if err != nil {
		panic(err) // the lists are part of this program
	}
	var b strings.Builder
	b.WriteString(".Bl -tag -width Ds\n")
	last := ""
	for i, c := range list {
		if c.Category != last {
			b.WriteString(".It Cm " + roff(c.Category) + "\n")
			last = c.Category
		}
		b.WriteString(roff(c.Name))
		if i+1 < len(list) && list[i+1].Category == c.Category {
			b.WriteString(",\n")
		} else {
			b.WriteString("\n")
		}
	}
	b.WriteString(".El\n")
	return b.String()
}

// sentence makes a line of help one sentence.
func sentence(help string) string {
	s := strings.ToUpper(help[:1]) + help[1:]
	if !strings.HasSuffix(s, "…") {
		s += "."
	}
	return roff(s)
}

// roff escapes what groff would not print as it stands.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "…", "...").Replace(s)
	var b strings.Builder
	for _, r := range s {
		if r < 0x80 {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\[u%04X]`, r)
		}
	}
	if s = b.String(); strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s
}
