package saving

import (
	"errors"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/supervise/files"
	"github.com/nono-sandbox/nono/core/undo"
	"golang.org/x/sys/unix"
)

// errnoOf is the system's own error within err.
func errnoOf(err error) (unix.Errno, bool) {
	var errno unix.Errno
	return errno, errors.As(err, &errno)
}

// before saves what a call about contents and names would lose.
func (s *saving) before(p *files.Plan) files.Decision {
	if s.besideDenied != nil && s.besideDenied.Concerns(p) {
		return s.beside(p)
	}
	switch p.Call {
	case "open", "openat", "openat2", "creat":
		return s.beforeOpen(p)
	case "truncate":
		switch {
		case !s.in(p.At.Path()):
			return files.Leave
		case !p.At.Exists():
			return files.Refuse(unix.ENOENT)
		}
		return s.content(p)
	}
	return s.beforeNames(p)
}

const writing = unix.O_WRONLY | unix.O_RDWR | unix.O_TRUNC

// beforeOpen looks at an open. What does not write and finds its file is the kernel's.
func (s *saving) beforeOpen(p *files.Plan) files.Decision {
	path := p.At.Path()
	flags := int(p.Attempt.Flags)
	switch {
	case !s.in(path):
		return files.Leave
	case flags&unix.O_TMPFILE == unix.O_TMPFILE:
		if !s.allowed(path, carve.Create|carve.WriteFile) {
			return files.Leave
		}
		return files.Do // it has no name; a link that gives it one is a call of its own
	case !p.At.Exists() && flags&unix.O_CREAT == 0:
		return files.Refuse(unix.ENOENT) // not left to the kernel: by then it may be there
	case !p.At.Exists():
		if !s.allowed(p.At.Real, carve.Create) || !s.allowed(path, opening(flags)) {
			return files.Leave
		}
		return s.make(p.At, true)
	case flags&(unix.O_CREAT|unix.O_EXCL) == unix.O_CREAT|unix.O_EXCL:
		return files.Refuse(unix.EEXIST)
	case flags&writing == 0 || !s.allowed(path, opening(flags)):
		return files.Leave
	case !p.At.Is(unix.S_IFREG):
		return files.Do // a fifo holds no data; opening one may wait for its other end
	}
	return s.content(p)
}

// opening returns the rights that an open needs.
func opening(flags int) carve.Rights {
	want := carve.WriteFile
	if flags&unix.O_ACCMODE != unix.O_WRONLY {
		want |= carve.ReadFile
	}
	if flags&unix.O_ACCMODE == unix.O_RDONLY && flags&unix.O_TRUNC == 0 {
		want &^= carve.WriteFile
	}
	return want
}

// content saves a file that is about to be written.
func (s *saving) content(p *files.Plan) files.Decision {
	if !s.allowed(p.At.Path(), carve.WriteFile) {
		return files.Leave
	}
	if !s.begin(p.At, nil) {
		return files.Again()
	}
	place, err := s.placeOf(p.At)
	if err == nil {
		err = s.j.Content(place)
	}
	return s.decide(p.At, err)
}

// decide ends what before began, if the change may not be made.
func (s *saving) decide(at *files.Place, err error) files.Decision {
	if err == nil {
		return files.Do
	}
	d := s.refuse(at.Path(), err)
	s.end()
	return d
}

// placeOf is the place for the journal. Where the caller came to a thing by itself, its
// directory is looked up, and must hold that very thing.
func (s *saving) placeOf(at *files.Place) (*undo.Place, error) {
	p := &undo.Place{Dir: at.Dir, Parent: at.Real, Base: at.Base, Thing: at.Thing}
	if at.Dir >= 0 || at.Base == "." {
		return p, nil
	}
	fd, err := undo.OpenDir(at.Real)
	if err != nil {
		return nil, err
	}
	s.opened, p.Dir = fd, fd
	var st unix.Stat_t
	if err := unix.Fstatat(fd, at.Base, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return nil, err
	}
	if st.Dev != at.Stat.Dev || st.Ino != at.Stat.Ino {
		return nil, unix.ESTALE
	}
	return p, nil
}

// make writes down a name that comes to be. new tells that a new thing comes with it.
func (s *saving) make(at *files.Place, new bool) files.Decision {
	if !s.begin(at, nil) {
		return files.Again()
	}
	s.place = undo.Place{Dir: at.Dir, Parent: at.Real, Base: at.Base, Thing: -1}
	err := s.j.Make(&s.place)
	s.written, s.makes = err == nil, new
	return s.decide(at, err)
}

// link writes down a name that an existing thing gets.
func (s *saving) link(at, to *files.Place) files.Decision {
	if !at.Exists() {
		return files.Refuse(unix.ENOENT)
	}
	if !s.begin(at, to) {
		return files.Again()
	}
	var from *undo.Place
	var err error
	if at.Real != "" {
		from, err = s.placeOf(at)
	}
	s.place = undo.Place{Dir: to.Dir, Parent: to.Real, Base: to.Base, Thing: -1}
	if err == nil {
		err = s.j.Link(from, &s.place)
	}
	s.written = err == nil
	return s.decide(to, err)
}

// beforeNames looks at a call that makes, removes or renames.
func (s *saving) beforeNames(p *files.Plan) files.Decision {
	at, to := p.At, p.To
	switch p.Attempt.Op {
	case query.RenameTo:
		return s.beforeRename(p)
	case query.LinkTo:
		switch {
		case !s.in(to.Path()) && !s.in(at.Path()):
			return files.Leave
		case !s.in(to.Path()) || at.Real != "" && !s.in(at.Path()):
			// A name of a file of the data elsewhere would be a way to change it unsaved.
			return files.Refuse(unix.EXDEV)
		case !s.allowed(to.Real, carve.Create) || s.out(at.Path()):
			return files.Leave
		case to.Exists():
			return files.Refuse(unix.EEXIST)
		}
		return s.link(at, to)
	case query.Delete, query.Rmdir:
		return s.beforeRemove(p)
	}
	switch {
	case !s.in(at.Path()) || !s.allowed(at.Real, carve.Create):
		return files.Leave
	case at.Exists():
		return files.Refuse(unix.EEXIST)
	}
	return s.make(at, true)
}

func (s *saving) beforeRemove(p *files.Plan) files.Decision {
	switch {
	case !s.in(p.At.Path()) || !s.allowed(p.At.Real, carve.Create) || s.out(p.At.Path()):
		return files.Leave
	case !p.At.Exists():
		return files.Refuse(unix.ENOENT)
	}
	if !s.begin(p.At, nil) {
		return files.Again()
	}
	if !s.mayMove(p.At) {
		s.end()
		return files.Leave
	}
	place, err := s.placeOf(p.At)
	if err == nil {
		err = s.j.Remove(place)
	}
	s.written = err == nil
	return s.decide(p.At, err)
}

// mayMove reports whether what lies at a place may be removed or renamed, which of
// directories is a question of its own.
func (s *saving) mayMove(at *files.Place) bool {
	return !at.Is(unix.S_IFDIR) || s.allowed(at.Real, carve.RemoveDir) || s.rmdirOwn && s.j.Own(at.Thing)
}

func (s *saving) beforeRename(p *files.Plan) files.Decision {
	at, to := p.At, p.To
	switch in := s.in(at.Path()); {
	case in != s.in(to.Path()):
		return files.Refuse(unix.EXDEV) // so mv(1) copies, and each part is a call of its own
	case !in:
		return files.Leave
	case !s.allowed(at.Real, carve.Create) || !s.allowed(to.Real, carve.Create) || s.out(at.Path()) || s.out(to.Path()):
		return files.Leave
	case !at.Exists():
		return files.Refuse(unix.ENOENT)
	case p.Attempt.Flags&unix.RENAME_NOREPLACE != 0 && to.Exists():
		return files.Refuse(unix.EEXIST)
	case p.Attempt.Flags&unix.RENAME_EXCHANGE != 0 && !to.Exists():
		return files.Refuse(unix.ENOENT)
	}
	if !s.begin(at, to) {
		return files.Again()
	}
	if !s.mayMove(at) || to.Exists() && !s.mayMove(to) {
		s.end()
		return files.Leave
	}
	from := &undo.Place{Dir: at.Dir, Parent: at.Real, Base: at.Base, Thing: at.Thing}
	other := &undo.Place{Dir: to.Dir, Parent: to.Real, Base: to.Base, Thing: to.Thing}
	var err error
	if p.Attempt.Flags&unix.RENAME_EXCHANGE != 0 {
		err = s.j.Swap(from, other)
	} else {
		err = s.j.Move(from, other)
	}
	s.written = err == nil
	return s.decide(at, err)
}

// beforeMetadata saves what chmod, chown, utimes or an attribute would change. What is
// neither data nor the sandbox's own must stay as it is: nobody could take that back.
func (s *saving) beforeMetadata(p *files.Plan) files.Decision {
	path := p.At.Path()
	switch {
	case path == "":
		return s.beforeNameless(p.At)
	case s.out(path) || s.names.Meant(path)&carve.WriteFile == 0:
		return files.Refuse(unix.EACCES)
	case !s.in(path):
		return files.Do // the sandbox's own temp, or a device
	}
	if !s.begin(p.At, nil) {
		return files.Again()
	}
	place, err := s.placeOf(p.At)
	if err == nil {
		err = s.j.Metadata(place)
	}
	return s.decide(p.At, err)
}

// beforeNameless lets be changed what no policy could name: a pipe, a socket, a file in
// memory, or what has no name any more. A name that is left elsewhere might be anybody's,
// unless the run has removed one: then the metadata are saved.
func (s *saving) beforeNameless(at *files.Place) files.Decision {
	if at.Stat.Nlink == 0 || !at.Is(unix.S_IFREG) && !at.Is(unix.S_IFDIR) {
		return files.Do
	}
	if !s.begin(at, nil) {
		return files.Again()
	}
	if s.j.Own(at.Thing) || s.j.Removed(at.Thing) {
		return files.Do
	}
	s.end()
	return files.Refuse(unix.EACCES)
}
