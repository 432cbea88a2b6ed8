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
	"strings"
	"sync"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/query"
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
	names     *query.Names
	pools     []*pool
	performer *files.Performer
	// rmdir tells that directories may be removed, and rmdirOwn that those may that came
	// out of a pool.
	rmdir, rmdirOwn bool
}

// New returns a Keeper for the sandbox of s, with the pools that Prepare has made.
func New(s *spec.Spec, pools []string) (*Keeper, error) {
	k := &Keeper{dirs: Find(s), names: query.NamesOf(s), performer: files.New(), rmdir: s.Rmdir, rmdirOwn: s.RmdirOwn}
	for _, path := range pools {
		p, err := openPool(path)
		if err != nil {
			return nil, err
		}
		p.reads = k.names.Meant(spec.Join(path, "f0"))&carve.ReadFile != 0
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
	if from != nil && from.denies(p.At.Base) || to != nil && to.denies(p.To.Base) || !p.Like() {
		return kernel
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	switch p.Call {
	case "open", "openat", "openat2", "creat":
		return k.open(p, from)
	case "mkdir", "mkdirat":
		return k.mkdir(p, from)
	case "mknod", "mknodat":
		return k.mknod(p, from)
	case "symlink", "symlinkat":
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

// remove is unlink and rmdir.
func (k *Keeper) remove(p *files.Plan, from *Dir) files.Decision {
	flags := int(p.Attempt.Flags)
	if p.Attempt.Op == query.Rmdir {
		flags = unix.AT_REMOVEDIR
		if !k.mayMove(p.At) {
			return kernel
		}
	}
	return k.as(p, func() error {
		if pool := k.pool(from); pool != nil && flags == 0 && p.At.Is(unix.S_IFREG) {
			pool.back(p.At.Dir, p.At.Base)
		}
		return unix.Unlinkat(p.At.Dir, p.At.Name(), flags)
	})
}

// mayMove reports whether what lies at p may be renamed or removed, which of directories
// is a right of its own.
func (k *Keeper) mayMove(p *files.Place) bool {
	if !p.Is(unix.S_IFDIR) || k.rmdir {
		return true
	}
	return k.rmdirOwn && k.own(p)
}

// own reports whether what lies at p came out of a pool.
func (k *Keeper) own(p *files.Place) bool {
	for _, pool := range k.pools {
		if pool.is(&p.Stat) {
			return true
		}
	}
	return false
}

// link gives a file of a chain directory one more name, in any.
func (k *Keeper) link(p *files.Plan, from *Dir) files.Decision {
	switch {
	case !p.At.Exists() || p.At.Is(unix.S_IFDIR):
		return kernel
	case from == nil && !k.own(p.At):
		// Its rights are its directory's, and it would have none at its new name.
		return files.Refuse(unix.EXDEV)
	}
	if pool := k.poolOf(p.At); pool != nil {
		return k.name(p, pool)
	}
	to := k.dirs.At(p.To.Dir)
	if k.gains(p, from, to) {
		return files.Refuse(unix.EXDEV)
	}
	if to == nil {
		switch {
		case !k.plain(p.To):
			return kernel
		case k.maybeDenied(p.At):
			return files.Refuse(unix.EXDEV)
		}
	}
	return k.as(p, func() error { return p.Link() })
}

// gains reports whether what lies at p would have rights at its new name in a chain
// directory that it lacks where it is. In this run its own rule stays, but a later one
// would grant it by the new name. Elsewhere Landlock asks the same (LANDLOCK_ACCESS_FS_REFER).
func (k *Keeper) gains(p *files.Plan, from, to *Dir) bool {
	if from == nil || to == nil {
		return false
	}
	return k.names.Meant(spec.Join(to.Path, p.To.Base))&^k.names.Meant(spec.Join(from.Path, p.At.Base)) != 0
}

// maybeDenied reports whether what lies at p has another name, which may be a denied one:
// in a directory that is granted as a whole it would be given back.
func (k *Keeper) maybeDenied(p *files.Place) bool {
	return !p.Is(unix.S_IFDIR) && p.Stat.Nlink > 1 && !k.own(p)
}

// plain reports whether names may be made at p by the lines, without a supervisor.
func (k *Keeper) plain(p *files.Place) bool {
	return p.Real != "" && k.names.Kernel(p.Real)&carve.Create != 0
}

// rename renames within chain directories, and between one and a directory where the
// command may make names itself.
func (k *Keeper) rename(p *files.Plan, from, to *Dir) files.Decision {
	const exchange = unix.RENAME_EXCHANGE
	flags := uint(p.Attempt.Flags)
	switch {
	case !p.At.Exists(), !k.mayMove(p.At), p.To.Exists() && !k.mayMove(p.To):
		return kernel
	case flags&exchange != 0 && from != to:
		return kernel
	case from == nil && !k.plain(p.At), to == nil && !k.plain(p.To):
		return kernel
	case from == nil && !p.At.Is(unix.S_IFLNK) && !k.own(p.At):
		// Its rights are its directory's, and it would have none at its new name.
		return files.Refuse(unix.EXDEV)
	case to == nil && k.maybeDenied(p.At), k.gains(p, from, to):
		return files.Refuse(unix.EXDEV)
	}
	return k.as(p, func() error {
		var pool *pool
		if to != nil && p.To.Is(unix.S_IFREG) && flags == 0 && !p.SameThing() {
			if pool = k.pool(to); pool != nil {
				pool.back(p.To.Dir, p.To.Base)
			}
		}
		return unix.Renameat2(p.At.Dir, p.At.Name(), p.To.Dir, p.To.Name(), flags)
	})
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
