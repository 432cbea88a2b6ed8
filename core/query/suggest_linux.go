package query

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// suggest finds the narrowest change that allows what e found denied. Each is
// tried out; where none helps there is no suggestion, and a note says so.
func (a *Asker) suggest(q Question, e *asking) {
	for _, parts := range a.candidates(q, e) {
		s := &Suggestion{parts}
		if a.helps(s, q) {
			e.v.Suggestion = s
			if denies := a.undoes(s); denies != nil {
				e.v.Note = strings.TrimPrefix(e.v.Note+"; what would allow it undoes "+strings.Join(denies, " and ")+" there", "; ")
			}
			return
		}
	}
	e.note("nothing on the command line allows it")
}

// helps tries a suggestion out, on a sketch of what it comes to. What other
// names of a thing do to the grant of a directory only a carve can tell.
func (a *Asker) helps(s *Suggestion, q Question) bool {
	changed := Apply(a.s, s)
	if len(s.Parts) == 1 && s.Parts[0].Flag == "--allow-unix-sockets" {
		b := a.with(changed)
		b.rules = a.rules // they are not about sockets
		return b.Ask(q).Status == Allowed
	}
	if a.with(changed).Ask(q).Status != Allowed {
		return false
	}
	alone := q.Op != ReadWrite && q.Op != Execute // needs no other right
	if s.exact() && alone {
		return true
	}
	paths, chains := []string{q.Path, q.To}, false
	for _, p := range s.Parts {
		paths = append(paths, p.Arg)
		// A directory that comes to be on the way to a deny may not be listable,
		// which stops the start.
		chains = chains || p.Drop || strings.HasPrefix(p.Arg, "/") && denyBeneath(a.s, p.Arg, carve.Create) != nil
	}
	if !chains && !a.disk.OtherNames(paths...) {
		return true
	}
	c, err := carveNow(changed)
	if err != nil {
		return false
	}
	b := a.with(changed)
	b.rules = c
	return b.Ask(q).Status == Allowed
}

// undoes lists the denies of the user's own which are not left out, and at or
// beneath which the suggestion gives something back.
func (a *Asker) undoes(s *Suggestion) []string {
	var denies []string
	left := func(d *spec.Path) bool {
		return slices.ContainsFunc(s.Parts, func(p Part) bool { return p.Drop && drops(a.s, p, d) })
	}
	for _, p := range s.Parts {
		k := kindOf(p.Flag)
		if p.Drop || !k.Grants() {
			continue
		}
		rights := carve.Granted(k, a.s.Rmdir)
		for i := range a.s.Paths {
			if d := &a.s.Paths[i]; userDeny(d) && !left(d) && atOrAbove(d.Path, p.Arg) && (d.Kind == spec.Deny || rights&carve.Changing != 0) {
				if text := d.By.String() + " " + fault.Quote(d.Path); !slices.Contains(denies, text) {
					denies = append(denies, text)
				}
			}
		}
	}
	return denies
}

// exact reports whether the suggestion grants nothing but single things, which
// they then have by every name.
func (s *Suggestion) exact() bool {
	for _, p := range s.Parts {
		if !strings.HasSuffix(p.Flag, "-file") && p.Flag != "--unix-socket" && p.Flag != "--device" {
			return false
		}
	}
	return true
}

// candidates lists what may help, narrowest first.
func (a *Asker) candidates(q Question, e *asking) [][]Part {
	var list [][]Part
	try := func(parts ...Part) { list = append(list, parts) }
	if e.v.Reason == BlockedCommand {
		list = append(list, a.liftings(e.v.Line)...)
	}
	switch q.Op {
	case Connect:
		if a.abi >= kernel.ABIUnix && e.v.Exists {
			try(Part{Flag: "--unix-socket", Arg: e.v.Resolved})
		}
		try(Part{Flag: "--allow-unix-sockets"})
	case RenameTo, LinkTo:
		list = append(list, a.forTwo(q)...)
	case Create, Mkdir, Symlink, Mkfifo, Mksock:
		if e.v.Reason == UnixSocketBlocked {
			sockets := Part{Flag: "--allow-unix-sockets"}
			try(sockets)
			for _, p := range a.onDir("--write", spec.Parent(e.v.Resolved)) {
				try(append(p, sockets)...)
			}
		}
		list = append(list, a.onDir("--write", spec.Parent(e.v.Resolved))...)
	case Delete, Rmdir:
		try(Part{Flag: "--allow-rmdir"})
		for _, p := range a.onDir("--write", spec.Parent(e.v.Resolved)) {
			list = append(list, p, append(p, Part{Flag: "--allow-rmdir"}))
		}
	case Mkdev:
	default:
		list = append(list, a.forUse(q.Op, e)...)
	}
	if l := e.v.Line; l != nil && userDeny(l) {
		drop := typed(a.s, l)
		more := list
		try(drop...)
		for _, parts := range more {
			try(append(drop[:len(drop):len(drop)], parts...)...)
		}
	}
	return list
}

// forUse is for opening, executing and listing what is at the path.
func (a *Asker) forUse(op Op, e *asking) [][]Part {
	path := e.v.Resolved
	if op == Execute && e.short != "" {
		path = e.short // perhaps its interpreter
	}
	flag := map[Op]string{Read: "--read", List: "--read", Execute: "--read", Write: "--write", Truncate: "--write",
		ReadWrite: "--allow", Ioctl: "--device"}[op]
	var st unix.Stat_t
	gone := unix.Lstat(path, &st) != nil || path == e.v.Resolved && !e.v.Exists
	device := st.Mode&unix.S_IFMT == unix.S_IFCHR || st.Mode&unix.S_IFMT == unix.S_IFBLK
	switch {
	case op == Ioctl && (gone || !device):
		return nil
	case gone:
		return a.onDir(flag, spec.Parent(path)) // what does not exist cannot be granted
	case op == Ioctl:
		return [][]Part{{{Flag: flag, Arg: path}}}
	case st.Mode&unix.S_IFMT == unix.S_IFDIR:
		return a.onDir(flag, path)
	case op == ReadWrite:
		return [][]Part{{{Flag: "--write-file", Arg: path}}, {{Flag: "--allow-file", Arg: path}}}
	}
	return [][]Part{{{Flag: flag + "-file", Arg: path}}}
}

// onDir suggests a flag for a directory, if it is one.
func (a *Asker) onDir(flag, dir string) [][]Part {
	var st unix.Stat_t
	if unix.Lstat(dir, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return nil
	}
	list := [][]Part{{{Flag: flag, Arg: dir}}}
	if flag == "--allow" {
		list = append([][]Part{{{Flag: "--write", Arg: dir}}, {{Flag: "--read", Arg: dir}}}, list...)
	}
	return list
}

// forTwo is for a rename or link: rights at one end or both, and removing
// directories.
func (a *Asker) forTwo(q Question) [][]Part {
	from, _ := a.disk.Walk(q.Path, false)
	to, _ := a.disk.Walk(q.To, false)
	src, dst := spec.Parent(from.Path), spec.Parent(to.Path)
	rmdir := Part{Flag: "--allow-rmdir"}
	var list [][]Part
	for _, flags := range [][2]string{{"", "--write"}, {"--write", ""}, {"--allow", ""}, {"--write", "--write"},
		{"--allow", "--write"}, {"--allow", "--allow"}} {
		var parts []Part
		if flags[0] != "" {
			parts = append(parts, Part{Flag: flags[0], Arg: src})
		}
		if flags[1] != "" && !(src == dst && flags[0] != "") {
			parts = append(parts, Part{Flag: flags[1], Arg: dst})
		}
		list = append(list, parts)
	}
	with := make([][]Part, 0, 2*len(list)+1)
	with = append(with, []Part{rmdir})
	with = append(with, list...)
	for _, parts := range list {
		with = append(with, append(parts[:len(parts):len(parts)], rmdir))
	}
	return with
}

// liftings lists what lifts the block on the command whose file the deny l is
// about. The file may be that of several names, all of which are to be lifted.
func (a *Asker) liftings(l *spec.Path) [][]Part {
	category := strings.ReplaceAll(l.By.Detail, " ", "-")
	if l.By == byBlockFlag {
		return [][]Part{typed(a.s, l)}
	}
	if name := a.onlyName(l); name != "" {
		return [][]Part{{{Flag: "--allow-command", Arg: name}}, {{Flag: "--allow-command", Arg: category}}}
	}
	return [][]Part{{{Flag: "--allow-command", Arg: category}}, {{Flag: "--allow-command", Arg: "all"}}}
}

// onlyName returns the one blocked name whose file l is about, or "" if there
// are several.
func (a *Asker) onlyName(l *spec.Path) string {
	var want, st unix.Stat_t
	if unix.Stat(l.Path, &want) != nil {
		return ""
	}
	name := ""
	for i := range a.s.Paths {
		p := &a.s.Paths[i]
		if !blocked(p) || unix.Stat(p.Path, &st) != nil || st.Dev != want.Dev || st.Ino != want.Ino {
			continue
		}
		if n := spec.Base(p.Path); name == "" {
			name = n
		} else if n != name {
			return ""
		}
	}
	return name
}
