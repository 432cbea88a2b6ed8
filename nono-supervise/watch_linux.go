package main

import (
	"os"
	"strconv"

	"github.com/mattn/go-isatty"
	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/conceal"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/observe"
	"github.com/nono-sandbox/nono/core/supervise/process"
	"github.com/nono-sandbox/nono/core/supervise/summary"
	"golang.org/x/sys/unix"
)

// watch is what is told about a run: to the log, and at the end.
type watch struct {
	log     *audit.Log       // or nil
	summary *summary.Summary // or nil
	// connects tells that the log has connections too.
	connects bool
	secrets  secrets // are told to nobody
}

// newWatch begins to watch, if that is asked for, and returns the feature that does.
func (o *options) newWatch(s *spec.Spec) (*watch, []supervise.Feature, error) {
	w := &watch{secrets: secretValues(o.secrets)}
	if o.summary == "" && !o.silent && (o.explain || isatty.IsTerminal(2)) {
		o.summary = "text"
	}
	if o.summary == "text" || o.summary == "json" {
		w.summary = &summary.Summary{}
	}
	if o.audit.path == "" && (w.summary == nil || !s.Traps(spec.TrapNames) && !s.Traps(spec.TrapHosts)) {
		return &watch{}, nil, nil
	}
	if o.audit.path == "" && !s.Traps(spec.TrapNames) {
		return w, nil, nil // the network alone is looked at, by who makes its connections
	}
	hide, err := conceal.Secrets()
	if err != nil {
		return nil, nil, err
	}
	support, err := kernel.Detect()
	if err != nil {
		return nil, nil, err
	}
	managed, err := cli.ReadPolicies("linux") // what they forbid is no advice
	if err != nil {
		return nil, nil, err
	}
	level := audit.LevelRefused
	if o.audit.path != "" {
		level = o.audit.level
		w.connects = level.Includes(audit.LevelExec)
		named := *o
		named.argv = hide(o.argv)
		w.log = newLog(&named, s)
	}
	protected := newProtections()
	observer := observe.New(s, support.ABI, protected.host, managed, protected.at, level, hide, w.tell)
	return w, []supervise.Feature{observer.Feature(s)}, nil
}

// listener is tell, or nil where there is nobody to tell.
func (w *watch) listener() func(audit.Event) {
	if w.log == nil && w.summary == nil {
		return nil
	}
	return w.tell
}

func (w *watch) tell(e audit.Event) {
	e = w.secrets.hide(e)
	if w.summary != nil {
		w.summary.Add(e)
	}
	if w.log != nil && (e.Kind != audit.Connected || w.connects) {
		w.log.Write(e)
	}
}

// left returns what is to hear of the programs that outlive the command, or nil where
// nobody is told of anything at the end.
func (w *watch) left(o *options) func([]string) {
	if o.summary != "text" && o.summary != "json" {
		return nil
	}
	return func(programs []string) {
		if w.summary != nil {
			w.summary.Left(programs)
		}
		if o.summary == "json" {
			return
		}
		const most = 5
		text, more := "", len(programs)-most
		for i, p := range programs[:min(most, len(programs))] {
			if i > 0 {
				text += ", "
			}
			text += fault.Quote(p)
		}
		if more > 0 {
			text += " and " + strconv.Itoa(more) + " more"
		}
		said := "nono: notice: the command has left running: " + text + " (ended with the command; --wait-all waits)\n"
		if o.waitAll {
			said = "nono: notice: waiting for what the command has left running: " + text + " (--wait-all)\n"
		}
		os.Stderr.WriteString(said)
	}
}

// end tells how the run ended.
func (w *watch) end(o *options, s *spec.Spec, end process.End) {
	if w.log != nil {
		endLog(w.log, end)
	}
	switch {
	case w.summary == nil:
	case o.summary == "json":
		unix.Write(2, w.summary.JSON())
	default:
		whole := s.Traps(spec.TrapOpens) || !s.Traps(spec.TrapNames)
		text := w.summary.Text(whole)
		if text == "" && !whole && w.log != nil && (end.Status != 0 || end.Signal != 0) {
			// Who looks into the log for what went wrong should know what it lacks.
			text = "nono: notice: nothing is in the log as refused; what is only read is not looked at (--audit-level all does that)\n"
		}
		os.Stderr.WriteString(text)
	}
}
