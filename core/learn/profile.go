package learn

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/spec"
)

// A Profile is what a run is made of.
type Profile struct {
	Lines []Line
	// Asked are lines that are not granted, with the reason for that.
	Asked []Line
}

// A Line is a directive of a profile and why it is there.
type Line struct {
	Word string
	Path string // what it is about, where that is a path; not spelled as in a profile
	Arg  string // as it is spelled; "" where the word stands alone
	Why  string
}

// Most is how many lines a profile has at most.
const Most = 40

// mostAsked is how many lines are listed as not granted.
const mostAsked = 20

// Make makes the profile for what r has seen.
func Make(r *Recording, g *Ground) *Profile {
	m := &maker{g: g, p: &Profile{}, asked: map[Line]bool{}}
	uses := m.commands(r.Uses)
	needs := m.refuse(needsOf(uses, g))
	needs = m.profiles(needs)
	rmdir := m.removals(uses, needs)
	needs = m.workdir(needs)
	items := m.items(needs, rmdir)
	items = fold(items, several, g)
	for n := several - 1; len(items) > Most-len(m.p.Lines)-4 && n > 1; n-- {
		items = fold(items, n, g)
	}
	m.grant(items)
	if rmdir != "" {
		m.p.Lines = append(m.p.Lines, Line{Word: rmdir, Why: "directories removed or moved"})
	}
	m.sockets(r)
	m.network(r)
	if r.More > 0 {
		m.ask(Line{Why: times(r.More) + " more paths, which are not kept"})
	}
	m.bound()
	return m.p
}

// A maker is a profile in the making.
type maker struct {
	g     *Ground
	p     *Profile
	asked map[Line]bool
}

// ask lists a line as not granted, once.
func (m *maker) ask(l Line) {
	if !m.asked[l] {
		m.asked[l] = true
		m.p.Asked = append(m.p.Asked, l)
	}
}

// commands takes the blocked commands out of the uses.
func (m *maker) commands(uses []Use) []Use {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(uses), func(u Use) bool {
		name := m.g.Command(string(u.Path))
		if name == "" || u.Op != Execute && u.Op != Read {
			return false
		}
		if u.Op == Execute && !seen[name] {
			seen[name] = true
			l := Line{Word: "allow-command", Arg: name, Why: "run " + times(u.Times)}
			if m.g.Commands {
				m.p.Lines = append(m.p.Lines, l)
			} else {
				l.Why = "a blocked command, tried " + times(u.Times) + "; --commands lets it run"
				m.ask(l)
			}
		}
		return true
	})
}

// refuse takes out what is protected.
func (m *maker) refuse(needs []*need) []*need {
	return slices.DeleteFunc(needs, func(n *need) bool {
		shut := n.rights &^ m.g.Open(n.path)
		if shut == 0 {
			return false
		}
		if m.ownGives(n.path)&shut == shut {
			n.rights &^= shut
			return n.rights == 0
		}
		i := item{path: n.path, dir: n.rights&ofDirs != 0, rights: shut, counts: n.counts}
		word, _ := i.word()
		m.ask(Line{Word: word, Path: n.path, Why: m.g.Why(n.path) + ": " + n.counts.String()})
		n.rights &^= shut
		return n.rights == 0
	})
}

// ownGives are the rights to a path that the command's own profile gives, also where the
// path is protected from all others.
func (m *maker) ownGives(path string) (rights carve.Rights) {
	for _, c := range m.g.Profiles {
		if c.Certain {
			rights |= c.Gives(path)
		}
	}
	return rights
}

// profiles uses the profiles that give something, and takes out what they give.
func (m *maker) profiles(needs []*need) []*need {
	for _, c := range m.g.Profiles {
		gives := 0
		rest := slices.DeleteFunc(slices.Clone(needs), func(n *need) bool {
			given := !m.inWorkdir(n.path) && c.Gives(n.path)&n.rights == n.rights
			if given {
				gives++
			}
			return given
		})
		if gives == 0 && !c.Certain {
			continue
		}
		needs = rest
		m.g.Rmdir = m.g.Rmdir || c.Rmdir
		why := "gives what was used in " + times2(gives, "place", "places")
		if gives == 0 {
			why = "the command's own"
		}
		m.p.Lines = append(m.p.Lines, Line{Word: "profile", Arg: c.Name, Why: why})
	}
	return needs
}

func (m *maker) inWorkdir(path string) bool {
	return m.g.Workdir != "" && spec.Within(path, m.g.Workdir) && !m.g.tooWide(m.g.Workdir)
}

// workdir makes the line for the working directory.
func (m *maker) workdir(needs []*need) []*need {
	all := counts{}
	var rights carve.Rights
	rest := slices.DeleteFunc(needs, func(n *need) bool {
		if !m.inWorkdir(n.path) {
			return false
		}
		rights |= n.rights
		all.add(n.counts)
		return true
	})
	if rights == 0 {
		return rest
	}
	access := "read"
	if rights&changes != 0 {
		access = "readwrite"
	}
	m.p.Lines = append(m.p.Lines, Line{Word: "workdir", Arg: access, Why: all.String()})
	return rest
}

// removals returns the switch for removing directories, or "".
func (m *maker) removals(uses []Use, needs []*need) string {
	if m.g.Rmdir || !slices.ContainsFunc(needs, func(n *need) bool { return n.rights&carve.RemoveDir != 0 && m.inWorkdir(n.path) }) {
		return ""
	}
	made := map[string]bool{}
	for i := range uses {
		if uses[i].Op == Mkdir {
			made[string(uses[i].Path)] = true
		}
	}
	for i := range uses {
		u := &uses[i]
		if u.Op == Rmdir && m.inWorkdir(string(u.Path)) && (!own(string(u.Path), made) || m.g.Exists(string(u.Path))) {
			return "allow-rmdir"
		}
	}
	return "allow-rmdir-own"
}

// own reports whether the run made the directory or one above it.
func own(path string, made map[string]bool) bool {
	for path != "/" {
		if made[path] {
			return true
		}
		path = spec.Parent(path)
	}
	return false
}

// bound keeps the profile from growing without end, whatever the command did.
func (m *maker) bound() {
	if over := len(m.p.Lines) - Most; over > 0 {
		for _, l := range m.p.Lines[Most:] {
			m.ask(Line{Word: l.Word, Path: l.Path, Arg: l.Arg, Why: "too many lines: " + l.Why})
		}
		m.p.Lines = m.p.Lines[:Most]
	}
	if over := len(m.p.Asked) - mostAsked; over > 0 {
		m.p.Asked = append(m.p.Asked[:mostAsked:mostAsked], Line{Why: "and " + strconv.Itoa(over) + " more"})
	}
}

// sockets makes the lines for Unix sockets.
func (m *maker) sockets(r *Recording) {
	made := map[Text]bool{}
	for _, s := range r.Sockets {
		if s.Made {
			made[s.Address] = true
		}
	}
	inner := false
	for _, s := range r.Sockets {
		path, unix := strings.CutPrefix(string(s.Address), "unix:")
		switch {
		case s.Made || !unix:
		case made[s.Address]:
			inner = true
		case absolute(path):
			m.ask(Line{Word: "unix-socket", Path: path, Why: "a way out of the sandbox, tried " + times(s.Times)})
		}
	}
	if inner {
		m.p.Lines = append(m.p.Lines, Line{Word: "inner-sockets", Why: "connected to Unix sockets of its own"})
	}
}

func times(n int) string { return times2(n, "time", "times") }

func times2(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
