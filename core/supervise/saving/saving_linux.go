// Package saving makes every change of data in the command's place, and before each saves
// what it would lose: so that undo can take all of them back.
//
// The kernel lets the command change none of that data. A call that is not decided here
// therefore fails, but for the calls about metadata, of which Landlock knows nothing:
// these are all decided.
package saving

import (
	"strings"
	"sync"
	"time"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/seccomp"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/chains"
	"github.com/nono-sandbox/nono/core/supervise/files"
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"github.com/nono-sandbox/nono/core/undo"
	"golang.org/x/sys/unix"
)

// A Keeper saves and makes changes.
type Keeper struct {
	names *byname.Names
	files *files.Performer
	// store is where the journal is, which nobody inside may reach.
	store string
	trees []string
	// rmdirOwn lets the command remove and rename the directories that it made itself.
	rmdirOwn bool
	// besideDenied makes names in the directories beside what is denied, or is nil.
	besideDenied *chains.Keeper
	// told hears once of each reason why a change was refused.
	told func(text string)

	mu sync.Mutex // from before a change is saved until it is made
	j  *undo.Journal
	// saved tells Flush that something may have been saved.
	saved chan struct{}
	// once are the reasons that were told.
	once map[string]bool
}

// New returns what saves into j the changes that the command of s makes in trees. beside
// makes names beside what is denied, or is nil. told is called with a sentence for a person.
func New(s *spec.Spec, j *undo.Journal, trees []string, store string, beside *chains.Keeper, told func(string)) *Keeper {
	return &Keeper{besideDenied: beside, names: byname.Of(s), files: files.New(), store: store, trees: trees, rmdirOwn: s.RmdirOwn,
		told: told, j: j, saved: make(chan struct{}, 1), once: map[string]bool{}}
}

// Feature returns the deciders.
func (k *Keeper) Feature() supervise.Feature {
	f := supervise.Feature{Name: "undo", Slow: true, Decide: map[string]supervise.Decider{}}
	for _, t := range [...]spec.Trap{spec.TrapWrites, spec.TrapNames, spec.TrapCreates} {
		for _, c := range seccomp.Trapped(t) {
			f.Decide[c.Name] = k.change
		}
	}
	for _, c := range seccomp.Trapped(spec.TrapMetadata) {
		f.Decide[c.Name] = k.metadata
	}
	return f
}

// Flush brings what is saved to the disk, at most once in each time, until stop is closed: so the
// state before the changes of all but the last moments outlives a power cut. To wait for
// the disk before each change would cost a hundred times as much as to save it.
func (k *Keeper) Flush(each time.Duration, stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		case <-k.saved: // where nothing is saved, nothing wakes
		}
		select {
		case <-stop:
			return
		case <-time.After(each):
		}
		k.mu.Lock()
		flush := k.j.Flush()
		k.mu.Unlock()
		if flush == nil {
			continue
		}
		if err := flush(); err != nil {
			k.mu.Lock()
			k.tell("cannot bring to the disk what is saved: " + err.Error())
			k.mu.Unlock()
		}
	}
}

// change decides a call that opens, makes, removes or renames.
func (k *Keeper) change(c *supervise.Call) (notify.Answer, bool) {
	s := &saving{Keeper: k}
	return k.files.Perform(c, files.Hooks{Before: s.before, After: s.after})
}

// metadata decides a call about metadata, all of which are decided.
func (k *Keeper) metadata(c *supervise.Call) (notify.Answer, bool) {
	s := &saving{Keeper: k}
	a, decided := k.files.Perform(c, files.Hooks{Before: s.beforeMetadata, After: s.after})
	if !decided {
		a = notify.Errno(unix.EACCES)
	}
	return a, true
}

// A saving is one call.
type saving struct {
	*Keeper
	locked bool
	// written tells that names were written down, and makes that something new comes to
	// be, at place.
	written, makes bool
	place          undo.Place
	opened         int // a directory that is to be closed, or -1
}

// begin locks the journal for one call. It does not where a call that had the lock before
// has renamed a directory on the way: the journal would have a path that is no longer.
func (s *saving) begin(at, to *files.Place) bool {
	s.mu.Lock()
	if !at.Stays() || to != nil && !to.Stays() {
		s.mu.Unlock()
		return false
	}
	s.locked, s.written, s.makes, s.opened = true, false, false, -1
	s.j.Begin()
	return true
}

// end lets other calls go on.
func (s *saving) end() {
	if s.opened >= 0 {
		unix.Close(s.opened)
	}
	s.locked = false
	s.mu.Unlock()
	select {
	case s.saved <- struct{}{}:
	default:
	}
}

// after tells the journal what came of the change.
func (s *saving) after(_ *files.Plan, errno unix.Errno) {
	if !s.locked {
		return
	}
	defer s.end()
	switch {
	case errno != 0 && s.written:
		if err := s.j.Fail(); err != nil {
			s.tell("cannot go on with the journal: " + err.Error())
		}
	case errno == 0 && s.makes:
		s.j.Made(&s.place) // where it is gone already, nobody needs it
	}
}

// in reports whether what lies at the path is saved.
func (k *Keeper) in(path string) bool {
	for _, t := range k.trees {
		if path == t || strings.HasPrefix(path, strings.TrimSuffix(t, "/")+"/") {
			return true
		}
	}
	return false
}

// out reports whether a path is no business of the command's: the journal's own.
func (k *Keeper) out(path string) bool {
	return path == k.store || strings.HasPrefix(path, k.store+"/")
}

// allowed reports whether the lines of the spec give the rights at path.
func (k *Keeper) allowed(path string, want carve.Rights) bool {
	return !k.out(path) && k.names.Kernel(path)&want == want
}

// refuse says why a change is refused, once for each reason, and how the call fails.
func (k *Keeper) refuse(path string, err error) files.Decision {
	switch {
	case err == undo.ErrLimit:
		k.tell("cannot save the original of " + fault.Quote(path) + ", so its change is refused: " + err.Error() + " (--undo-limit)")
		return files.Refuse(unix.EDQUOT)
	default:
		k.tell("cannot save the original of " + fault.Quote(path) + ", so its change is refused: " + err.Error())
	}
	if errno, ok := errnoOf(err); ok {
		return files.Refuse(errno)
	}
	return files.Refuse(unix.EIO)
}

// tell says something once.
func (k *Keeper) tell(text string) {
	if !k.once[text] && len(k.once) < 20 {
		k.once[text] = true
		k.told(text)
	}
}
