package undo

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
)

// progress is how far an undo has come, so that one that was killed goes on where it
// was. It is written before what it tells is begun.
//
//	begin NUMBER ... keep NUMBER ...
//	                      the first nodes are to be put right, but the times of the
//	                      directories behind 'keep' are left as they are
//	top PATH ATIME MTIME  the times of a tree's top before anything was put there
//	placing               everything is out of the way; what is to come back comes
//	done                  all of it is right
type progress struct {
	nodes, keep []int
	tops        []top
	placing     bool
}

// A top is a directory in which an undo puts things that are on their way.
type top struct {
	path         string
	atime, mtime int64
}

// readProgress returns the undo that was begun last and is not done, or nil, and the
// nodes of those that are done.
func (h *History) readProgress() (p *progress, done []int, err error) {
	text, err := os.ReadFile(h.progress())
	if missing(err) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, &fault.Error{Do: "read", Path: h.progress(), Err: err}
	}
	for len(text) > 0 {
		line, rest, whole := bytes.Cut(text, []byte("\n"))
		if !whole {
			break // what it announces was not begun
		}
		text = rest
		if p, done, err = h.progressLine(string(line), p, done); err != nil {
			return nil, nil, &fault.Error{Do: "read", Path: h.progress(), Err: err}
		}
	}
	return p, done, nil
}

func (h *History) progressLine(line string, p *progress, done []int) (*progress, []int, error) {
	words, err := split(line)
	if err != nil || len(words) == 0 {
		return nil, nil, errDamaged
	}
	if words[0] == "begin" {
		i := slices.Index(words, "keep")
		if i < 0 {
			return nil, nil, errDamaged
		}
		p = &progress{}
		if p.nodes, err = h.numbers(words[1:i]); err == nil {
			p.keep, err = h.numbers(words[i+1:])
		}
		return p, done, err
	}
	if p == nil {
		return nil, nil, errDamaged
	}
	switch words[0] {
	case "top":
		if len(words) != 4 {
			return nil, nil, errDamaged
		}
		t := top{path: words[1]}
		if t.atime, err = strconv.ParseInt(words[2], 10, 64); err == nil {
			t.mtime, err = strconv.ParseInt(words[3], 10, 64)
		}
		p.tops = append(p.tops, t)
	case "placing":
		p.placing = true
	case "done":
		return nil, append(done, p.nodes...), nil
	default:
		err = errDamaged
	}
	return p, done, err
}

func (h *History) numbers(words []string) ([]int, error) {
	var all []int
	for _, w := range words {
		n, err := strconv.Atoi(w)
		if err != nil || n < 0 || n >= len(h.nodes) {
			return nil, errDamaged
		}
		all = append(all, n)
	}
	return all, nil
}

// tell writes one line of progress, safe against a power cut.
func (h *History) tell(words ...string) error {
	f, err := os.OpenFile(h.progress(), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	// What a killed undo has half written must not be the beginning of this line.
	text, err := os.ReadFile(h.progress())
	if err != nil {
		return err
	}
	if err := f.Truncate(int64(bytes.LastIndexByte(text, '\n') + 1)); err != nil {
		return err
	}
	if _, err := f.WriteString(strings.Join(words, " ") + "\n"); err != nil {
		return err
	}
	return f.Sync()
}

// applyProgress takes what has been put right out of the history.
func (h *History) applyProgress() error {
	_, done, err := h.readProgress()
	if err != nil {
		return err
	}
	// First all go, and then those that are back come: two may have changed places.
	for _, i := range done {
		if n := h.nodes[i]; n.in != nil && n.in.kids[n.name] == n {
			n.in.kids[n.name] = nil
		}
	}
	for _, i := range done {
		n := h.nodes[i]
		n.undone = true
		if n.made() {
			n.in = nil
			continue
		}
		h.attach(n, n.home, n.homeName)
	}
	return nil
}

func texts(word string, numbers []int) []string {
	words := []string{word}
	for _, n := range numbers {
		words = append(words, strconv.Itoa(n))
	}
	return words
}
