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

// A Person is who is asked, by way of a process outside of all domains.
type Person struct {
	conn    *ask.Conn
	seconds int
	run     string
	profile string

	mu   sync.Mutex
	last uint64
	// pending are the questions that wait, by what they are about and which things these
	// are; and those with a yes for more than one call until that is remembered.
	pending map[subject]*pending
	open    int // of pending: without an answer
	// remembered counts the answers that were.
	remembered uint64
	refused    map[string]time.Time
	never      map[string]bool // by the path
	// asked are the times of the last questions, ignored counts those without an answer,
	// and quietUntil ends a storm.
	asked      []time.Time
	ignored    int
	quietUntil time.Time
	gone       bool
}

// NewPerson asks over conn, which is an open socket. No answer within so many seconds is
// no. profile is where "always" writes; run is the command, for the person.
func NewPerson(conn *os.File, seconds int, run, profile string) *Person {
	p := &Person{conn: ask.NewConn(conn), seconds: seconds, run: run, profile: profile,
		pending: map[subject]*pending{}, refused: map[string]time.Time{}, never: map[string]bool{}}
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
		if q.question.ID != a.ID || q.settled {
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
		p.refused[q.about.what] = time.Now()
		path := pathOf(q.about.what)
		p.never[path] = p.never[path] || a.Never
		p.settle(q, no, "answered: no")
		return
	}
}

// save has a yes for always written into the profile.
func (p *Person) save(wholeDir bool, file, dir spec.Kind, path string, isDir bool) {
	l := ask.Line{Word: file.String(), Path: []byte(path)}
	if wholeDir {
		l = ask.Line{Word: dir.String(), Path: []byte(dirOf(path, isDir))}
	}
	p.conn.Send(ask.Message{Save: &l})
}

// tooWide reports whether dir is far more than a directory of its own: a home, or what
// holds homes.
func tooWide(dir string) bool {
	home := os.Getenv("HOME")
	return dir == "/" || filepath.Dir(dir) == "/" || home != "" && (dir == home || strings.HasPrefix(home+"/", dir+"/"))
}
