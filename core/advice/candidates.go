package advice

import (
	"strings"

	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// candidates lists what may help, narrowest first.
func (a *Adviser) candidates(s *spec.Spec, q query.Question, v *query.Verdict) [][]query.Part {
	var list [][]query.Part
	try := func(parts ...query.Part) { list = append(list, parts) }
	if v.Reason == query.BlockedCommand {
		list = append(list, liftings(s, v.Line)...)
	}
	if !v.Exists && spec.Parent(v.Resolved) == paths.Shm {
		try(query.Part{Flag: "--private-shm"})
	}
	switch q.Op {
	case query.Connect:
		if v.Exists {
			try(query.Part{Flag: "--unix-socket", Arg: v.Resolved})
		}
		try(query.Part{Flag: "--allow-unix-sockets"})
	case query.RenameTo, query.LinkTo:
		list = append(list, a.forTwo(q)...)
	case query.Create, query.Mkdir, query.Symlink, query.Mkfifo, query.Mksock:
		if v.Reason == query.UnixSocketBlocked {
			sockets := query.Part{Flag: "--allow-unix-sockets"}
			try(sockets)
			for _, p := range onDir("--write", spec.Parent(v.Resolved)) {
				try(append(p, sockets)...)
			}
		}
		list = append(list, onDir("--write", spec.Parent(v.Resolved))...)
	case query.Delete, query.Rmdir:
		try(query.Part{Flag: "--allow-rmdir"})
		for _, p := range onDir("--write", spec.Parent(v.Resolved)) {
			list = append(list, p, append(p, query.Part{Flag: "--allow-rmdir"}))
		}
	case query.Mkdev:
	default:
		list = append(list, forUse(q.Op, v)...)
	}
	if l := v.Line; l != nil && userDeny(l) {
		drop := typed(s, l)
		more := list
		try(drop...)
		for _, parts := range more {
			try(append(drop[:len(drop):len(drop)], parts...)...)
		}
	}
	return list
}

// forUse is for opening, executing and listing what is at the path.
func forUse(op query.Op, v *query.Verdict) [][]query.Part {
	path := v.Resolved
	if op == query.Execute && v.Lacking != "" {
		path = v.Lacking // perhaps its interpreter
	}
	flag := "--read"
	switch op {
	case query.Write, query.Truncate:
		flag = "--write"
	case query.ReadWrite:
		flag = "--allow"
	case query.Ioctl:
		flag = "--device"
	}
	var st unix.Stat_t
	gone := unix.Lstat(path, &st) != nil || path == v.Resolved && !v.Exists
	kind := uint32(st.Mode) & unix.S_IFMT
	device := kind == unix.S_IFCHR || kind == unix.S_IFBLK
	switch {
	case op == query.Ioctl && (gone || !device):
		return nil
	case gone:
		return onDir(flag, spec.Parent(path)) // what does not exist cannot be granted
	case op == query.Ioctl:
		return [][]query.Part{{{Flag: flag, Arg: path}}}
	case kind == unix.S_IFDIR:
		return onDir(flag, path)
	case op == query.ReadWrite:
		return [][]query.Part{{{Flag: "--write-file", Arg: path}}, {{Flag: "--allow-file", Arg: path}}}
	}
	return [][]query.Part{{{Flag: flag + "-file", Arg: path}}}
}

// onDir suggests a flag for a directory, if it is one.
func onDir(flag, dir string) [][]query.Part {
	var st unix.Stat_t
	if unix.Lstat(dir, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return nil
	}
	list := [][]query.Part{{{Flag: flag, Arg: dir}}}
	if flag == "--allow" {
		list = append([][]query.Part{{{Flag: "--write", Arg: dir}}, {{Flag: "--read", Arg: dir}}}, list...)
	}
	return list
}

// forTwo is for a rename or link: rights at one end or both, and removing
// directories.
func (a *Adviser) forTwo(q query.Question) [][]query.Part {
	src, dst := a.directoryOf(q.Path), a.directoryOf(q.To)
	rmdir := query.Part{Flag: "--allow-rmdir"}
	var list [][]query.Part
	for _, flags := range [][2]string{{"", "--write"}, {"--write", ""}, {"--allow", ""}, {"--write", "--write"},
		{"--allow", "--write"}, {"--allow", "--allow"}} {
		var parts []query.Part
		if flags[0] != "" {
			parts = append(parts, query.Part{Flag: flags[0], Arg: src})
		}
		if flags[1] != "" && !(src == dst && flags[0] != "") {
			parts = append(parts, query.Part{Flag: flags[1], Arg: dst})
		}
		list = append(list, parts)
	}
	with := make([][]query.Part, 0, 2*len(list)+1)
	with = append(with, []query.Part{rmdir})
	with = append(with, list...)
	for _, parts := range list {
		with = append(with, append(parts[:len(parts):len(parts)], rmdir))
	}
	return with
}

// directoryOf is the directory in which the last name of path is.
func (a *Adviser) directoryOf(path string) string {
	if !strings.HasPrefix(path, "/") {
		path = spec.Join(a.Dir, path)
	}
	t, _, _ := paths.NewResolver().Name(path)
	return spec.Parent(t.Path)
}

// liftings lists what lifts the block on the command whose file the deny l is
// about. The file may be that of several names, all of which are to be lifted.
func liftings(s *spec.Spec, l *spec.Path) [][]query.Part {
	category := strings.ReplaceAll(l.By.Detail, " ", "-")
	if l.By == byBlockFlag {
		return [][]query.Part{typed(s, l)}
	}
	if name := onlyName(s, l); name != "" {
		return [][]query.Part{{{Flag: "--allow-command", Arg: name}}, {{Flag: "--allow-command", Arg: category}}}
	}
	return [][]query.Part{{{Flag: "--allow-command", Arg: category}}, {{Flag: "--allow-command", Arg: "all"}}}
}

// onlyName returns the one blocked name whose file l is about, or "" if there
// are several.
func onlyName(s *spec.Spec, l *spec.Path) string {
	var want, st unix.Stat_t
	if unix.Stat(l.Path, &want) != nil {
		return ""
	}
	name := ""
	for i := range s.Paths {
		p := &s.Paths[i]
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
