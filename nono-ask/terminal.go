package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/nono-sandbox/nono/core/ask"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/shellquote"
	"golang.org/x/sys/unix"
)

// A terminal shows one question after the other.
type terminal struct {
	out   io.Writer
	in    *os.File
	lines chan string // what is typed; closed at its end
	news  chan news
	runs  map[string]*ask.Conn
	open  []asked
}

// asked is a question and where it came from.
type asked struct {
	*ask.Question
	run string
}

// news is a message of a run, or that the run is over.
type news struct {
	run string
	ask.Message
	over bool
}

func newTerminal(in *os.File, out io.Writer) *terminal {
	t := &terminal{out: out, in: in, lines: make(chan string), news: make(chan news), runs: map[string]*ask.Conn{}}
	go func() {
		s := bufio.NewScanner(in)
		for s.Scan() {
			t.lines <- s.Text()
		}
		close(t.lines)
	}()
	return t
}

// watch shows questions until nothing more can be typed; with once, until none is open.
func (t *terminal) watch(once bool) error {
	if err := t.find(); err != nil {
		return err
	}
	if !once {
		t.say("waiting for questions of nono run --ask; Ctrl-C ends this\n")
	}
	idle := time.NewTicker(time.Second)
	defer idle.Stop()
	patience := 2 // how long a question may take to arrive
	for {
		select {
		case n := <-t.news:
			t.take(n)
		case _, typed := <-t.lines:
			if !typed {
				return nil
			}
			continue // it was typed to nothing
		case <-idle.C:
			if err := t.find(); err != nil {
				return err
			}
			if patience--; once && patience <= 0 {
				return nil
			}
		}
		for len(t.open) > 0 {
			if !t.put(t.open[0]) {
				return nil
			}
			patience = 1
		}
		if once && patience == 1 {
			return nil
		}
	}
}

// find connects to runs that have begun.
func (t *terminal) find() error {
	paths, err := ask.Runs()
	if err != nil {
		return err
	}
	for _, path := range paths {
		if t.runs[path] != nil {
			continue
		}
		c, err := ask.Dial(path)
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ECONNREFUSED) {
			continue // it has just ended, or is not ready
		}
		if err != nil {
			return &fault.Error{Do: "ask for questions", Path: path, Err: err}
		}
		t.runs[path] = c
		go func() {
			for {
				m, err := c.Receive()
				t.news <- news{path, m, err != nil}
				if err != nil {
					return
				}
			}
		}()
	}
	return nil
}

// take notes news, and reports whether the question that is shown is over.
func (t *terminal) take(n news) {
	switch {
	case n.over:
		t.runs[n.run].Close()
		delete(t.runs, n.run)
		t.drop(func(q asked) bool { return q.run == n.run })
	case n.Question != nil:
		t.open = append(t.open, asked{n.Question, n.run})
	case n.Over != 0:
		t.drop(func(q asked) bool { return q.run == n.run && q.ID == n.Over })
	case n.Note != "":
		t.say(n.Note + "\n")
	}
}

func (t *terminal) drop(gone func(asked) bool) {
	var left []asked
	for _, q := range t.open {
		if !gone(q) {
			left = append(left, q)
		}
	}
	t.open = left
}

// put shows a question and waits until it is answered or over. It returns false where
// nothing more can be typed.
func (t *terminal) put(q asked) bool {
	t.say(shown(q.Question, len(t.open)-1))
	// What was typed before the question was there is no answer to it.
	forget(int(t.in.Fd()))
	t.say("> ")
	for {
		select {
		case line, typed := <-t.lines:
			if !typed {
				return false
			}
			a, problem := parse(q.Question, line)
			if problem != "" {
				t.say(problem + "\n> ")
				continue
			}
			if conn := t.runs[q.run]; conn != nil {
				conn.Send(ask.Message{Answer: &a})
			}
			t.drop(func(o asked) bool { return o == q })
			return true
		case n := <-t.news:
			t.take(n)
			if !t.has(q) {
				said := n.Said
				if said == "" {
					said = "the run is over"
				}
				t.say("\n(" + said + ")\n")
				return true
			}
		}
	}
}

func (t *terminal) has(q asked) bool {
	for _, o := range t.open {
		if o == q {
			return true
		}
	}
	return false
}

// say writes what stands for itself on a terminal, whatever it is made of.
func (t *terminal) say(text string) { io.WriteString(t.out, fault.Plain(text)) }

// shown is a question as a person reads it.
func shown(q *ask.Question, more int) string {
	var b strings.Builder
	b.WriteString("\n--- " + q.Run + "\n")
	if q.Protected != "" {
		b.WriteString("PROTECTED: " + q.Protected + "\n")
	}
	b.WriteString(process(q.Asker) + "\n  wants to " + op(q) + " " + shellquote.Quote(q.About()))
	if q.To != "" {
		b.WriteString(" " + shellquote.Quote(q.To))
	}
	b.WriteString("  (" + q.Thing + ")\n  refused: " + q.Why + "\n")
	if q.Reason != "" {
		b.WriteString("  it says: " + shellquote.Quote(q.Reason) + "\n")
	}
	if q.Asker.Dir != "" {
		b.WriteString("  in " + shellquote.Quote(q.Asker.Dir) + "\n")
	}
	for _, p := range q.Parents {
		b.WriteString("  started by " + process(p) + "\n")
	}
	if q.Note != "" {
		b.WriteString("  " + q.Note + "\n")
	}
	b.WriteString(choices(q))
	if more > 0 {
		b.WriteString("(" + strconv.Itoa(more) + " more after this)\n")
	}
	return b.String()
}

// op is what is done, in words.
func op(q *ask.Question) string {
	if q.Host != "" {
		return "connect to"
	}
	return strings.ReplaceAll(q.Op, "-", " ")
}

// choices are the answers that fit a question.
func choices(q *ask.Question) string {
	text := "  y  yes, once\n"
	if q.Word != "" {
		text = "  " + q.Word + "  (the whole word) yes, once\n"
		if q.File != "" {
			text += "  " + q.Word + " run  " + q.File + ", for this run\n"
		}
		return text + "  n  no   N  no, and never again in this run   (no answer in " + strconv.Itoa(q.Seconds) + "s is no)\n"
	}
	if q.File != "" {
		text += "  r  " + q.File + ", for this run\n"
	}
	if q.Dir != "" {
		all := ", all of it"
		if q.Host != "" {
			all = ", every port"
		}
		text += "  d  " + q.Dir + all + ", for this run\n"
	}
	if q.Profile != "" && q.File != "" {
		text += "  a  " + q.File + ", always: into the profile " + shellquote.Quote(q.Profile) + "\n"
	}
	if q.Profile != "" && q.Dir != "" {
		text += "  D  " + q.Dir + ", always: into the profile " + shellquote.Quote(q.Profile) + "\n"
	}
	return text + "  n  no   N  no, and never again in this run   (no answer in " + strconv.Itoa(q.Seconds) + "s is no)\n"
}

// parse reads an answer.
func parse(q *ask.Question, line string) (ask.Answer, string) {
	a := ask.Answer{ID: q.ID}
	word, how, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch {
	case word == "n" || word == "no" || word == "":
		return a, ""
	case word == "N":
		a.Never = true
		return a, ""
	case q.Word != "":
		a.Yes, a.Word, a.For = true, word, ask.Once
		if how == ask.Run {
			a.For = ask.Run
		}
	default:
		letter := map[string]ask.Answer{"y": {For: ask.Once}, "yes": {For: ask.Once}, "r": {For: ask.Run}, "d": {For: ask.Run, Dir: true},
			"a": {For: ask.Always}, "D": {For: ask.Always, Dir: true}}
		l, ok := letter[word]
		if !ok {
			return a, "that is none of the answers"
		}
		a.Yes, a.For, a.Dir = true, l.For, l.Dir
	}
	return a, q.Fits(a)
}

// process is a process in one line.
func process(p ask.Process) string {
	text := shellquote.Quote(p.Program)
	if len(p.Argv) > 0 {
		text = shellquote.Words(p.Argv)
	}
	if len(text) > 300 {
		text = text[:300] + "…"
	}
	return text + " (" + strconv.Itoa(p.PID) + ")"
}
