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
// Rule: a supervisor never makes the domain of the command wider. So a Decider has three
// answers. It returns notify.Continue only if Landlock and the filter decide about the
// arguments, whatever the caller has made of them meanwhile. It fails the call. Or it
// performs the operation itself, with its own copy of the arguments, and returns the result.
type Decider func(*Call) (a notify.Answer, decided bool)

// A Watcher looks at a call and changes nothing. It may return a function, which is called
// with the answer just before the answer is sent. So the log has the call before the caller
// goes on.
type Watcher func(*Call) func(notify.Answer)

// A Feature is one feature that needs a supervisor.
type Feature struct {
	Name string // for messages about the supervisor itself
	// Decide and Watch have handlers by the names of system calls. Each call must be in a
	// group of Spec.Supervise.
	Decide map[string]Decider
	Watch  map[string]Watcher
	// Slow: a Decider may wait. Then several calls are answered at the same time.
	Slow bool
}

// Watching returns a Watch with a watcher for each call of the groups in s.Supervise. by
// returns the watcher of a group, or nil.
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

// A table has an entry for each system call, by its number.
type table map[int32]*entry

type entry struct {
	name   string
	decide []Decider
	watch  []Watcher
	slow   bool
	// last is the answer if no feature decides. If it is an errno, no feature may answer
	// Continue: only the supervisor refuses this call, and the kernel would allow it.
	last notify.Answer
	// mayContinue is an exception: for bind(2), because Landlock decides where a file may be
	// made; for socket(2), because its arguments are in registers; and for listen(2), if
	// every socket may listen.
	mayContinue bool
}

// newTable makes the table for the groups in s.Supervise. The features decide in their
// order.
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

// undecided returns the answer for a call of a group if no feature decides. If Landlock
// decides about the call, the kernel goes on as without a supervisor. Unix sockets are
// allowed only because there is a supervisor, so their calls fail.
func undecided(t spec.Trap) notify.Answer {
	switch t {
	case spec.TrapSockets:
		return notify.Errno(unix.EACCES)
	case spec.TrapHeldMetadata: // which only the supervisor judges
		return notify.Errno(unix.EPERM)
	}
	return notify.Continue()
}

// answer finds the answer to a call. It calls the watchers before and after.
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
