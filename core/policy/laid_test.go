package policy

import (
	"os"
	"testing"
)

// TestLinksLaidByAnEarlierRun: a line that nobody typed does not follow a symlink
// that a command in a sandbox could have made out of the directory it is in. One of
// the home's own is the user's.
func TestLinksLaidByAnEarlierRun(t *testing.T) {
	for _, c := range []struct {
		name    string
		links   [][2]string // name, target
		grant   string
		granted string // the line, or "" if it is left out
	}{
		{"a link in the home", [][2]string{{"home/.agent", "dotfiles/agent"}}, "temp@p home/.agent", "temp home/dotfiles/agent"},
		{"then one to what is above", [][2]string{{"home/.agent", "dotfiles/swapped"}, {"home/dotfiles/swapped", ".."}}, "temp@p home/.agent", ""},
		{"then one elsewhere", [][2]string{{"home/.agent", "dotfiles/swapped"}, {"home/dotfiles/swapped", "../Documents"}}, "temp@p home/.agent", ""},
		{"then one within", [][2]string{{"home/.agent", "dotfiles/swapped"}, {"home/dotfiles/swapped", "agent"}}, "temp@p home/.agent", "temp home/dotfiles/agent"},
		{"a directory on the way", [][2]string{{"home/state/d", "../Documents"}}, "read@p home/state/d/sub", ""},
		{"in the configuration", [][2]string{{"home/.config/agent", "../dotfiles/agent"}}, "temp@p home/.config/agent", "temp home/dotfiles/agent"},
		{"in what is protected", [][2]string{{"home/.local/bin/x", "../../Documents"}}, "read@p home/.local/bin/x", "read home/Documents"},
		{"in the project", [][2]string{{"project/out", "../home/Documents"}}, "allow@p project/out", ""},
		{"in the project, typed", [][2]string{{"project/out", "../home/Documents"}}, "allow project/out", "allow home/Documents"},
		{"every sandbox's", [][2]string{{"home/.gitignore_global", "dotfiles/ignore"}, {"home/dotfiles/ignore", "../Documents/taxes"}}, "read project", ""},
		{"every sandbox's, the user's link", [][2]string{{"home/.gitignore_global", "Documents/taxes"}}, "read project", "read-file? home/Documents/taxes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBox(t)
			b.uid = os.Getuid()
			b.mkdir("home/dotfiles/agent", "home/Documents/sub", "home/state", "home/.config", "home/.local/bin")
			b.file("home/Documents/taxes", "taxes")
			for _, l := range c.links {
				b.symlink(l[1], l[0])
			}
			p := b.grants(c.grant)
			if c.granted == "" {
				if len(p.Misled) != 1 {
					t.Errorf("left out: %v", p.Misled)
				}
				for _, l := range []string{"home/Documents", "home/Documents/sub", "home/Documents/taxes", "home"} {
					b.lacks(p, "temp "+l, "read "+l, "allow "+l, "read-file? "+l)
				}
				return
			}
			b.has(p, c.granted)
			if len(p.Misled) != 0 {
				t.Errorf("left out: %v", p.Misled)
			}
			if typed := c.name == "in the project, typed"; typed != (len(p.Led) == 1) {
				t.Errorf("led: %v", p.Led)
			}
		})
	}
}

// TestLinksLaidBeforeTheVariable: what an XDG variable leads to is nothing that an earlier
// run was kept from, since that run may have seen another environment.
func TestLinksLaidBeforeTheVariable(t *testing.T) {
	b := newBox(t)
	b.uid = os.Getuid()
	b.mkdir("home/Documents", "project/.cache", "project/.config/git")
	b.file("home/Documents/taxes", "taxes")
	b.symlink("../../home/Documents", "project/.cache/uv")
	b.symlink("../../../home/Documents/taxes", "project/.config/git/ignore")
	b.env["XDG_CACHE_HOME"], b.env["XDG_CONFIG_HOME"] = b.project+"/.cache", b.project+"/.config"
	p := b.grants("temp@p project/.cache/uv")
	b.lacks(p, "temp home/Documents", "read-file? home/Documents/taxes")
	if len(p.Misled) != 2 {
		t.Errorf("left out: %v", p.Misled)
	}
}
