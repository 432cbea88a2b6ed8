package ephemeral

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/fault"
)

// A Tree is one thing whose changes a run keeps apart.
type Tree struct {
	Path string // absolute: where the command sees the thing, and the original lies
	File bool   // one file that is granted by itself; otherwise a directory
}

// A Run is one entry of the store.
type Run struct {
	ID      string
	Dir     string        // the directory of the entry
	Start   unix.Timespec // by the wall clock; every change outside after it has a later time
	Command []string
	Workdir string
	Trees   []Tree
	Denied  []string // paths that the run's spec denied or denied for writing

	lock *os.File
}

const (
	header   = "nono-ephemeral 1"
	runFile  = "run"
	copyName = "copy" // the copy of a file that is granted by itself
)

// A Store is the directory that holds the runs, one directory each.
type Store struct {
	Dir string
	// InPlace tells that the runs changed the originals: an entry has no layers, and
	// whoever makes it puts a journal there.
	InPlace bool
}

// Create makes a new entry and locks it. The entry is the user's alone (0700).
func (s Store) Create(command []string, workdir string, trees []Tree, denied []string) (*Run, error) {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return nil, &fault.Error{Do: "make", Path: s.Dir, Err: err}
	}
	r := &Run{Command: command, Workdir: workdir, Trees: trees, Denied: denied}
	for {
		r.ID = newID()
		r.Dir = filepath.Join(s.Dir, r.ID)
		err := os.Mkdir(r.Dir, 0o700)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, &fault.Error{Do: "make", Path: r.Dir, Err: err}
		}
	}
	if err := r.fill(s.InPlace); err != nil {
		os.RemoveAll(r.Dir)
		return nil, &fault.Error{Do: "prepare", Path: r.Dir, Err: err}
	}
	return r, nil
}

func (r *Run) fill(inPlace bool) error {
	if err := r.Lock(); err != nil {
		return err
	}
	if inPlace {
		unix.ClockGettime(unix.CLOCK_REALTIME, &r.Start)
		return os.WriteFile(filepath.Join(r.Dir, runFile), r.text(), 0o600)
	}
	for i, t := range r.Trees {
		if err := os.MkdirAll(r.tree(i), 0o700); err != nil {
			return err
		}
		if t.File {
			continue
		}
		for _, d := range [...]string{r.upper(i), r.Work(i)} {
			if err := os.Mkdir(d, 0o700); err != nil {
				return err
			}
		}
		if err := copyTop(t.Path, r.upper(i)); err != nil {
			return err
		}
	}
	r.Start = tick()
	for i, t := range r.Trees {
		if t.File {
			if err := copyFile(t.Path, r.upper(i)); err != nil {
				return err
			}
		}
	}
	return os.WriteFile(filepath.Join(r.Dir, runFile), r.text(), 0o600)
}

// tick waits until the coarse clock has passed the present, a timer tick or two (8 ms).
// The kernel stamps files with the coarse clock, or with the fine one since Linux 6.13.
// So every change that came before has an earlier time, and every later change has
// this time or a later one.
func tick() unix.Timespec {
	var present, now unix.Timespec
	unix.ClockGettime(unix.CLOCK_REALTIME, &present)
	for now.Nano() <= present.Nano() {
		unix.ClockGettime(unix.CLOCK_REALTIME_COARSE, &now)
		time.Sleep(200 * time.Microsecond)
	}
	return now
}

func newID() string {
	var b [3]byte
	rand.Read(b[:])
	return time.Now().UTC().Format("20060102-150405-") + hex.EncodeToString(b[:])
}

// Open finds the run with this ID, or the latest where id is empty.
func (s Store) Open(id string) (*Run, error) {
	if id == "" {
		all, err := s.List()
		if err != nil {
			return nil, err
		}
		if len(all) == 0 {
			return nil, s.none()
		}
		return all[len(all)-1], nil
	}
	if !validID(id) {
		return nil, &fault.Error{Do: "find the run", Path: id, Err: fault.Text("this is no ID of a run"), Hint: s.list()}
	}
	r, err := OpenDir(filepath.Join(s.Dir, id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &fault.Error{Do: "find the run", Path: id, Err: fault.Text("there is none"), Hint: s.list()}
	}
	return r, err
}

// none says that there is no run at all.
func (s Store) none() error {
	if s.InPlace {
		return &fault.Error{Do: "find a run", Err: fault.Text("no run can be undone"), Hint: "nono run --undo … makes one"}
	}
	return &fault.Error{Do: "find a run", Err: fault.Text("there is no ephemeral run"), Hint: "nono run --ephemeral … makes one"}
}

// list is the command that shows all runs.
func (s Store) list() string {
	if s.InPlace {
		return "nono undo list shows all"
	}
	return "nono ephemeral list shows all"
}

func validID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	return strings.Trim(id, "0123456789abcdef-") == ""
}

// List returns all runs, the oldest first.
func (s Store) List() ([]*Run, error) {
	entries, err := os.ReadDir(s.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, &fault.Error{Do: "list", Path: s.Dir, Err: err}
	}
	var all []*Run
	for _, e := range entries {
		if !validID(e.Name()) {
			continue
		}
		r, err := OpenDir(filepath.Join(s.Dir, e.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue // It is being made, or removed.
		}
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Start.Nano() < all[j].Start.Nano() })
	return all, nil
}

// Again prepares a run for going on: files that were kept or thrown away are copied
// anew.
func (r *Run) Again() error {
	for i, t := range r.Trees {
		if !t.File {
			continue
		}
		if _, err := os.Lstat(r.upper(i)); errors.Is(err, fs.ErrNotExist) {
			if err := copyFile(t.Path, r.upper(i)); err != nil {
				return &fault.Error{Do: "copy", Path: t.Path, Err: err}
			}
		}
	}
	return nil
}
