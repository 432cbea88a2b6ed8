package learn

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/spec"
)

// word returns the directive that gives the item.
func (i *item) word() (string, spec.Kind) {
	reads := i.rights&(carve.ReadFile|carve.List|carve.Execute) != 0
	writes := i.rights&changes != 0
	kind := spec.Read
	switch {
	case i.rights&carve.RemoveDir != 0:
		kind = spec.Temp
	case !i.dir && reads && writes:
		kind = spec.AllowFile
	case !i.dir && writes:
		kind = spec.WriteFile
	case !i.dir:
		kind = spec.ReadFile
	case reads && writes:
		kind = spec.Allow
	case writes:
		kind = spec.Write
	}
	return kind.String(), kind
}

// items makes an item of every need, of the directory that stands for it: a cache, a
// node_modules, what is above a temporary name. rmdir is the switch for removing
// directories that the profile has, or "".
func (m *maker) items(needs []*need, rmdir string) []*item {
	var out []*item
	for _, n := range needs {
		if m.g.Rmdir || rmdir == "allow-rmdir" {
			n.rights &^= carve.RemoveDir
		}
		if i := m.wider(n); i != nil {
			out = append(out, i)
			continue
		}
		i := &item{path: n.path, dir: n.rights&ofDirs != 0, rights: n.rights, counts: n.counts}
		switch {
		case i.dir && m.g.mayGrant(n.path, i.given()):
			if m.g.Exists(n.path) {
				out = append(out, i)
			} // what the run made and took away again belongs to what is above it
		case i.dir:
			out = append(out, m.single(n)...)
		case m.g.Exists(n.path) && !m.g.holdsHome(n.path): // that is no file, whatever was said
			out = append(out, i)
		}
	}
	return out
}

// wider returns the item of a directory above the need's path that stands for all of
// its kind, or nil.
func (m *maker) wider(n *need) *item {
	whole := func(dir string) *item {
		i := &item{path: dir, dir: true, rights: n.rights, counts: n.counts}
		if dir == "/" || !spec.Within(n.path, dir) || !m.g.mayGrant(dir, i.given()) {
			return nil
		}
		return i
	}
	for _, c := range m.g.Caches {
		if spec.Within(n.path, c) {
			if i := whole(c); i != nil {
				return i
			}
		}
	}
	if before, _, found := strings.Cut(n.path+"/", "/node_modules/"); found {
		if i := whole(before + "/node_modules"); i != nil {
			return i
		}
	}
	for at := 1; at < len(n.path); at++ {
		end := strings.IndexByte(n.path[at:], '/')
		if end < 0 {
			end = len(n.path) - at
		}
		if temporary(n.path[at:at+end]) && at > 1 {
			if i := whole(n.path[:at-1]); i != nil {
				return i
			}
		}
		at += end
	}
	return nil
}

// single makes items of what happened in a directory that cannot be granted itself.
func (m *maker) single(n *need) []*item {
	var out []*item
	for _, path := range slices.Sorted(maps.Keys(n.names)) {
		op := n.names[path]
		name := path[strings.LastIndexByte(path, '/')+1:]
		dir := &item{path: path, dir: true, rights: carve.ReadFile | carve.List | carve.WriteFile | carve.Create | carve.RemoveDir, counts: counts{op: 1}, fresh: true}
		file := &item{path: path, rights: carve.ReadFile | carve.WriteFile, counts: counts{op: 1}}
		switch {
		case temporary(name):
			m.ask(Line{Why: "a temporary name in " + m.kindOf(n.path)})
		case op == Mkdir && m.g.mayGrant(path, dir.given()):
			out = append(out, dir)
		case op == Create && m.g.Exists(path) && !m.g.holdsHome(path) && m.g.Open(path)&file.given() == file.given():
			out = append(out, file)
		default:
			m.ask(Line{Why: "a name that was " + past(op) + " in " + m.kindOf(n.path)})
		}
	}
	if n.rights&carve.List != 0 {
		m.ask(Line{Why: "the names in " + m.kindOf(n.path)})
	}
	return out
}

// kindOf names a directory and says why it is not granted. The text is no line that
// could be pasted.
func (m *maker) kindOf(dir string) string {
	name := m.g.spell(dir)
	if name == "" {
		name = strconv.QuoteToASCII(shorten(dir))
	}
	if m.g.Closed(dir) != 0 {
		return name + ", which has something protected in it"
	}
	return name + ", which is many programs'"
}

func past(op Op) string {
	switch op {
	case Mkdir, Create:
		return "made"
	}
	return "removed"
}

// grant makes the lines of the items.
func (m *maker) grant(items []*item) {
	for _, i := range items {
		word, _ := i.word()
		if m.g.spell(i.path) == "" {
			m.ask(Line{Word: word, Path: i.path, Why: "a profile cannot have this name: " + i.counts.String()})
			continue
		}
		if i.fresh {
			m.p.Lines = append(m.p.Lines, Line{Word: "create", Path: i.path, Why: "made by the command"})
		}
		m.p.Lines = append(m.p.Lines, Line{Word: word, Path: i.path, Why: i.counts.String()})
	}
}
