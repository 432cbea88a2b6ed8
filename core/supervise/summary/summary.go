// Package summary says at the end of a run what was refused, and what would have
// allowed it.
package summary

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/fault"
)

// A Refusal is one operation on one path, however often it was tried.
type Refusal struct {
	Op     string `json:"op"`
	Path   string `json:"path,omitempty"`
	To     string `json:"to,omitempty"`
	Host   string `json:"host,omitempty"` // of the network, where Path is empty
	Port   int    `json:"port,omitempty"`
	Errno  string `json:"errno,omitempty"`
	Reason string `json:"reason"`
	Line   string `json:"line,omitempty"`
	Remedy string `json:"remedy,omitempty"`
	Times  int    `json:"times"`
	// Programs are those that tried it.
	Programs []string `json:"programs"`
}

// most is how many different refusals are kept. A command that tries millions of names
// must not fill the supervisor's memory.
const most = 1000

// A Summary gathers refusals. Its methods may be called at the same time.
type Summary struct {
	mu    sync.Mutex
	byKey map[string]*Refusal
	order []*Refusal
	more  int // refusals beyond what is kept
	left  []string
}

// Left keeps the names of the programs that outlive the command.
func (s *Summary) Left(programs []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left = programs
}

// Add takes an event of the log, and keeps what is refused.
func (s *Summary) Add(e audit.Event) {
	if e.Kind != audit.Refused {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := e.Op + "\x00" + e.Path + "\x00" + e.To + "\x00" + e.Host + "\x00" + strconv.Itoa(e.Port)
	r := s.byKey[key]
	if r == nil {
		if len(s.order) >= most {
			s.more++
			return
		}
		if s.byKey == nil {
			s.byKey = map[string]*Refusal{}
		}
		r = &Refusal{Op: e.Op, Path: e.Path, To: e.To, Host: e.Host, Port: e.Port, Errno: e.Errno, Reason: e.Reason, Line: e.Line, Remedy: e.Remedy}
		s.byKey[key] = r
		s.order = append(s.order, r)
	}
	r.Times++
	if e.Program != "" && !slices.Contains(r.Programs, e.Program) && len(r.Programs) < 8 {
		r.Programs = append(r.Programs, e.Program)
	}
}

// JSON is all that was refused, as one object: "refused", and "more" for how many were
// not kept; and "left", the programs that have outlived the command.
func (s *Summary) JSON() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	refused := s.order
	if refused == nil {
		refused = []*Refusal{}
	}
	text, err := json.Marshal(struct {
		Refused []*Refusal `json:"refused"`
		More    int        `json:"more"`
		Remedy  []string   `json:"remedy"`
		Left    []string   `json:"left,omitempty"`
	}{refused, s.more, s.remedies(), s.left})
	if err != nil {
		return nil
	}
	return append(text, '\n')
}

// lines is how many refusals are shown to a person.
const lines = 8

// Text is the summary for a person, or "" where nothing was refused. whole tells that no
// reader need be told that what is only read was not looked at.
func (s *Summary) Text(whole bool) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.order) == 0 {
		return ""
	}
	shown := slices.Clone(s.order)
	slices.SortStableFunc(shown, func(a, b *Refusal) int { return b.Times - a.Times })
	var b strings.Builder
	b.WriteString("nono: notice: the sandbox refused:\n")
	for _, r := range shown[:min(lines, len(shown))] {
		b.WriteString("  " + r.line() + "\n")
	}
	if more := len(shown) - lines + s.more; more > 0 && len(shown) > lines {
		b.WriteString("  and " + strconv.Itoa(more) + " more\n")
	}
	if !whole {
		b.WriteString("  (what is only read is not looked at; --explain does that)\n")
	}
	if flags := s.remedies(); len(flags) > 0 {
		b.WriteString("nono: hint: to allow it: " + strings.Join(flags, " ") + "\n")
		if n := s.without(); n > 0 {
			b.WriteString("  (these flags do not allow " + strconv.Itoa(n) + " of the refused operations; nono why tells the reason)\n")
		}
	}
	return b.String()
}

func (r *Refusal) line() string {
	text := r.Op + " " + fault.Quote(r.Path)
	switch {
	case r.Host != "" && r.Port != 0:
		text = r.Op + " to " + fault.Quote(r.Host) + " port " + strconv.Itoa(r.Port)
	case r.Host != "":
		text = r.Op + " of " + fault.Quote(r.Host)
	case r.To != "":
		text += " to " + fault.Quote(r.To)
	}
	text += ": "
	switch {
	case r.Line != "":
		text += r.Line
	default:
		text += strings.ReplaceAll(r.Reason, "_", " ")
	}
	if r.Times > 1 {
		text += " (" + strconv.Itoa(r.Times) + " times)"
	}
	return text
}

// added reports whether the remedy is a flag to be added.
func (r *Refusal) added() bool { return r.Remedy != "" && !strings.Contains(r.Remedy, "leave out") }

// without counts the refusals that no flag of remedies allows.
func (s *Summary) without() int {
	n := s.more
	for _, r := range s.order {
		if !r.added() {
			n++
		}
	}
	return n
}

// remedies are the flags that would have allowed what there are flags for, each once.
// What another one of them gives as well is left out.
func (s *Summary) remedies() []string {
	flags := []string{}
	for _, r := range s.order {
		if r.added() && !slices.Contains(flags, r.Remedy) {
			flags = append(flags, r.Remedy)
		}
	}
	return slices.DeleteFunc(flags, func(flag string) bool {
		kind, path, _ := strings.Cut(flag, " ")
		return slices.ContainsFunc(flags, func(other string) bool {
			k, p, _ := strings.Cut(other, " ")
			return other != flag && gives(k, kind) && (p == path || strings.HasPrefix(path, p+"/")) && (k != kind || p != path)
		})
	})
}

// gives reports whether the flag a gives on a directory all that b gives there.
func gives(a, b string) bool {
	switch a {
	case "--allow":
		return b == "--allow" || b == "--read" || b == "--write" || b == "--read-file" || b == "--write-file" || b == "--allow-file"
	case "--read":
		return b == "--read" || b == "--read-file"
	case "--write":
		return b == "--write" || b == "--write-file"
	}
	return false
}
