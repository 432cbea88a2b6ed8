package grants

import (
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/ask"
	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/later"
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/caller"
	"github.com/nono-sandbox/nono/core/supervise/files"
	"golang.org/x/sys/unix"
)

// wordYes is what has to be typed where a secret is asked for.
const wordYes = "reveal"

// ask puts the question about p to the person and does what the answer says. seen is
// Person.seen of before the look at what is granted.
func (d *decision) ask(p *files.Plan, q *query.Question, v *query.Verdict, seen uint64) outcome {
	isDir := p.At.Exists() && p.At.Stat.Mode&unix.S_IFMT == unix.S_IFDIR
	file, dir := kindsFor(q.Op, isDir)
	g := d.g
	about := subject{string(q.Op) + "\x00" + q.Path + "\x00" + q.To, identity(p.At) + " " + identity(p.To)}
	o, w := g.person.ask(about, seen, func() *ask.Question {
		made := g.question(p, q, v, isDir)
		made.Reason = d.reason
		describe(d.c, made)
		return made
	}, d.waits)
	if o != yes {
		return o
	}
	defer g.person.remember(w)
	asked, a, first := w.question, w.answer, g.person.first(w)
	if first && g.tell != nil { // once, however many have waited
		g.tell(audit.Event{Kind: audit.Granted, Source: audit.Fact, PID: asked.Asker.PID, Op: string(q.Op), Path: q.Path, To: q.To, Reason: "a person said yes: " + scope(asked, a)})
	}
	if d.ahead && !a.Dir && a.For != ask.Always && file != 0 {
		a.For = ask.Run // nothing is opened now that "once" could be about
	}
	if a.For != ask.Run && a.For != ask.Always {
		return yes
	}
	if first && a.For == ask.Always {
		g.person.save(a.Dir, file, dir, q.Path, isDir)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !a.Dir {
		g.answered.add(file, p)
		return yes
	}
	where := dirOf(q.Path, isDir)
	line := spec.Path{Kind: dir, Path: where, By: spec.Origin{Source: spec.Flag, Detail: "--ask"}}
	for _, have := range g.answered.dirs {
		if have == line {
			return again
		}
	}
	g.answered.dirs = append(g.answered.dirs, line)
	if g.renew() != nil {
		g.answered.dirs = g.answered.dirs[:len(g.answered.dirs)-1]
		return yes
	}
	g.person.granted(where)
	return yes
}

// identity tells which thing lies at a place; and of what is not there, in which directory.
func identity(at *files.Place) string {
	if at == nil {
		return ""
	}
	fd, sort := at.Thing, "thing "
	if !at.Exists() {
		fd, sort = at.Dir, "new in "
	}
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil {
		return ""
	}
	return sort + strconv.FormatUint(st.Dev, 10) + ":" + strconv.FormatUint(st.Ino, 10)
}

// waits reports whether the caller still waits. One that a signal is about to end need not.
func (d *decision) waits() bool {
	p, err := d.c.Caller()
	return d.c.Valid() && (err != nil || !p.Ending())
}

func scope(q *ask.Question, a ask.Answer) string {
	what := q.File
	if a.Dir {
		what = q.Dir
	}
	switch a.For {
	case ask.Run:
		return what + ", for this run"
	case ask.Always:
		return what + ", always"
	}
	return "once"
}

// dirOf is the directory that is granted with one: itself, or that of a file.
func dirOf(path string, isDir bool) string {
	if isDir {
		return path
	}
	return spec.Parent(path)
}

// question says what is asked.
func (g *Grants) question(p *files.Plan, q *query.Question, v *query.Verdict, isDir bool) *ask.Question {
	out := &ask.Question{Op: string(q.Op), To: strings.ToValidUTF8(q.To, "\ufffd"), Thing: thing(p), Why: why(v)}
	out.SetPath(q.Path)
	file, dir := kindsFor(q.Op, isDir)
	if q.Op == query.List || isDir && q.Op == query.Read {
		file = 0
	}
	if file != 0 {
		out.File = file.String() + " " + fault.Quote(q.Path)
	}
	out.Protected = g.protected(q.Path)
	switch where := dirOf(q.Path, isDir); {
	case q.Op.Two() && spec.Parent(q.To) != spec.Parent(q.Path), out.Protected != "", tooWide(where), dir == 0, later.Unasked(g.spec, dir, where) != nil:
	default:
		out.Dir = dir.String() + " " + fault.Quote(where)
	}
	if out.Protected != "" {
		out.Word = wordYes
	}
	if file != 0 && p.At.Exists() && p.At.Stat.Mode&0o111 != 0 {
		out.Note = "it is a program: a yes lets it be read, and started only at the next start"
	}
	return out
}

// protected returns what kind of secret path is, where --ask-protected has named it.
func (g *Grants) protected(path string) string {
	var grant, deny *spec.Path
	for i := range g.spec.Askable {
		l := &g.spec.Askable[i]
		if !spec.Within(path, l.Path) {
			continue
		}
		at := &deny
		if l.Kind.Grants() {
			at = &grant
		}
		if *at == nil || len(l.Path) > len((*at).Path) {
			*at = l
		}
	}
	if deny == nil || grant == nil || len(grant.Path) < len(deny.Path) {
		return ""
	}
	return deny.By.String()
}

func thing(p *files.Plan) string {
	if !p.At.Exists() {
		return "nothing yet"
	}
	switch p.At.Stat.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		return "file"
	case unix.S_IFDIR:
		return "directory"
	case unix.S_IFLNK:
		return "symlink"
	case unix.S_IFIFO:
		return "FIFO"
	case unix.S_IFSOCK:
		return "socket"
	}
	return "device"
}

// why says in words why the kernel's rules refuse it.
func why(v *query.Verdict) string {
	switch v.Reason {
	case query.InsufficientAccess:
		if v.Line != nil {
			return fault.Quote(v.Line.Path) + " is granted, but not for this (" + v.Line.By.String() + ")"
		}
	case query.ChainDirectory:
		return "protected paths are in or beneath this directory"
	case query.SensitivePath, query.BlockedCommand:
		return "it is protected (" + v.Category + ")"
	case query.RmdirBlocked:
		return "directories are neither removed nor renamed"
	}
	return "nothing grants it"
}

// mostParents is how many processes above the asker are shown.
const mostParents = 12

// describe tells who asks.
func describe(c *supervise.Call, q *ask.Question) {
	p, err := c.Caller()
	if err != nil {
		return
	}
	status, err := p.Status()
	if err != nil {
		return
	}
	q.Asker = process(p, status.PID)
	for pid := status.Parent; pid > 1 && pid != unix.Getpid() && len(q.Parents) < mostParents; {
		up, err := caller.Open(uint32(pid), c.Valid)
		if err != nil {
			return
		}
		s, err := up.Status()
		if err == nil {
			q.Parents = append(q.Parents, process(up, pid))
		}
		up.Close()
		if err != nil {
			return
		}
		pid = s.Parent
	}
}

// process is what one process says of itself, at a length that a person reads.
func process(p *caller.Process, pid int) ask.Process {
	out := ask.Process{PID: pid, Program: shortened(p.Link("exe"), 400), Dir: shortened(p.Link("cwd"), 400)}
	text, _ := p.File("cmdline")
	for word := range strings.SplitSeq(strings.TrimRight(string(text), "\x00"), "\x00") {
		if len(out.Argv) == 32 {
			out.Argv = append(out.Argv, "…")
			break
		}
		out.Argv = append(out.Argv, shortened(word, 200))
	}
	return out
}

func shortened(text string, most int) string {
	if len(text) > most {
		text = text[:most] + "…"
	}
	return strings.ToValidUTF8(text, "\ufffd")
}
