// Package chains makes chain directories usable: those that may be written but for what is
// denied in them or beneath. Landlock has no right for all names but one, so the kernel
// lets nothing be made, removed or renamed there; the supervisor does it, after it has
// looked at the name.
//
// It opens nothing that is not the command's already. What is made comes out of a pool of
// files and directories that are granted each by itself (Prepare): it is renamed from there
// to its new name, and what is done with it afterwards the kernel judges alone. So the
// supervisor's own Landlock domain gives names in these directories, and no file's content.
package chains

import (
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/seccomp"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/attempt"
	"github.com/nono-sandbox/nono/core/supervise/caller"
	"github.com/nono-sandbox/nono/core/supervise/files"
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"golang.org/x/sys/unix"
)

// A Keeper makes, removes and renames names in the chain directories of one sandbox.
type Keeper struct {
	// mu is held from the look at a name to what is done about it.
	mu        sync.Mutex
	dirs      Dirs
	names     *byname.Names
	pools     []*pool
	performer *files.Performer
	// rmdirOwn tells that directories may be removed and renamed that came
	// out of a pool.
	rmdirOwn bool
}

// New returns a Keeper for the sandbox of s, with the pools that Prepare has made.
func New(s *spec.Spec, pools []string) (*Keeper, error) {
	names := byname.Of(s)
	k := &Keeper{dirs: find(s, names), names: names, performer: files.New(), rmdirOwn: s.RmdirOwn}
	for _, path := range pools {
		p, err := openPool(path)
		if err != nil {
			return nil, err
		}
		// By its line, since all of the private temp around it may be read.
		p.reads = slices.ContainsFunc(s.Paths, func(l spec.Path) bool { return l.Kind == spec.AllowFile && l.Path == spec.Join(path, "f0") })
		k.pools = append(k.pools, p)
	}
	return k, nil
}

// Holds reports whether the directory fd is one whose names are this keeper's alone.
func (k *Keeper) Holds(fd int) bool { return k.dirs.At(fd) != nil }

// Without returns a directory in which something could not be made, since there were no
// more than most files and directories for it; most is 0 where all could.
func (k *Keeper) Without() (dir string, most int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, p := range k.pools {
		if p.without != nil {
			return p.without.Path, p.most
		}
	}
	return "", 0
}

// Close removes what is left of the pools.
func (k *Keeper) Close() {
	for _, p := range k.pools {
		os.RemoveAll(p.path)
	}
}

// Feature returns what decides. It must come before any other feature that makes names.
func (k *Keeper) Feature() supervise.Feature {
	f := supervise.Feature{Name: "names beside what is denied", Decide: map[string]supervise.Decider{}}
	for _, t := range []spec.Trap{spec.TrapNames, spec.TrapCreates} {
		for _, c := range seccomp.Trapped(t) {
			f.Decide[c.Name] = k.decide
		}
	}
	return f
}

func (k *Keeper) decide(c *supervise.Call) (notify.Answer, bool) {
	// Most opens that other features look at make nothing.
	const makes = unix.O_CREAT | tmpfile
	if c.Name == "open" && c.Args[1]&makes == 0 || c.Name == "openat" && c.Args[2]&makes == 0 {
		return notify.Answer{}, false
	}
	if k.elsewhere(c) {
		return notify.Answer{}, false
	}
	return k.performer.Perform(c, files.Hooks{Before: k.before})
}

// elsewhere reports whether the call is about no chain directory, at a tenth of what it
// takes to perform one: most are not.
func (k *Keeper) elsewhere(c *supervise.Call) bool {
	a, err := attempt.Of(c)
	if err != nil {
		return true
	}
	p, err := c.Caller()
	if err != nil {
		return true
	}
	if a.Flags&tmpfile != 0 && strings.HasPrefix(c.Name, "open") {
		return false // its path is the directory's
	}
	return k.notAt(p, a.Dir, a.Path) && (!a.Op.Two() || k.notAt(p, a.ToDir, a.To))
}

// notAt reports whether a path certainly leads to no name in a chain directory. What it
// cannot find, as in another root, it does not know.
func (k *Keeper) notAt(p *caller.Process, dirfd int32, path string) bool {
	n, err := p.Find(dirfd, path)
	if err != nil {
		return err == unix.ENOENT
	}
	defer n.Close()
	if k.dirs.At(n.Dir) != nil {
		return false
	}
	var st unix.Stat_t
	return unix.Fstatat(n.Dir, n.Base, &st, unix.AT_SYMLINK_NOFOLLOW) != nil || st.Mode&unix.S_IFMT != unix.S_IFLNK
}

// kernel has the kernel answer, for all features: in a chain directory it refuses whatever
// makes, removes or renames a name, and opens what may be opened.
var kernel = files.Done(notify.Continue())

// before looks at the names and does what is to be done.
func (k *Keeper) before(p *files.Plan) files.Decision {
	if strings.HasPrefix(p.Call, "open") && p.Attempt.Flags&tmpfile != 0 {
		return k.tmpfile(p)
	}
	from := k.dirs.At(p.At.Dir)
	var to *Dir
	if p.To != nil {
		to = k.dirs.At(p.To.Dir)
	}
	if from == nil && to == nil {
		return files.Leave
	}
	if k.Denies(p) || !p.Like() {
		return kernel
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	// Names here are changed by who has the lock alone. What was found before counts only
	// if it is still there: another name of a denied file may have come instead.
	if !p.At.Stays() || p.To != nil && !p.To.Stays() {
		return files.Again()
	}
	if k.foreign(from, p.At) || p.To != nil && k.foreign(to, p.To) || misleads(p, from, to) {
		return kernel
	}
	switch p.Call {
	case "open", "openat", "openat2", "creat":
		return k.open(p, from)
	case "mkdir", "mkdirat":
		return k.mkdir(p, from)
	case "mknod", "mknodat":
		return k.mknod(p, from)
	case "symlink", "symlinkat":
		if from.private {
			return kernel // nothing would tell it from one of another program
		}
		return k.as(p, func() error { return unix.Symlinkat(p.Attempt.Content, p.At.Dir, p.At.Name()) })
	case "unlink", "unlinkat", "rmdir":
		return k.remove(p, from)
	case "link", "linkat":
		return k.link(p, from)
	case "rename", "renameat", "renameat2":
		return k.rename(p, from, to)
	}
	return kernel
}

// foreign reports whether what is at p is in a private directory and did not come out of a
// pool: it is of another program, and no line gives it.
func (k *Keeper) foreign(d *Dir, p *files.Place) bool {
	return d != nil && d.private && p.Exists() && !k.own(p)
}

// misleads reports whether the call puts a symlink where later sandboxes follow it.
func misleads(p *files.Plan, from, to *Dir) bool {
	into := func(d *Dir) bool { return d != nil && d.followed }
	switch p.Call {
	case "symlink", "symlinkat":
		return into(from)
	case "rename", "renameat", "renameat2", "link", "linkat":
		exchanges := p.Attempt.Flags&unix.RENAME_EXCHANGE != 0
		return into(to) && p.At.Is(unix.S_IFLNK) || exchanges && into(from) && p.To.Is(unix.S_IFLNK)
	}
	return false
}

// tmpfile opens a file without a name.
func (k *Keeper) tmpfile(p *files.Plan) files.Decision {
	d := k.dirs.At(p.At.Thing)
	switch {
	case d == nil:
		return files.Leave
	case !p.Like():
		return kernel
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.unnamed(p, d)
}

// as does f as the caller and answers with what came of it.
func (k *Keeper) as(p *files.Plan, f func() error) files.Decision {
	var err error
	if becoming := p.As(func() { err = f() }); becoming != nil {
		return files.Refuse(unix.EACCES)
	}
	if err == nil {
		return files.Done(notify.Value(0))
	}
	if errno, ok := err.(unix.Errno); ok {
		return files.Refuse(errno)
	}
	return files.Refuse(unix.EACCES)
}

// pool is the one for what is made in d, or nil.
func (k *Keeper) pool(d *Dir) *pool {
	if d == nil {
		return nil
	}
	for _, p := range k.pools {
		if p.mount == d.mount && p.reads == d.reads {
			return p
		}
	}
	return nil
}
