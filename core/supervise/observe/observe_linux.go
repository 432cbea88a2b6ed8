package observe

import (
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/attempt"
	"github.com/nono-sandbox/nono/core/supervise/caller"
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"golang.org/x/sys/unix"
)

// An Observer makes events of calls.
type Observer struct {
	judge *judge
	level audit.Level
	tell  func(audit.Event)
	// conceal shortens the arguments that look like secrets.
	conceal func([]string) []string
	// hosts tells that who makes connections of the internet tells of them too.
	hosts bool
}

// New returns an Observer for the sandbox of s on a kernel with that Landlock ABI. It
// makes the rules for s now, as the shim does. wide returns a spec that denies what is
// protected at a path, whether or not s grants anything there, or nil; it is asked once
// at a time. host and managed, the policies of the machine, are for advice, and may be nil. tell gets the events of level and may be
// called from several goroutines.
func New(s *spec.Spec, abi int, host *policy.Host, managed *policy.Managed, wide func(path string) *spec.Spec, level audit.Level, conceal func([]string) []string, tell func(audit.Event)) *Observer {
	return &Observer{judge: newJudge(s, abi, host, managed, wide), level: level, tell: tell, conceal: conceal, hosts: s.Traps(spec.TrapHosts)}
}

// Feature returns the watchers for what s has trapped.
func (o *Observer) Feature(s *spec.Spec) supervise.Feature {
	return supervise.Feature{Name: "the log", Watch: supervise.Watching(s, func(t spec.Trap) supervise.Watcher {
		switch t {
		case spec.TrapExec:
			return o.exec
		case spec.TrapOpens, spec.TrapWrites, spec.TrapNames:
			return o.path
		case spec.TrapConnects:
			return o.connect
		}
		return nil
	})}
}

// exec tells of a program that is started.
func (o *Observer) exec(c *supervise.Call) func(notify.Answer) {
	a, err := attempt.Of(c)
	if err != nil {
		return nil
	}
	if e := o.refusal(c, &a); e != nil {
		return o.unlessDone(e)
	}
	if !o.level.Includes(audit.LevelExec) || absent(c, &a) {
		return nil
	}
	e := o.about(c)
	e.Kind, e.Path = audit.Exec, a.Path
	e.Argv = o.conceal(c.Argv(mostArguments, mostOfOne))
	return func(notify.Answer) { o.tell(e) }
}

// absent reports whether nothing is there that could be started: a search of PATH
// tries one directory after the other.
func absent(c *supervise.Call, a *attempt.Attempt) bool {
	p, err := c.Caller()
	if err != nil {
		return true
	}
	if a.Path == "" {
		return false // execveat of a descriptor
	}
	n, err := p.Find(a.Dir, a.Path)
	if err != nil {
		return err == unix.ENOENT || err == unix.ENOTDIR
	}
	defer n.Close()
	var st unix.Stat_t
	return unix.Fstatat(n.Dir, n.Base, &st, 0) == unix.ENOENT
}

// path tells of a call with a path, if it is refused or everything is logged.
func (o *Observer) path(c *supervise.Call) func(notify.Answer) {
	a, err := attempt.Of(c)
	if err != nil {
		return nil
	}
	if e := o.refusal(c, &a); e != nil {
		return o.unlessDone(e)
	}
	if !o.level.Includes(audit.LevelAll) {
		return nil
	}
	e := o.about(c)
	e.Kind, e.Op, e.Path, e.To = audit.Changed, string(a.Op), a.Path, a.To
	if a.Opens() {
		e.Kind = audit.Opened
	}
	return func(a notify.Answer) {
		if errno := a.Error(); errno != 0 {
			e.Errno = unix.ErrnoName(errno)
		}
		o.tell(e)
	}
}

// unlessDone tells e where the call was not made in the caller's place after all, as what
// is granted for a time or by an answer is.
func (o *Observer) unlessDone(e *audit.Event) func(notify.Answer) {
	return func(a notify.Answer) {
		if a.Continues() || a.Error() != 0 {
			o.tell(*e)
		}
	}
}

// refusal returns the event of a call that the sandbox will refuse, or nil. a is what it tries.
func (o *Observer) refusal(c *supervise.Call, a *attempt.Attempt) *audit.Event {
	if a.Flags&unix.O_PATH != 0 && (a.Op == query.Read || a.Op == query.List) {
		return nil
	}
	p, err := c.Caller()
	if err != nil {
		return nil
	}
	from, err := p.Find(a.Dir, a.Path)
	if err != nil || strings.HasPrefix(from.Real+"/", "/proc/") {
		return nil // what is not there the sandbox does not refuse
	}
	defer from.Close()
	var to *caller.Name
	if a.Op.Two() {
		if to, err = p.Find(a.ToDir, a.To); err != nil {
			return nil
		}
		defer to.Close()
	}
	v := o.judge.refused(a, from, to)
	if v == nil {
		return nil
	}
	e := o.about(c)
	e.Kind, e.Op, e.Path, e.Errno, e.Reason = audit.Refused, string(a.Op), from.Path(), v.Errno, string(v.Reason)
	if to != nil {
		e.To = to.Path()
	}
	if v.Line != nil {
		e.Line = v.Line.String()
	}
	if v.Suggestion != nil {
		e.Remedy = v.Suggestion.String()
	}
	return &e
}

// about begins an event with who the caller is.
func (o *Observer) about(c *supervise.Call) audit.Event {
	e := c.Event()
	e.Source = audit.Claimed
	return e
}

// most is how many arguments, and how many bytes of one, are told.
const (
	mostArguments = 64
	mostOfOne     = 1024
)

// connect tells of a connection that is asked for. Whether it comes about the
// supervisor does not see.
func (o *Observer) connect(c *supervise.Call) func(notify.Answer) {
	to, ok := c.Address()
	if !ok || o.hosts && to.Internet.IsValid() {
		return nil
	}
	e := o.about(c)
	e.Kind, e.Address = audit.Connected, spelled(to)
	return func(a notify.Answer) {
		if errno := a.Error(); errno != 0 {
			e.Errno = unix.ErrnoName(errno)
		}
		o.tell(e)
	}
}

// spelled writes an address: "192.0.2.1:443", "[2001:db8::1]:443", "unix:/run/s" or
// "unix:@name".
func spelled(a supervise.Address) string {
	switch {
	case a.Internet.IsValid():
		return a.Internet.String()
	case a.Path != "":
		return "unix:" + a.Path
	}
	return "unix:@" + strconv.QuoteToASCII(a.Abstract)
}
