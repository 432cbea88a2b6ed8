package audit

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
)

// A Problem is what is wrong with a log, and where.
type Problem struct {
	Line int // from 1
	What string
}

func (p Problem) String() string { return fmt.Sprintf("line %d: %s", p.Line, p.What) }

// A Run is what a log tells of one run.
type Run struct {
	ID     string
	Events []Event
	Ended  bool
}

// longest is the length of the longest line that is read: a start has a whole spec.
const longest = 64 << 20

// A Reader reads a log and checks it on the way.
type Reader struct {
	scan *bufio.Scanner
	line int
	runs map[string]*chain
	// seen are the digests of all lines so far, one of which a start follows.
	seen map[[sha256.Size]byte]struct{}
	// Last is the digest of the line that was read last; empty before the first.
	Last string
	// Problems are those so far.
	Problems []Problem
	whole    bool // the line that was read last is one of a log
	empty    int  // the number of an empty line behind a whole one that was read last, or 0
}

// chain is where one run has come to.
type chain struct {
	seq   int
	prev  string
	lost  int
	ended bool
}

// NewReader reads a log from r.
func NewReader(r io.Reader) *Reader {
	s := bufio.NewScanner(r)
	s.Buffer(nil, longest)
	return &Reader{scan: s, runs: map[string]*chain{}, seen: map[[sha256.Size]byte]struct{}{}}
}

// Next returns the next event, or io.EOF. A line that is none is a problem, and passed
// over.
func (r *Reader) Next() (Event, error) {
	for r.scan.Scan() {
		r.line++
		if e, ok := r.read(r.scan.Bytes()); ok {
			return e, nil
		}
	}
	r.noEmpty()
	if err := r.scan.Err(); err != nil {
		return Event{}, err
	}
	return Event{}, io.EOF
}

// read takes one line; it is false where that is no event.
func (r *Reader) read(line []byte) (Event, bool) {
	if len(line) == 0 && r.whole {
		r.whole, r.empty = false, r.line
		return Event{}, false
	}
	r.whole = false
	defer r.noEmpty()
	sum := sha256.Sum256(line)
	r.Last = hex.EncodeToString(sum[:])
	defer func() { r.seen[sum] = struct{}{} }()
	var e Event
	if len(line) == 0 {
		r.problem(cutShort)
		return e, false
	}
	if err := json.Unmarshal(line, &e); err != nil || e.Run == "" || e.Seq < 1 {
		r.problem("it is no line of a log")
		return e, false
	}
	if e.Kind == Start {
		// The run began while another was writing the line before, and took that line for
		// one that was cut short.
		r.empty = 0
	}
	r.check(&e)
	r.whole = true
	return e, true
}

// noEmpty takes an empty line for a problem.
func (r *Reader) noEmpty() {
	if r.empty > 0 {
		r.Problems = append(r.Problems, Problem{r.empty, cutShort})
		r.empty = 0
	}
}

const cutShort = "it is empty: the line before was cut short"

func (r *Reader) problem(what string) {
	r.Problems = append(r.Problems, Problem{r.line, what})
}

// check holds an event, whose line is the last one, against the one before it in its run.
func (r *Reader) check(e *Event) {
	c := r.runs[e.Run]
	if c == nil {
		c = &chain{}
		r.runs[e.Run] = c
		switch {
		case e.Kind != Start || e.Seq != 1:
			r.problem("the run " + e.Run + " does not begin here: lines before are missing")
		case !r.follows(e.Prev):
			r.problem("the run " + e.Run + " began after a line that is missing or was changed")
		}
		c.seq, c.prev, c.lost = e.Seq-1, e.Prev, e.Lost
	}
	switch {
	case c.ended:
		r.problem("the run " + e.Run + " has ended already")
	case e.Prev != c.prev:
		r.problem("it does not follow the line before of its run: one of the two was changed, or lines between are missing")
	case e.Seq != c.seq+1+e.Lost-c.lost:
		r.problem("its number does not follow")
	}
	if e.Lost > c.lost {
		r.problem(fmt.Sprintf("%d lines before could not be written at the time", e.Lost-c.lost))
	}
	c.seq, c.prev, c.lost, c.ended = e.Seq, r.Last, e.Lost, e.Kind == End
}

// follows reports whether a start with that digest may be here: it is that of a line
// before, or empty, because the start's writer could not read the file.
func (r *Reader) follows(prev string) bool {
	var sum [sha256.Size]byte
	if prev == "" {
		return true
	}
	if n, err := hex.Decode(sum[:], []byte(prev)); err != nil || n != len(sum) || len(prev) != 2*len(sum) {
		return false
	}
	_, ok := r.seen[sum]
	return ok
}

// Open returns the runs that have not ended, in no order: those that are going on, and
// those whose supervisor was killed or whose last lines are missing.
func (r *Reader) Open() []string {
	var ids []string
	for id, c := range r.runs {
		if !c.ended {
			ids = append(ids, id)
		}
	}
	return ids
}

// Runs reads all of a log, in the order in which the runs begin.
func (r *Reader) Runs() ([]*Run, error) {
	var all []*Run
	byID := map[string]*Run{}
	for {
		e, err := r.Next()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		run := byID[e.Run]
		if run == nil {
			run = &Run{ID: e.Run}
			byID[e.Run] = run
			all = append(all, run)
		}
		run.Events = append(run.Events, e)
		run.Ended = run.Ended || e.Kind == End
	}
}
