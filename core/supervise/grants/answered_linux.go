package grants

import (
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise/files"
	"golang.org/x/sys/unix"
)

// answered is what a person has said yes to for this run.
type answered struct {
	dirs  []spec.Path
	files map[string]*fileGrant
}

func newAnswered() answered { return answered{files: map[string]*fileGrant{}} }

// mostFiles is how many files are remembered, each with a descriptor that is kept.
const mostFiles = 256

// A fileGrant is one file: the thing itself, or, where it was not there when it was
// granted, the name in its directory until it is made.
type fileGrant struct {
	kind spec.Kind
	// held is an O_PATH descriptor of the thing, or of the directory: as long as it is
	// open, no other thing has its number.
	held     int
	dev, ino uint64
	missing  bool
}

// add remembers a file of a plan.
func (a *answered) add(k spec.Kind, p *files.Plan) bool {
	path := p.At.Path()
	if len(a.files) >= mostFiles && a.files[path] == nil {
		return false
	}
	g := &fileGrant{kind: k}
	from := p.At.Thing
	if g.missing = !p.At.Exists(); g.missing {
		from = p.At.Dir
	}
	if !g.hold(from) {
		return false
	}
	if old := a.files[path]; old != nil {
		if old.dev == g.dev && old.ino == g.ino {
			g.kind = union(old.kind, k)
		}
		unix.Close(old.held)
	}
	a.files[path] = g
	return true
}

func (g *fileGrant) hold(fd int) bool {
	held, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return false
	}
	var st unix.Stat_t
	if err := unix.Fstat(held, &st); err != nil {
		unix.Close(held)
		return false
	}
	g.held, g.dev, g.ino = held, st.Dev, st.Ino
	return true
}

// made notes which thing has been made where there was none.
func (g *fileGrant) made(p *files.Plan) {
	if !g.missing {
		return
	}
	fd, err := unix.Openat(p.At.Dir, p.At.Base, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	old := g.held
	if g.hold(fd) {
		g.missing = false
		unix.Close(old)
	}
}

// file returns the grant of what a plan leads to, or nil.
func (a *answered) file(p *files.Plan) *fileGrant {
	g := a.files[p.At.Path()]
	if g == nil || !lets(g.kind, p.Attempt.Op) || g.missing == p.At.Exists() {
		return nil
	}
	var st unix.Stat_t
	fd := p.At.Thing
	if g.missing {
		fd = p.At.Dir
	}
	if unix.Fstat(fd, &st) != nil || st.Dev != g.dev || st.Ino != g.ino {
		return nil
	}
	return g
}

// lets reports whether a grant of one file lets op be done with it.
func lets(k spec.Kind, op query.Op) bool {
	switch op {
	case query.Read:
		return k == spec.ReadFile || k == spec.AllowFile
	case query.Write, query.Truncate, query.Create:
		return k == spec.WriteFile || k == spec.AllowFile
	case query.ReadWrite:
		return k == spec.AllowFile
	}
	return false
}

func union(a, b spec.Kind) spec.Kind {
	if a == b {
		return a
	}
	return spec.AllowFile
}

// kindsFor are the directives that grant op: of the one thing, and of a directory; 0 for
// none.
func kindsFor(op query.Op, isDir bool) (file, dir spec.Kind) {
	switch op {
	case query.Read, query.List:
		if isDir {
			return 0, spec.Read
		}
		return spec.ReadFile, spec.Read
	case query.ReadWrite:
		return spec.AllowFile, spec.Allow
	case query.Write, query.Truncate, query.Create:
		return spec.WriteFile, spec.Write
	}
	return 0, spec.Write
}
