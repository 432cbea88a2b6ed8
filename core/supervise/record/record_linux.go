// Package record notes what a sandboxed command uses, for a profile to be made of. It
// looks on and changes nothing.
package record

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/nono-sandbox/nono/core/learn"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/attempt"
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"golang.org/x/sys/unix"
)

// most is how many different things of a kind are kept, so that no command fills the
// supervisor's memory.
const most = 50_000

// A Recorder gathers what is used. Its methods may be called at the same time.
type Recorder struct {
	mu sync.Mutex
	// seen has what came of a path as it was given, so that a path which is opened a
	// thousand times is followed once.
	seen     map[given][]*learn.Use
	uses     map[used]*learn.Use
	programs map[string]*learn.Program
	sockets  map[learn.Socket]*learn.Socket
	// hosts are counted by all but their Times; hostsKnown tells that there are all.
	hosts      map[learn.Host]int
	hostsKnown bool
	network    bool
	more       int
}

// given is a path as a call has it, with what it is relative to.
type given struct {
	op       string
	noFollow bool
	make     bool
	dir      string
	path     string
	to       string
}

type used struct {
	op   learn.Op
	path string
}

// New returns a Recorder that has seen nothing.
func New() *Recorder {
	return &Recorder{seen: map[given][]*learn.Use{}, uses: map[used]*learn.Use{}, programs: map[string]*learn.Program{}, sockets: map[learn.Socket]*learn.Socket{}, hosts: map[learn.Host]int{}}
}

// Feature returns the watchers for what s has trapped.
func (r *Recorder) Feature(s *spec.Spec) supervise.Feature {
	r.hostsKnown = s.Traps(spec.TrapHosts)
	return supervise.Feature{Name: "the recording", Watch: supervise.Watching(s, func(t spec.Trap) supervise.Watcher {
		switch t {
		case spec.TrapExec:
			return r.exec
		case spec.TrapOpens, spec.TrapNames:
			return r.path
		case spec.TrapConnects, spec.TrapSockets:
			return r.address
		case spec.TrapFamilies:
			return r.family
		}
		return nil
	})}
}

// JSON is the recording as nono learn reads it.
func (r *Recorder) JSON() ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := learn.Recording{Network: r.network, Hosts: r.hostsByName(), HostsKnown: r.hostsKnown, More: r.more}
	for _, k := range slices.SortedFunc(maps.Keys(r.uses), func(a, b used) int {
		if c := strings.Compare(a.path, b.path); c != 0 {
			return c
		}
		return strings.Compare(string(a.op), string(b.op))
	}) {
		out.Uses = append(out.Uses, *r.uses[k])
	}
	for _, k := range slices.Sorted(maps.Keys(r.programs)) {
		out.Programs = append(out.Programs, *r.programs[k])
	}
	for _, k := range slices.SortedFunc(maps.Keys(r.sockets), func(a, b learn.Socket) int { return strings.Compare(string(a.Address), string(b.Address)) }) {
		out.Sockets = append(out.Sockets, *r.sockets[k])
	}
	return json.Marshal(out)
}

// family notes that the network is asked for. Calls for Unix sockets come here too, where
// those are trapped.
func (r *Recorder) family(c *supervise.Call) func(notify.Answer) {
	if c.Int(0) == unix.AF_UNIX {
		return nil
	}
	r.mu.Lock()
	r.network = true
	r.mu.Unlock()
	return nil
}

// path notes a call with a path, or two.
func (r *Recorder) path(c *supervise.Call) func(notify.Answer) {
	r.note(c)
	return nil
}

// note notes what c uses and returns it.
func (r *Recorder) note(c *supervise.Call) []*learn.Use {
	a, err := attempt.Of(c)
	if err != nil || a.Path == "" || a.Flags&unix.O_PATH != 0 && strings.HasPrefix(c.Name, "open") || strings.HasPrefix(a.Path, "/proc/") {
		return nil
	}
	w, ok := where(c, a.Dir, a.Path)
	if !ok {
		return nil
	}
	k := given{op: string(a.Op), noFollow: a.NoFollow, make: a.Flags&unix.O_CREAT != 0, dir: w, path: a.Path}
	if a.Op.Two() {
		to, ok := where(c, a.ToDir, a.To)
		if !ok {
			return nil
		}
		k.to = to + "\x00" + a.To
	}
	r.mu.Lock()
	if uses, ok := r.seen[k]; ok {
		for _, u := range uses {
			u.Times++
		}
		r.mu.Unlock()
		return uses
	}
	r.mu.Unlock()
	var found []learn.Use
	if a.Op.Two() {
		to, _ := where(c, a.ToDir, a.To)
		found = both(&a, join(w, a.Path), join(to, a.To))
	} else {
		found = one(&a, join(w, a.Path))
	}
	return r.keep(k, found)
}

// keep adds uses, and remembers them for the path as it was given: not where it
// says nothing of the next time, since the name is one that comes or goes.
func (r *Recorder) keep(k given, found []learn.Use) []*learn.Use {
	r.mu.Lock()
	defer r.mu.Unlock()
	var kept []*learn.Use
	stays := len(found) > 0
	for _, f := range found {
		u := r.uses[used{f.Op, string(f.Path)}]
		if u == nil {
			if len(r.uses) >= most {
				r.more++
				return nil
			}
			u = &learn.Use{Op: f.Op, Path: f.Path, Dir: f.Dir}
			r.uses[used{f.Op, string(f.Path)}] = u
		}
		u.Times++
		u.Dir = u.Dir || f.Dir
		kept = append(kept, u)
		stays = stays && (f.Op == learn.Read || f.Op == learn.Write || f.Op == learn.Execute)
	}
	if stays && k != (given{}) && len(r.seen) < most {
		r.seen[k] = kept
	}
	return kept
}

// where is the directory that a path of the caller's is relative to, by its name: ""
// for an absolute path.
func where(c *supervise.Call, dirfd int32, path string) (string, bool) {
	if path != "" && path[0] == '/' {
		return "", true
	}
	p, err := c.Caller()
	if err != nil {
		return "", false
	}
	link := "cwd"
	if dirfd != unix.AT_FDCWD {
		link = "fd/" + strconv.Itoa(int(dirfd))
	}
	dir := p.Link(link)
	return dir, strings.HasPrefix(dir, "/")
}

// join puts a path behind a directory without cleaning it: what ".." leads to the
// kernel says.
func join(dir, path string) string {
	if dir == "" {
		return path
	}
	return dir + "/" + path
}
