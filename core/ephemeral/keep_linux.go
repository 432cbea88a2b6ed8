package ephemeral

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/fault"
)

// Keep moves changes to the originals: all of them, or those at and beneath paths.
// Each file is replaced in one step, so at any moment an original is either as it was
// or as the run left it. What was kept is no change any more, so a Keep that was
// killed goes on where it ended when it is called again. Keep needs no more space than
// one file on a store that lies on another file system, and none otherwise.
//
// Where a change conflicts with one from outside, or reaches what the run's spec
// denied, Keep fails before it moves anything. force keeps changes in spite of
// conflicts, never in spite of a deny.
//
// The run must be locked by the caller. The returned changes are those that were kept.
func (r *Run) Keep(paths []string, force bool) ([]Change, error) {
	if err := r.sweep(); err != nil {
		return nil, err
	}
	changes, err := r.selected(paths)
	if err != nil {
		return nil, err
	}
	for _, c := range changes {
		if d := r.deniedAt(c.Path); d != "" {
			return nil, &fault.Error{Do: "keep", Path: c.Path, Err: fault.Text("the run's policy denies " + fault.Quote(d))}
		}
		if c.Conflict != "" && !force {
			return nil, &fault.Error{Do: "keep", Path: c.Path, Err: fault.Text(c.Conflict),
				Hint: "nono diff " + r.ID + " shows all; --force keeps the run's side, nono discard " + r.ID + " " + fault.Quote(c.Path) + " the other"}
		}
	}
	k := keeper{run: r, paths: paths, links: map[uint64]placed{}}
	for i := range r.Trees {
		if err := k.tree(i); err != nil {
			return nil, err
		}
	}
	return changes, os.RemoveAll(r.journal())
}

// A keeper moves what is selected from the upper layers to the originals.
type keeper struct {
	run   *Run
	paths []string
	at    string            // the path of the tree being kept
	links map[uint64]placed // what inodes of several names became that were copied
	temps int
}

const (
	none extent = iota
	part        // something beneath the path
	whole
)

func (k *keeper) tree(i int) error {
	t := k.run.Trees[i]
	k.at = t.Path
	if k.extent(".") == none {
		return nil
	}
	if t.File {
		return k.file(i)
	}
	upper, err := openRoot(k.run.upper(i))
	if err != nil {
		return err
	}
	upper = upper.of(k.run)
	defer upper.close()
	lower, err := makeOriginal(k.run, t.Path)
	if err != nil {
		return err
	}
	defer lower.close()
	up, err := upper.stat(".")
	if err != nil {
		return err
	}
	done, back, err := widenBoth(upper, lower)
	defer back()
	if err != nil {
		return err
	}
	// What is moved must be on the disk before the name that leads to it.
	if err := unix.Syncfs(upper.fd); err != nil {
		return &os.PathError{Op: "sync", Path: k.run.Dir, Err: err}
	}
	if err := k.entries(".", upper, lower); err != nil {
		return err
	}
	if k.extent(".") == whole {
		if err := finish(lower, up); err != nil {
			return err
		}
		done()
	}
	return unix.Syncfs(lower.fd)
}

func (k *keeper) entries(inner string, upper, lower dir) error {
	names, err := upper.names()
	if err != nil {
		return &os.PathError{Op: "list", Path: filepath.Join(k.at, inner), Err: err}
	}
	for _, name := range names {
		path := join(inner, name)
		e := k.extent(path)
		if e == none {
			continue
		}
		if err := k.entry(path, name, upper, lower, e); err != nil {
			return k.explain(path, err)
		}
	}
	return nil
}

// explain names the path where the work ended; what was kept before stays kept.
func (k *keeper) explain(inner string, err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return err
	}
	var p *os.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return &fault.Error{Do: "keep", Path: filepath.Join(k.at, inner), Err: err,
		Hint: "nothing is lost; nono keep " + k.run.ID + " goes on when the cause is gone"}
}

func (k *keeper) entry(path, name string, upper, lower dir, e extent) error {
	up, err := upper.stat(name)
	if err != nil || up == nil {
		return err
	}
	low, err := lower.stat(name)
	if err != nil {
		return err
	}
	if upper.isWhiteout(name, up) {
		if e != whole {
			return nil
		}
		if low != nil {
			if err := k.remove(lower, name, low); err != nil {
				return err
			}
		}
		return unix.Unlinkat(upper.fd, name, 0)
	}
	switch {
	case !isDir(up):
		if e != whole {
			return nil
		}
		return k.place(path, upper, name, lower, name)
	case e == whole && (low == nil || !isDir(low)):
		return k.placeDir(path, upper, name, lower, up, low)
	case low != nil && !isDir(low):
		return &fault.Error{Do: "keep a part of", Path: filepath.Join(k.at, path), Err: fault.Text("the original is no directory"), Hint: "keep the directory itself"}
	case low == nil:
		if err := unix.Mkdirat(lower.fd, name, up.Mode&0o7777|0o700); err != nil {
			return err
		}
	}
	return k.merge(path, upper, name, lower, up, e)
}

// merge keeps what is in a directory that both sides have.
func (k *keeper) merge(path string, upper dir, name string, lower dir, up *unix.Stat_t, e extent) error {
	upSub, err := upper.sub(name)
	if err != nil {
		return err
	}
	defer upSub.close()
	lowSub, err := lower.sub(name)
	if err != nil {
		return err
	}
	defer lowSub.close()
	done, back, err := widenBoth(upSub, lowSub)
	defer back()
	if err != nil {
		return err
	}
	if upper.isOpaque(name) {
		if err := reveal(upper, name, upSub, lowSub); err != nil {
			return err
		}
	}
	if err := k.entries(path, upSub, lowSub); err != nil {
		return err
	}
	if e != whole {
		return nil
	}
	if err := replaceAttributes(upSub.fd, lowSub.fd); err != nil {
		return err
	}
	if err := finish(lowSub, up); err != nil {
		return err
	}
	done()
	// Not empty where the command left a name that it may not: then it stays a change.
	if err := unix.Unlinkat(upper.fd, name, unix.AT_REMOVEDIR); err != nil && err != unix.ENOTEMPTY {
		return err
	}
	return nil
}

// finish gives a directory of the original the mode, owner and times that the command
// left. The times come last, since every name moved into the directory changes them.
func finish(lower dir, up *unix.Stat_t) error {
	var low unix.Stat_t
	if err := unix.Fstat(lower.fd, &low); err != nil {
		return err
	}
	if low.Uid != up.Uid || low.Gid != up.Gid {
		if err := unix.Fchown(lower.fd, int(up.Uid), int(up.Gid)); err != nil {
			return err
		}
	}
	if low.Mode != up.Mode {
		if err := unix.Fchmod(lower.fd, up.Mode&0o7777); err != nil {
			return err
		}
	}
	return unix.UtimesNanoAt(unix.AT_FDCWD, procFD(lower.fd), []unix.Timespec{up.Atim, up.Mtim}, 0)
}

// temp returns a name for something half made in a directory of the originals, and
// notes the directory, so that sweep finds the left-overs of a Keep that was killed.
func (k *keeper) temp(in dir) (string, error) {
	path, err := os.Readlink(procFD(in.fd))
	if err != nil {
		return "", err
	}
	k.temps++
	return k.run.tempPrefix() + strconv.Itoa(k.temps), k.run.note(path)
}
