package undo

import (
	"strconv"

	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// An Outcome tells what an undo did.
type Outcome struct {
	Changes []Change // that were taken back
	// Left are directories that the run made and that hold what the run did not make.
	Left []string
	// Lost are paths whose things somebody else removed and of which nothing is saved.
	Lost []string
	// Stay are paths that a forced undo did not bring back, and why. What is saved of them
	// is still there.
	Stay []Conflict
	// All tells that nothing is left to be taken back.
	All bool
}

// Undo takes back what the run did at and beneath paths, or all of it. Where somebody
// changed one of these things since, it changes nothing and says which, unless force
// is set. It touches nothing that the run did not change.
//
// An undo that is interrupted anywhere goes on at the next call, whatever that one's
// paths are, and before the rest of it.
func (h *History) Undo(paths []string, force bool) (*Outcome, error) {
	progress, _, err := h.readProgress()
	if err != nil {
		return nil, err
	}
	out := &Outcome{}
	p, err := h.prepare(progress, paths, force, out)
	if err != nil {
		return nil, err
	}
	if err := p.run(); err != nil {
		return nil, err
	}
	out.Left, out.Lost, out.Stay = p.left, p.lost, p.stay
	if err := h.applyProgress(); err != nil {
		return nil, err
	}
	out.All = len(h.touched()) == 0
	return out, nil
}

// Begun reports whether an undo was interrupted.
func (h *History) Begun() bool {
	p, _, err := h.readProgress()
	return err == nil && p != nil
}

// prepare makes the plan, and changes nothing.
func (h *History) prepare(progress *progress, paths []string, force bool, out *Outcome) (p *plan, err error) {
	defer h.openDirs()()
	if progress != nil {
		p = h.plan()
		p.progress = progress
		p.resume()
	} else if p, err = h.choose(paths); err != nil {
		return nil, err
	} else if err := p.check(force); err != nil {
		return nil, err
	}
	out.Changes, err = h.changesOf(p.nodes)
	return p, err
}

// resume makes the plan of an undo that was interrupted.
func (p *plan) resume() {
	for _, i := range p.progress.nodes {
		p.add(p.h.nodes[i])
	}
	for _, i := range p.progress.keep {
		p.keep[p.h.nodes[i]] = true
	}
	for _, t := range p.progress.tops {
		p.tops[t.path] = t
	}
}

// check refuses what would lose what somebody did since the run.
func (p *plan) check(force bool) error {
	all, err := p.conflicts()
	if err != nil {
		return err
	}
	if force {
		p.withoutPlace()
		return nil
	}
	if !p.h.ended {
		return &fault.Error{Do: "undo", Err: fault.Text("the run was killed, so its changes cannot be told from later changes"),
			Hint: "look with nono diff; --force takes back all of them"}
	}
	if len(all) == 0 {
		return nil
	}
	f := &fault.Error{Do: "undo", Path: all[0].Path, Err: fault.Text(all[0].Why), Hint: "--force undoes it all the same"}
	if len(all) > 1 {
		f.Err = fault.Text(all[0].Why + "; and " + strconv.Itoa(len(all)-1) + " more, such as " + fault.Quote(all[1].Path))
	}
	return f
}

// run does the plan, each step of which may be done a second time.
func (p *plan) run() error {
	if p.progress == nil {
		var nodes, keep []int
		for _, n := range p.nodes {
			nodes = append(nodes, n.number)
			if p.keep[n] {
				keep = append(keep, n.number)
			}
		}
		// In one write: half of a beginning is none.
		if err := p.h.tell(append(texts("begin", nodes), texts("keep", keep)...)...); err != nil {
			return err
		}
	}
	steps := []func() error{p.place, p.contents, p.metadata, p.unstage, p.directories}
	if p.progress == nil || !p.progress.placing {
		steps = append([]func() error{p.openUp, p.clear, func() error { return p.h.tell("placing") }}, steps...)
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	if err := p.sync(); err != nil {
		return err
	}
	return p.h.tell("done")
}

// sync has everything on the disk before the store may go.
func (p *plan) sync() error {
	for _, tree := range p.h.trees {
		fd, err := unix.Open(tree, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
		if err != nil {
			continue // a file that nobody may read, or nothing any more
		}
		err = unix.Syncfs(fd)
		unix.Close(fd)
		if err != nil {
			return &fault.Error{Do: "write to the disk", Path: tree, Err: err}
		}
	}
	return nil
}
