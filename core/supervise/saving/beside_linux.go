package saving

import (
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/supervise/files"
	"github.com/nono-sandbox/nono/core/undo"
	"golang.org/x/sys/unix"
)

// beside saves what a call loses that changes names beside what is denied, and has the
// keeper of these names do it. What comes of it the journal is told at once: the keeper
// answers the call itself.
func (s *saving) beside(p *files.Plan) files.Decision {
	at, to := p.At, p.To
	if !s.in(at.Path()) && (to == nil || !s.in(to.Path())) || s.out(at.Path()) || to != nil && s.out(to.Path()) {
		return files.Leave
	}
	if s.besideDenied.Denies(p) {
		return files.Leave // which the kernel refuses; nothing of it is to be saved
	}
	if p.Attempt.Op == query.LinkTo && !s.in(to.Path()) {
		// A name of a file of the data elsewhere would be a way to change it unsaved.
		return files.Refuse(unix.EXDEV)
	}
	if p.Attempt.Op == query.RenameTo && s.in(at.Path()) != s.in(to.Path()) {
		return files.Refuse(unix.EXDEV)
	}
	if !s.begin(at, to) {
		return files.Again()
	}
	defer s.end()
	if err := s.note(p); err != nil {
		return s.refuse(at.Path(), err)
	}
	d, did := s.besideDenied.Act(p)
	switch {
	case !did && s.written:
		if err := s.j.Fail(); err != nil {
			s.tell("cannot go on with the journal: " + err.Error())
		}
	case did && s.makes:
		s.j.Made(&s.place)
	}
	return d
}

// note writes down what names the call would change.
func (s *saving) note(p *files.Plan) error {
	place := func(at *files.Place) *undo.Place {
		return &undo.Place{Dir: at.Dir, Parent: at.Real, Base: at.Base, Thing: at.Thing}
	}
	var err error
	switch {
	case p.Attempt.Flags&unix.O_TMPFILE == unix.O_TMPFILE && p.To == nil:
		return nil // it has no name; a link that gives it one is a call of its own
	case p.Attempt.Op == query.RenameTo && !p.At.Exists():
		return nil
	case p.Attempt.Op == query.RenameTo && p.Attempt.Flags&unix.RENAME_EXCHANGE != 0:
		if p.To.Exists() {
			err = s.j.Swap(place(p.At), place(p.To))
		}
	case p.Attempt.Op == query.RenameTo:
		err = s.j.Move(place(p.At), place(p.To))
	case p.Attempt.Op == query.Delete || p.Attempt.Op == query.Rmdir:
		if p.At.Exists() {
			err = s.j.Remove(place(p.At))
		}
	default:
		made := p.At
		if p.Attempt.Op == query.LinkTo {
			made = p.To
		}
		if made.Exists() {
			return nil // which fails the call
		}
		s.place = undo.Place{Dir: made.Dir, Parent: made.Real, Base: made.Base, Thing: -1}
		// A file that had no name yet is new as well.
		s.makes = p.Attempt.Op != query.LinkTo || p.At.Stat.Nlink == 1 && !s.in(p.At.Path())
		if p.Attempt.Op == query.LinkTo && p.At.Exists() && s.in(p.At.Path()) {
			err = s.j.Link(place(p.At), &s.place)
		} else {
			err = s.j.Make(&s.place)
		}
	}
	s.written = err == nil
	return err
}
