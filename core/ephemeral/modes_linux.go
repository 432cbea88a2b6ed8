package ephemeral

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Where the mode of a thing forbids its own owner to read or change it, the mode is widened
// for a while. Before that a line in the entry of the run tells of it, so that sweep puts
// the mode back after a kill, and a second line when it is back:
//
//	mode OLD WIDE INODE CTIME PATH
//	back INODE CTIME
//
// The times of the status change are the ones before and after: that of an original would
// look as if somebody outside had changed it.

func (r *Run) modes() string { return filepath.Join(r.Dir, "modes") }

const (
	modeFormat = "mode %o %o %d %d %q"
	backFormat = "back %d %d"
)

// widen gives the owner of what fd is the rights want, if its mode lacks them, and returns
// what puts the mode back. It does nothing for root, and nothing to what belongs to somebody
// else. Without a run nothing is written.
func (r *Run) widen(fd int, want uint32) (back func(), err error) {
	back = func() {}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return back, err
	}
	if st.Mode&want == want || os.Geteuid() == 0 || int(st.Uid) != os.Geteuid() {
		return back, nil
	}
	path, err := os.Readlink(procFD(fd))
	if err != nil {
		return back, err
	}
	if err := r.noteMode(path, &st, want); err != nil {
		return back, err
	}
	if err := unix.Chmod(procFD(fd), st.Mode&0o7777|want); err != nil {
		return back, err
	}
	return func() { r.narrow(fd, st.Mode) }, nil
}

// noteMode tells that what lies at path, or will, gets the rights want for a while.
func (r *Run) noteMode(path string, st *unix.Stat_t, want uint32) error {
	if r == nil {
		return nil
	}
	return appendLine(r.modes(), fmt.Sprintf(modeFormat, st.Mode&0o7777, st.Mode&0o7777|want, st.Ino, st.Ctim.Nano(), path), true)
}

// narrow puts back a mode. Where its line cannot be written, sweep puts it back again.
func (r *Run) narrow(fd int, mode uint32) {
	if unix.Chmod(procFD(fd), mode&0o7777) == nil {
		r.noteBack(fd)
	}
}

// noteBack tells that the mode of what fd is is as it is to be, if a line told of it.
func (r *Run) noteBack(fd int) {
	var st unix.Stat_t
	if r == nil || unix.Fstat(fd, &st) != nil {
		return
	}
	if _, err := os.Lstat(r.modes()); err == nil {
		appendLine(r.modes(), fmt.Sprintf(backFormat, st.Ino, st.Ctim.Nano()), false)
	}
}

// widenAt is widen for the entry name of d, which is no symlink.
func (d dir) widenAt(name string, want uint32) (back func(), err error) {
	fd, err := openat2(d.fd, name, &unix.OpenHow{
		Flags:   unix.O_PATH | unix.O_NOFOLLOW | unix.O_CLOEXEC,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS,
	})
	if err != nil {
		return func() {}, err
	}
	narrow, err := d.run.widen(fd, want)
	return func() { narrow(); unix.Close(fd) }, err
}

// widenBoth is widen for a directory of the upper layer and the one of the original, which
// keeps the mode that it has got when done is called.
func widenBoth(upper, lower dir) (done, back func(), err error) {
	finished := false
	done = func() {
		finished = true
		lower.run.noteBack(lower.fd)
	}
	upperBack, err := upper.run.widen(upper.fd, 0o700)
	if err != nil {
		return done, func() {}, err
	}
	lowerBack, err := lower.run.widen(lower.fd, 0o700)
	return done, func() {
		upperBack()
		if !finished {
			lowerBack()
		}
	}, err
}

// A widened is a line about a mode that may not be back.
type widened struct {
	mode, wide uint32
	ino        uint64
	ctime      int64
	path       string
}

// readModes returns the modes that are not known to be back, the earliest first, and the
// last change of status of each inode that was this program's own doing.
func (r *Run) readModes() (pending []widened, own map[uint64]int64, err error) {
	f, err := os.Open(r.modes())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	own = map[uint64]int64{}
	s := bufio.NewScanner(f)
	s.Buffer(nil, 64<<10)
	for s.Scan() {
		var w widened
		var ino uint64
		var ctime int64
		if n, _ := fmt.Sscanf(s.Text(), modeFormat, &w.mode, &w.wide, &w.ino, &w.ctime, &w.path); n == 5 && strings.HasPrefix(w.path, "/") {
			pending = append(pending, w)
		} else if n, _ := fmt.Sscanf(s.Text(), backFormat, &ino, &ctime); n == 2 {
			var rest []widened
			for _, w := range pending {
				switch {
				case w.ino != ino:
					rest = append(rest, w)
				case w.ctime < r.Start.Nano() || w.ctime == own[ino]:
					own[ino] = ctime
				}
			}
			pending = rest
		}
	}
	return pending, own, s.Err()
}

// sweepModes puts back the modes that a killed process left wide.
func (r *Run) sweepModes() error {
	pending, _, err := r.readModes()
	// The first line about a thing has its own mode, so it comes last.
	for i := len(pending) - 1; i >= 0 && err == nil; i-- {
		err = r.sweepMode(pending[i])
	}
	return err
}

// sweepMode does nothing where something else lies at the path, or somebody has given the
// thing another mode since.
func (r *Run) sweepMode(w widened) error {
	how := &unix.OpenHow{Flags: unix.O_PATH | unix.O_NOFOLLOW | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS}
	fd, err := openat2(unix.AT_FDCWD, w.path, how)
	if err != nil {
		return nil // it was moved or removed
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil || st.Ino != w.ino || st.Mode&unix.S_IFMT == unix.S_IFLNK || st.Mode&0o7777 != w.wide {
		return err
	}
	r.narrow(fd, w.mode)
	return nil
}
