// Package grants gives a command what the kernel's rules do not: grants that end, and
// what a person outside has said yes to. The supervisor does the thing itself, on what it
// has found and holds open, and only where core/query says of the same spec that it is
// granted; its own outer domain is the last wall. Everything else the kernel refuses.
package grants

import (
	"strings"
	"sync"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/seccomp"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/later"
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/attempt"
	"github.com/nono-sandbox/nono/core/supervise/files"
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"golang.org/x/sys/unix"
)

// Grants are those of one run.
type Grants struct {
	spec  *spec.Spec
	abi   int
	names *byname.Names // what the kernel's rules give
	tell  func(audit.Event)
	files *files.Performer

	mu sync.Mutex
	// kernel answers for the kernel's rules, given for those and the grants of this
	// package, and most for all that may be asked for; nil where nothing is asked.
	kernel, given, most *query.Asker
	answered            answered
	person              *Person              // nil where nobody is asked
	ahead               map[int]announcement // by the process
}

// New makes the grants of a run on a kernel with that Landlock ABI. person is who is
// asked, or nil; tell hears of what was granted by an answer.
func New(s *spec.Spec, abi int, person *Person, tell func(audit.Event)) (*Grants, error) {
	g := &Grants{spec: s, abi: abi, names: byname.Of(s), person: person, tell: tell, files: files.New(), answered: newAnswered(), ahead: map[int]announcement{}}
	bare := *s
	bare.Ending = nil
	var err error
	if g.kernel, err = query.New(&bare, abi, "/"); err != nil {
		return nil, err
	}
	if person != nil {
		if g.most, err = query.New(later.Most(s), abi, "/"); err != nil {
			return nil, err
		}
	}
	return g, g.renew()
}

// renew makes the rules of what is granted, after that has changed.
func (g *Grants) renew() error {
	s := *g.spec
	s.Paths = s.Paths[:len(s.Paths):len(s.Paths)]
	for _, p := range s.Askable {
		if !p.Kind.Grants() {
			s.Paths = append(s.Paths, p)
		}
	}
	s.Paths = append(s.Paths, g.answered.dirs...)
	given, err := query.New(&s, g.abi, "/")
	if err == nil {
		g.given = given
	}
	return err
}

// Feature returns what decides about the calls that s has trapped for this.
func (g *Grants) Feature() supervise.Feature {
	f := supervise.Feature{Name: "grants that end, or are asked for", Decide: map[string]supervise.Decider{}, Slow: true}
	for _, t := range [...]spec.Trap{spec.TrapOpens, spec.TrapNames} {
		if !g.spec.Traps(t) {
			continue
		}
		for _, c := range seccomp.Trapped(t) {
			f.Decide[c.Name] = g.decide
		}
	}
	return f
}

// decide answers a call.
func (g *Grants) decide(c *supervise.Call) (notify.Answer, bool) {
	a, err := attempt.Of(c)
	if err != nil {
		return notify.Answer{}, false
	}
	if answer, ok := g.announced(c, &a); ok {
		return answer, true
	}
	if a.Flags&unix.O_PATH != 0 && a.Opens() || g.plainlyAllowed(c, &a) {
		return notify.Answer{}, false
	}
	d := &decision{g: g, c: c}
	d.reason, d.ahead = g.isAhead(c)
	return g.files.Perform(c, files.Hooks{Before: d.before, After: d.after})
}

// plainlyAllowed reports whether the kernel's rules allow it by the lines alone, which
// is so of nearly all calls, and takes a look at no disk.
func (g *Grants) plainlyAllowed(c *supervise.Call, a *attempt.Attempt) bool {
	p, err := c.Caller()
	if err != nil {
		return false
	}
	from, err := p.Find(a.Dir, a.Path)
	if err != nil {
		return err == unix.ENOENT || err == unix.ENOTDIR // the kernel says the same
	}
	defer from.Close()
	if !a.Op.Two() {
		return a.PlainlyAllowed(g.names, from, nil)
	}
	to, err := p.Find(a.ToDir, a.To)
	if err != nil {
		return false
	}
	defer to.Close()
	return a.PlainlyAllowed(g.names, from, to)
}

// A decision is about one call.
type decision struct {
	g    *Grants
	c    *supervise.Call
	file *fileGrant // which allowed it, if one did
	// ahead tells that nothing is to be done, but only asked, and reason why.
	ahead  bool
	reason string
}

// before decides about what a call really leads to, which is held open.
func (d *decision) before(p *files.Plan) files.Decision {
	q := query.Question{Op: p.Attempt.Op, Path: p.At.Path()}
	if !query.Performed(q.Op) || p.Attempt.Descriptor || strings.HasPrefix(q.Path, "/proc/") {
		return files.Leave
	}
	if q.Op.Two() {
		q.To = p.To.Path()
	}
	g := d.g
	do := files.Do
	if d.ahead {
		do = files.Refuse(unix.EALREADY)
	}
	for {
		seen := uint64(0)
		if g.person != nil {
			seen = g.person.seen()
		}
		g.mu.Lock()
		kernel := g.kernel.Afresh("/").Ask(q)
		if !refusedByPolicy(&kernel) {
			g.mu.Unlock()
			return files.Leave
		}
		if v := g.given.Afresh("/").Ask(q); v.Status == query.Allowed && same(&v, &q) {
			g.mu.Unlock()
			return do
		}
		if d.file = g.answered.file(p); d.file != nil {
			g.mu.Unlock()
			return do
		}
		askable := g.person != nil && g.askable(&q) && !g.forbidden(p, &q)
		g.mu.Unlock()
		if !askable {
			return files.Leave
		}
		switch d.ask(p, &q, &kernel, seen) {
		case yes:
			if !d.c.Valid() {
				return files.Leave
			}
			g.mu.Lock()
			d.file = g.answered.file(p) // whose name may become a thing now
			g.mu.Unlock()
			return do
		case again: // something has been granted meanwhile
			continue
		}
		return files.Leave
	}
}

// after learns what a name is that was granted before it was there.
func (d *decision) after(p *files.Plan, errno unix.Errno) {
	if d.file != nil && errno == 0 {
		d.g.mu.Lock()
		d.file.made(p)
		d.g.mu.Unlock()
	}
}

// refusedByPolicy reports whether the sandbox, and nothing else, stands against it.
func refusedByPolicy(v *query.Verdict) bool {
	return v.Status == query.Denied && v.ByPolicy() && strings.Contains(v.EnforcedBy, "Landlock") &&
		(v.Errno == "EACCES" || v.Errno == "EPERM" || v.Errno == "EXDEV")
}

// same reports whether a verdict is about the very path that was asked about: one free of
// symlinks leads to itself.
func same(v *query.Verdict, q *query.Question) bool { return v.Resolved == q.Path }

// askable reports whether the supervisor could do it, were it granted.
func (g *Grants) askable(q *query.Question) bool {
	v := g.most.Afresh("/").Ask(*q)
	return v.Status == query.Allowed && same(&v, q)
}

// forbidden reports whether the administrator forbids to grant the thing by itself.
func (g *Grants) forbidden(p *files.Plan, q *query.Question) bool {
	file, _ := kindsFor(q.Op, p.At.Exists() && p.At.Stat.Mode&unix.S_IFMT == unix.S_IFDIR)
	return file != 0 && later.Unasked(g.spec, file, q.Path) != nil
}
