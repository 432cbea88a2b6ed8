package learn

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nono-sandbox/nono/core/spec"
)

// longest is the length of the longest path that is written: quoting may make it
// longer, and a profile's line has 8 KiB.
const longest = 1500

// spell returns path as a profile has it, or "" where no profile can.
func (g *Ground) spell(path string) string {
	if !utf8.ValidString(path) || len(path) > longest || strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return ""
	}
	head, tail := "", path
	for _, v := range g.Variables {
		if spec.Within(path, v.Path) {
			head, tail = "$"+v.Name, path[len(v.Path):]
			break
		}
	}
	if head == "" && g.Home != "" && g.Home != "/" && spec.Within(path, g.Home) {
		head, tail = "~", path[len(g.Home):]
	}
	// A name in capitals behind the sign is a variable's, and there is no way to write
	// the sign itself.
	for at := 0; ; at++ {
		next := strings.IndexByte(tail[at:], '$')
		if next < 0 {
			break
		}
		if at += next; at+1 < len(tail) && strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789", tail[at+1]) >= 0 {
			return ""
		}
	}
	for _, dir := range g.Public {
		if name, ok := strings.CutPrefix(path, dir+"/"); ok && g.UID != "" && strings.HasSuffix(name, "-"+g.UID) && !strings.Contains(name, "/") {
			tail = strings.TrimSuffix(tail, g.UID) + "$UID"
		}
	}
	return quoteValue(head + tail)
}

// quoteValue quotes a profile's value where it has more than the usual characters.
func quoteValue(s string) string {
	const usual = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+~$@,:="
	if strings.Trim(s, usual) == "" {
		return s
	}
	return strconv.Quote(s)
}

// Text spells the profile, with about as its first line.
func (p *Profile) Text(about string, g *Ground) string {
	var b strings.Builder
	b.WriteString("# " + about + "\n\n")
	b.WriteString(p.Body(g))
	return b.String()
}

// Body is the profile without its first line.
func (p *Profile) Body(g *Ground) string {
	var b strings.Builder
	width := 0
	for _, l := range p.Lines {
		width = max(width, min(44, len(l.spelled(g))))
	}
	for _, l := range p.Lines {
		text := l.spelled(g)
		b.WriteString(text + strings.Repeat(" ", max(1, width+2-len(text))) + "# " + l.Why + "\n")
	}
	if len(p.Asked) > 0 {
		b.WriteString("\n# Asked for, not granted:\n")
	}
	for _, l := range p.Asked {
		text := l.spelled(g)
		if text != "" {
			text += "  # "
		}
		b.WriteString("#   " + text + l.Why + "\n")
	}
	return b.String()
}

// spelled is the line as a profile has it. A path that no profile can have is quoted,
// so that it stays one line, and stands in comments only.
func (l Line) spelled(g *Ground) string {
	switch {
	case l.Path != "":
		path := g.spell(l.Path)
		if path == "" {
			path = strconv.QuoteToASCII(shorten(l.Path))
		}
		return l.Word + " " + path
	case l.Arg != "":
		return l.Word + " " + quoteValue(l.Arg)
	}
	return l.Word
}

func shorten(s string) string {
	if len(s) > 200 {
		return s[:200] + "..."
	}
	return s
}

// Flags are the arguments of nono run that say the same as the lines.
func (p *Profile) Flags() []string {
	var flags []string
	for _, l := range p.Lines {
		switch {
		case l.Word == "create":
		case l.Word == "workdir" && l.Arg == "readwrite":
			flags = append(flags, "--allow", ".")
		case l.Word == "workdir":
			flags = append(flags, "--read", ".")
		case l.Path != "":
			flags = append(flags, "--"+l.Word, l.Path)
		case l.Arg != "":
			flags = append(flags, "--"+l.Word, l.Arg)
		default:
			flags = append(flags, "--"+l.Word)
		}
	}
	return flags
}
