package grants

import (
	"encoding/json"
	"net"
	"os"
	"strconv"
	"sync"
	"testing"

	"github.com/nono-sandbox/nono/core/ask"
	"golang.org/x/sys/unix"
)

// answering returns a Person whose every question is answered with a, and what was asked.
func answering(t *testing.T, a ask.Answer) (*Person, func() []string) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	theirs := os.NewFile(uintptr(fds[1]), "theirs")
	other, err := net.FileConn(theirs)
	theirs.Close()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	var mu sync.Mutex
	var asked []string
	go func() {
		in, out := json.NewDecoder(other), json.NewEncoder(other)
		for {
			var m ask.Message
			if in.Decode(&m) != nil {
				return
			}
			if m.Question == nil {
				continue
			}
			mu.Lock()
			asked = append(asked, m.Question.Thing)
			mu.Unlock()
			a := a
			a.ID = m.Question.ID
			out.Encode(ask.Message{Answer: &a})
		}
	}()
	return NewPerson(os.NewFile(uintptr(fds[0]), "ours"), 30, "run", ""), func() []string {
		mu.Lock()
		defer mu.Unlock()
		return asked
	}
}

// TestOneQuestion: however many calls want the same, and whenever they come, one question
// is put where its answer is for the rest of the run.
func TestOneQuestion(t *testing.T) {
	p, asked := answering(t, ask.Answer{Yes: true, For: ask.Run})
	var mu sync.Mutex
	granted := map[string]bool{}
	call := func(about subject) {
		for {
			seen := p.seen()
			mu.Lock()
			has := granted[about.things]
			mu.Unlock()
			if has {
				return
			}
			o, w := p.ask(about, seen, func() *ask.Question { return &ask.Question{Thing: about.things, File: "file"} }, func() bool { return true })
			switch o {
			case again:
				continue
			case no:
				t.Error("the answer is no")
				return
			}
			mu.Lock()
			granted[about.things] = true
			mu.Unlock()
			p.remember(w)
			return
		}
	}
	const things, calls = 30, 50 // fewer questions than mostAMinute
	for i := range things {
		var all sync.WaitGroup
		for range calls {
			all.Go(func() { call(subject{"read\x00/a\x00", strconv.Itoa(i)}) })
		}
		all.Wait()
		if got := len(asked()); got != i+1 {
			t.Fatalf("after %d things %d questions: %q", i+1, got, asked())
		}
	}
	if len(p.pending) != 0 || p.open != 0 {
		t.Errorf("%d questions are left, %d open", len(p.pending), p.open)
	}
}

// TestAnswerIsAboutOneThing: a call about another thing at the same path does not ride on
// the answer, and an answer for once is for those who waited.
func TestAnswerIsAboutOneThing(t *testing.T) {
	p, asked := answering(t, ask.Answer{Yes: true, For: ask.Once})
	ask1 := func(thing string) outcome {
		o, _ := p.ask(subject{"read\x00/a\x00", thing}, p.seen(), func() *ask.Question { return &ask.Question{Thing: thing, File: "file"} }, func() bool { return true })
		return o
	}
	for i, thing := range []string{"1", "1", "2"} {
		if o := ask1(thing); o != yes || len(asked()) != i+1 {
			t.Errorf("%s: outcome %d after %d questions", thing, o, len(asked()))
		}
	}
}

// TestNoIsAboutThePath: after a no nothing else at the path is asked about for a while, so
// that a file that is replaced again and again makes no flood.
func TestNoIsAboutThePath(t *testing.T) {
	p, asked := answering(t, ask.Answer{})
	for _, thing := range []string{"1", "2"} {
		if o, _ := p.ask(subject{"read\x00/a\x00", thing}, p.seen(), func() *ask.Question { return &ask.Question{Thing: thing} }, func() bool { return true }); o != no {
			t.Errorf("%s: outcome %d", thing, o)
		}
	}
	if len(asked()) != 1 {
		t.Errorf("asked about %q", asked())
	}
}
