package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"time"

	"github.com/nono-sandbox/nono/core/ask"
	"github.com/nono-sandbox/nono/core/fault"
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
