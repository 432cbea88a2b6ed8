package supervise

import (
	"runtime"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/seccomp"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"golang.org/x/sys/unix"
)

// A Decider answers a call, or passes it on (false) to the next feature.
//
// The rule that every Decider keeps: the kernel's domain is never wider for having a
// supervisor. So it returns notify.Continue only where whatever the arguments may
// have become meanwhile is judged by Landlock and the filter; it fails the call; or
// it does the thing itself, on its own copy of the arguments, and returns the result.
type Decider func(*Call) (a notify.Answer, decided bool)

// A Watcher looks at a call and changes nothing. What it returns, unless nil, is
// called with the answer just before that is sent: what is logged of a call is there
// before the caller goes on.
type Watcher func(*Call) func(notify.Answer)

// A Feature is one thing that needs a supervisor.
type Feature struct {
	Name string // for messages about the supervisor itself
	// Decide and Watch hold, by the names of system calls, what the feature does.
	// Every call must be of a group that the spec has the supervisor asked about.
	Decide map[string]Decider
	Watch  map[string]Watcher
	// Slow tells that a Decider may have to wait: then several calls are answered at a
	// time, and otherwise one.
	Slow bool
}

// Watching returns a Watch with a watcher for each call of the groups that s has
// trapped: by names the watcher of a group, or nil for none.
func Watching(s *spec.Spec, by func(spec.Trap) Watcher) map[string]Watcher {
	watch := map[string]Watcher{}
	for _, t := range s.Supervise {
		if w := by(t); w != nil {
			for _, c := range seccomp.Trapped(t) {
				watch[c.Name] = w
			}
		}
	}
	return watch
}

// A table is what is done with each system call, by its number.
type table map[int32]*entry

type entry struct {
	name   string
	decide []Decider
	watch  []Watcher
	slow   bool
	// last is the answer where nobody decides. Where that is an errno, the kernel must
	// never be let go on: what it would judge by then, nothing but the supervisor holds.
	last notify.Answer
	// mayContinue is for bind(2) all the same, since where a file may be made Landlock
	// judges, for socket(2), whose arguments stand in registers, and for listen(2) where
	// every socket that there is may listen.
	mayContinue bool
}

// newTable makes the table for the calls that s has trapped and the features, the
// first of which is asked first.
func newTable(s *spec.Spec, features []Feature) (table, error) {
	t := table{}
	byName := map[string]*entry{}
	for _, trap := range s.Supervise {
		for _, c := range seccomp.Trapped(trap) {
			e := byName[c.Name]
			if e == nil {
				e = &entry{name: c.Name, last: notify.Continue()}
				byName[c.Name] = e
			}
			if a := undecided(trap); !a.Continues() {
				e.last = a // the stricter of two groups
				e.mayContinue = c.Name == "bind" || c.Name == "socket" || c.Name == "listen"
			}
			if n, ok := c.Number(runtime.GOARCH); ok {
				t[int32(n)] = e
			}
		}
	}
	for _, f := range features {
		for name, d := range f.Decide {
			e := byName[name]
			if e == nil {
				return nil, &fault.Error{Do: "supervise", Err: fault.Text(f.Name + " is to decide about " + name + ", which is not trapped")}
			}
			e.decide, e.slow = append(e.decide, d), e.slow || f.Slow
		}
		for name, w := range f.Watch {
			e := byName[name]
			if e == nil {
				return nil, &fault.Error{Do: "supervise", Err: fault.Text(f.Name + " is to watch " + name + ", which is not trapped")}
			}
			e.watch = append(e.watch, w)
		}
	}
	return t, nil
}

// undecided is the answer to a call of a group about which no feature says anything.
// Where Landlock judges the call, the kernel goes on as without a supervisor. Unix
// sockets exist only because there is one.
func undecided(t spec.Trap) notify.Answer {
	switch t {
	case spec.TrapSockets:
		return notify.Errno(unix.EACCES)
	case spec.TrapHeldMetadata: // which only the supervisor judges
		return notify.Errno(unix.EPERM)
	}
	return notify.Continue()
}

// answer finds the answer to a call and tells the watchers, each when the time is.
func (e *entry) answer(c *Call, send func(notify.Answer)) {
	var told []func(notify.Answer)
	for _, watch := range e.watch {
		if f := watch(c); f != nil {
			told = append(told, f)
		}
	}
	a := e.last
	for _, decide := range e.decide {
		if found, ok := decide(c); ok {
			a = found
			break
		}
	}
	if a.Continues() && !e.last.Continues() && !e.mayContinue {
		a = e.last
	}
	for _, f := range told {
		f(a)
	}
	send(a)
}
