package policy

import "testing"

// The terminal's description is granted where TERMINFO leads to one, and nothing else is.
func TestTerminfo(t *testing.T) {
	b := newBox(t)
	b.file("home/kitty/x/xterm-own", "\x1a\x01rest")
	b.file("home/kitty/78/xterm-hex", "\x1e\x02rest")
	b.file("home/kitty/x/taxes", "secret")
	b.file("home/kitty/x/short", "\x1a")
	b.symlink("../real/xterm-led", "home/kitty/x/xterm-led")
	b.file("home/kitty/real/xterm-led", "\x1a\x01rest")
	for _, c := range []struct {
		term, info, dirs string
		want             string
	}{
		{"xterm-own", b.home + "/kitty", "", "read-file? home/kitty/x/xterm-own"},
		{"xterm-own", "", "/nowhere:" + b.home + "/kitty:", "read-file? home/kitty/x/xterm-own"},
		{"xterm-hex", b.home + "/kitty", "", "read-file? home/kitty/78/xterm-hex"},
		{"xterm-led", b.home + "/kitty", "", "read-file? home/kitty/real/xterm-led"},
		{"xterm-own", "kitty", "", ""},
		{"taxes", b.home + "/kitty", "", ""},
		{"short", b.home + "/kitty", "", ""},
		{"../kitty/x/xterm-own", b.home + "/kitty", "", ""},
		{"..", b.home + "/kitty", "", ""},
		{"", b.home + "/kitty", "", ""},
	} {
		b.env["TERM"], b.env["TERMINFO"], b.env["TERMINFO_DIRS"] = c.term, c.info, c.dirs
		p := b.grants("allow project")
		if c.want != "" {
			b.has(p, c.want)
		}
		for _, l := range p.Spec.Paths {
			if l.Kind.Grants() && len(l.Path) > len(b.home) && l.Path[:len(b.home)] == b.home && c.want == "" {
				t.Errorf("%+v: %v", c, l)
			}
		}
	}
	b.env["TERM"], b.env["TERMINFO"] = "xterm-own", b.home+"/kitty"
	b.lacks(b.grants("allow project", "deny home/kitty"), "read-file? home/kitty/x/xterm-own")
	b.lacks(b.grants("allow project", "allow home"), "read-file? home/kitty/x/xterm-own")
}
