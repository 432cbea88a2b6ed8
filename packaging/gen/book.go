package main

import (
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
)

// flagsPage is docs/flags.md: every flag by its heading, as the help has them.
func flagsPage() string {
	return "# All flags\n\nThis page is made from the same table as the help and the manual. A flag that repeats adds up;\n" +
		"any other given twice is a mistake. What may stand in a profile is marked.\n\n" +
		"## nono run\n" + flagsByGroup(runFlags()) + "\n## nono why\n\nThe flags of the policy are those of nono run, and these besides.\n" + flagsByGroup(onlyWhy())
}

// onlyWhy are the flags of nono-why that nono-run has not.
func onlyWhy() []cli.Flag {
	have := map[string]bool{}
	for _, f := range runFlags() {
		have[f.Name] = true
	}
	var out []cli.Flag
	for _, f := range whyFlags() {
		if !have[f.Name] {
			out = append(out, f)
		}
	}
	return out
}

func flagsByGroup(flags []cli.Flag) string {
	var b strings.Builder
	group := ""
	for _, f := range flags {
		if f.Group != group {
			group = f.Group
			b.WriteString("\n### " + group + "\n\n| flag | what it does | in a profile |\n|---|---|---|\n")
		}
		name := "--" + f.Name
		if f.Short != "" {
			name = "-" + f.Short + ", " + name
		}
		if f.Arg != cli.None {
			sep := " "
			if strings.HasPrefix(string(f.Arg), "[") {
				sep = ""
			}
			name += sep + string(f.Arg)
		}
		in := ""
		if f.InProfile {
			in = "yes"
		}
		b.WriteString("| `" + name + "` | " + strings.ReplaceAll(f.Help, "|", `\|`) + " | " + in + " |\n")
	}
	return b.String()
}
