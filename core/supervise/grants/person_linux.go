package grants

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/nono-sandbox/nono/core/ask"
	"github.com/nono-sandbox/nono/core/spec"
)

// Bounds of what a person is asked. Beyond them the answer is no.
const (
	mostPending  = 8                // questions that wait at a time
	mostAMinute  = 40               // new questions
	mostIgnored  = 5                // questions one after the other that nobody answers
	quiet        = time.Minute      // for how long nothing is asked after such a storm
	rememberedNo = 60 * time.Second // for how long a no holds for the same thing
)

// outcome is what comes of asking.
type outcome uint8

const (
	no outcome = iota
	yes
	again // something was granted meanwhile: decide anew
)

// A Person is who is asked, by way of a process outside of all domains.
type Person struct {
	conn    *ask.Conn
	seconds int
	run     string
	profile string

	mu      sync.Mutex
	last    uint64
	pending map[string]*pending // by what it is about
	refused map[string]time.Time
	never   map[string]bool // by the path
	// asked are the times of the last questions, ignored counts those without an answer,
	// and quietUntil ends a storm.
	asked      []time.Time
	ignored    int
	quietUntil time.Time
	gone       bool
}

// pending is a question that waits for its answer, and the calls that wait for it.
type pending struct {
	question *ask.Question
	key      string
	waiting  int
	done     chan struct{}
	outcome  outcome
	answer   ask.Answer
}

// NewPerson asks over conn, which is an open socket. No answer within so many seconds is
// no. profile is where "always" writes; run is the command, for the person.
func NewPerson(conn *os.File, seconds int, run, profile string) *Person {
	p := &Person{conn: ask.NewConn(conn), seconds: seconds, run: run, profile: profile,
		pending: map[string]*pending{}, refused: map[string]time.Time{}, never: map[string]bool{}}
	go p.receive()
	return p
}

// receive takes the answers. Where the process that asks is gone, everything is no.
func (p *Person) receive() {
	for {
		m, err := p.conn.Receive()
		if err != nil {
			break
		}
		if m.Answer != nil {
			p.take(*m.Answer)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone = true
	for _, q := range p.pending {
		p.settle(q, no, "")
	}
}

// take settles the question that an answer is to, unless it does not fit that.
func (p *Person) take(a ask.Answer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, q := range p.pending {
		if q.question.ID != a.ID {
			continue
		}
		p.ignored = 0
		if q.question.Fits(a) != "" {
			a = ask.Answer{ID: a.ID}
		}
		q.answer = a
		if a.Yes {
			p.settle(q, yes, "answered: yes")
			return
		}
		p.refused[q.key] = time.Now()
		p.never[pathOf(q.key)] = p.never[pathOf(q.key)] || a.Never
		p.settle(q, no, "answered: no")
		return
	}
}

// settle ends a question. p.mu is held.
func (p *Person) settle(q *pending, o outcome, said string) {
	if p.pending[q.key] != q {
		return
	}
	delete(p.pending, q.key)
	q.outcome = o
	close(q.done)
	if said != "" {
		p.conn.Send(ask.Message{Over: q.question.ID, Said: said})
	}
}

// granted ends the other questions about what lies beneath dir, which are decided anew.
func (p *Person) granted(dir string) {
	p.decideAnew(func(q *ask.Question) bool {
		return q.Host == "" && strings.HasPrefix(q.RealPath(), strings.TrimSuffix(dir, "/")+"/")
	})
}

func (p *Person) decideAnew(is func(*ask.Question) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, q := range p.pending {
		if is(q.question) {
			p.settle(q, again, "decided by another answer")
		}
	}
}

// ask asks once for all that want the same, and waits for the answer, or until nobody
// waits any more: valid says of this caller whether it does.
func (p *Person) ask(key string, about func() *ask.Question, valid func() bool) (o outcome, a ask.Answer, q *ask.Question) {
	w := p.join(key, about)
	if w == nil {
		return no, ask.Answer{}, nil
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	deadline := time.NewTimer(time.Duration(p.seconds) * time.Second)
	defer deadline.Stop()
	for {
		select {
		case <-w.done:
			return w.outcome, w.answer, w.question
		case <-deadline.C:
			p.mu.Lock()
			if p.pending[key] == w {
				p.unanswered(w)
			}
			p.mu.Unlock()
		case <-tick.C:
			if valid() {
				continue
			}
			p.leave(w)
			return no, ask.Answer{}, nil
		}
	}
}

// unanswered ends a question whose time is over. p.mu is held.
func (p *Person) unanswered(w *pending) {
	p.refused[w.key] = time.Now()
	if p.ignored++; p.ignored >= mostIgnored {
		p.ignored, p.quietUntil = 0, time.Now().Add(quiet)
		p.conn.Send(ask.Message{Note: "nobody answers: for a minute everything is refused without a question"})
	}
	p.settle(w, no, "no answer in time, so no")
}

// leave takes one caller away from a question, which ends with the last of them.
func (p *Person) leave(w *pending) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w.waiting--; w.waiting == 0 {
		p.settle(w, no, "whoever asked is gone")
	}
}

// join finds the question about key, or puts it; nil where the answer is no.
func (p *Person) join(key string, about func() *ask.Question) *pending {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w := p.pending[key]; w != nil {
		w.waiting++
		return w
	}
	now := time.Now()
	if at, ok := p.refused[key]; ok && now.Sub(at) < rememberedNo || p.never[pathOf(key)] || p.gone || now.Before(p.quietUntil) || len(p.pending) >= mostPending {
		return nil
	}
	for len(p.asked) > 0 && now.Sub(p.asked[0]) > time.Minute {
		p.asked = p.asked[1:]
	}
	if len(p.asked) >= mostAMinute {
		p.quietUntil = now.Add(quiet)
		p.conn.Send(ask.Message{Note: "too many questions: for a minute everything is refused without one"})
		return nil
	}
	if len(p.refused) > 10000 { // all of it is old, or a storm
		clear(p.refused)
	}
	q := about()
	p.last++
	q.ID, q.Run, q.Seconds = p.last, p.run, p.seconds
	if q.Protected == "" {
		q.Profile = p.profile
	}
	if err := p.conn.Send(ask.Message{Question: q}); err != nil {
		return nil
	}
	p.asked = append(p.asked, now)
	w := &pending{question: q, key: key, waiting: 1, done: make(chan struct{})}
	p.pending[key] = w
	return w
}

// save has a yes for always written into the profile.
func (p *Person) save(wholeDir bool, file, dir spec.Kind, path string, isDir bool) {
	l := ask.Line{Word: file.String(), Path: []byte(path)}
	if wholeDir {
		l = ask.Line{Word: dir.String(), Path: []byte(dirOf(path, isDir))}
	}
	p.conn.Send(ask.Message{Save: &l})
}

// pathOf is the path in a key.
func pathOf(key string) string {
	_, rest, _ := strings.Cut(key, "\x00")
	path, _, _ := strings.Cut(rest, "\x00")
	return path
}

// tooWide reports whether dir is far more than a directory of its own: a home, or what
// holds homes.
func tooWide(dir string) bool {
	home := os.Getenv("HOME")
	return dir == "/" || filepath.Dir(dir) == "/" || home != "" && (dir == home || strings.HasPrefix(home+"/", dir+"/"))
}
