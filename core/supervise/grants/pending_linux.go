package grants

import (
	"strings"
	"time"

	"github.com/nono-sandbox/nono/core/ask"
)

// outcome is what comes of asking.
type outcome uint8

const (
	no outcome = iota
	yes
	again // something was granted meanwhile: decide anew
)

// A subject is what a question is about.
type subject struct {
	what string // the operation and the paths, or the host
	// things are which things lie at the paths: an answer is about these alone.
	things string
}

// pending is a question that waits for its answer, and the calls that wait for it.
type pending struct {
	question *ask.Question
	about    subject
	waiting  int
	done     chan struct{}
	outcome  outcome
	answer   ask.Answer
	settled  bool // done is closed
	claimed  bool // see Person.first
}

// settle ends a question. p.mu is held. Whoever comes later finds a yes for more than one
// call here, until it is remembered.
func (p *Person) settle(q *pending, o outcome, said string) {
	if q.settled {
		return
	}
	if o != yes || q.answer.For != ask.Run && q.answer.For != ask.Always {
		delete(p.pending, q.about)
	}
	p.open--
	q.outcome, q.settled = o, true
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

// unseen stands for Person.seen of a caller that does not look again at what is granted.
const unseen = ^uint64(0)

// seen is to be taken before a look at what is granted: see join.
func (p *Person) seen() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.remembered
}

// first reports whether nobody has done what is to be done once for an answer.
func (p *Person) first(w *pending) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	claimed := w.claimed
	w.claimed = true
	return !claimed
}

// remember tells that calls which look from now on find what an answer has granted.
func (p *Person) remember(w *pending) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pending[w.about] == w {
		delete(p.pending, w.about)
		p.remembered++
	}
}

// ask asks once for all that want the same, and waits for the answer, or until nobody
// waits any more: valid says of this caller whether it does. With a yes it returns the
// question.
func (p *Person) ask(about subject, seen uint64, put func() *ask.Question, valid func() bool) (outcome, *pending) {
	w, o := p.join(about, seen, put)
	if w == nil {
		return o, nil
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	deadline := time.NewTimer(time.Duration(p.seconds) * time.Second)
	defer deadline.Stop()
	for {
		select {
		case <-w.done:
			if w.outcome != yes {
				return w.outcome, nil
			}
			return yes, w
		case <-deadline.C:
			p.mu.Lock()
			if !w.settled {
				p.unanswered(w)
			}
			p.mu.Unlock()
		case <-tick.C:
			if valid() {
				continue
			}
			p.leave(w)
			return no, nil
		}
	}
}

// unanswered ends a question whose time is over. p.mu is held.
func (p *Person) unanswered(w *pending) {
	p.refused[w.about.what] = time.Now()
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

// join finds the question about something, or puts it. With none it returns no, or again
// where an answer was remembered after the caller has seen what is granted.
func (p *Person) join(about subject, seen uint64, put func() *ask.Question) (*pending, outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w := p.pending[about]; w != nil {
		w.waiting++
		return w, yes
	}
	if seen != unseen && p.remembered != seen {
		return nil, again
	}
	now := time.Now()
	if at, ok := p.refused[about.what]; ok && now.Sub(at) < rememberedNo || p.never[pathOf(about.what)] || p.gone || now.Before(p.quietUntil) || p.open >= mostPending {
		return nil, no
	}
	for len(p.asked) > 0 && now.Sub(p.asked[0]) > time.Minute {
		p.asked = p.asked[1:]
	}
	if len(p.asked) >= mostAMinute {
		p.quietUntil = now.Add(quiet)
		p.conn.Send(ask.Message{Note: "too many questions: for a minute everything is refused without one"})
		return nil, no
	}
	if len(p.refused) > 10000 { // all of it is old, or a storm
		clear(p.refused)
	}
	q := put()
	p.last++
	q.ID, q.Run, q.Seconds = p.last, p.run, p.seconds
	if q.Protected == "" {
		q.Profile = p.profile
	}
	if err := p.conn.Send(ask.Message{Question: q}); err != nil {
		return nil, no
	}
	p.asked = append(p.asked, now)
	w := &pending{question: q, about: about, waiting: 1, done: make(chan struct{})}
	p.pending[about] = w
	p.open++
	return w, yes
}

// pathOf is the path in what a question is about.
func pathOf(what string) string {
	_, rest, _ := strings.Cut(what, "\x00")
	path, _, _ := strings.Cut(rest, "\x00")
	return path
}
