// Package owndirs lets a sandboxed command remove and rename the directories that it
// made itself in this run, where it may remove no others.
//
// The supervisor makes every directory in the caller's place, so that it knows which one
// came to be, and removes and renames those. It does so where the lines let the command
// make names. Its own Landlock domain gives it the right to remove directories there too, and
// with another feature more: names may be made then on the way to what is denied, and in it.
// Calls about anything else go on to the kernel, which decides as without a supervisor.
package owndirs

import (
	"sync"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/attempt"
	"github.com/nono-sandbox/nono/core/supervise/caller"
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"golang.org/x/sys/unix"
)

// keeper knows the directories that were made inside. It does one thing at a time: what
// it has looked at, no other call of the command changes before it acts.
type keeper struct {
	mu  sync.Mutex
	own map[carve.ID]born
	// names tell where names may be made.
	names *byname.Names
	// others tells which directories are another feature's, or is nil.
	others func(dir int) bool
}

// born is when a directory was made, by its file system: an inode number can be given to
// another directory once the first is gone.
type born struct {
	sec  int64
	nsec uint32
}

// Feature returns what makes, removes and renames directories for the command, but for
// names in the directories that others says are another feature's, in the sandbox of s.
func Feature(s *spec.Spec, others func(dir int) bool) supervise.Feature {
	k := &keeper{own: map[carve.ID]born{}, names: byname.Of(s), others: others}
	return supervise.Feature{Name: "own directories", Decide: map[string]supervise.Decider{
		"mkdir": k.mkdir, "mkdirat": k.mkdir, "rmdir": k.rmdir, "unlinkat": k.rmdir,
		"rename": k.rename, "renameat": k.rename, "renameat2": k.rename,
	}}
}

// find reads what a call tries and opens where. ok is false where the supervisor has no
// part in it.
func (k *keeper) find(c *supervise.Call) (a attempt.Attempt, p *caller.Process, n *caller.Name, ok bool) {
	a, err := attempt.Of(c)
	if err != nil {
		return a, nil, nil, false
	}
	if p, err = c.Caller(); err != nil || !p.Like() {
		return a, nil, nil, false
	}
	if n, err = p.Find(a.Dir, a.Path); err != nil {
		return a, nil, nil, false
	}
	if !k.mine(n) {
		n.Close()
		return a, nil, nil, false
	}
	return a, p, n, true
}

// mine reports whether n is a name that the lines let the command make and remove, and no
// other feature's.
func (k *keeper) mine(n *caller.Name) bool {
	return n.Base != "." && k.names.Kernel(n.Real)&carve.Create != 0 && (k.others == nil || !k.others(n.Dir))
}

// mkdir makes the directory, and remembers it.
func (k *keeper) mkdir(c *supervise.Call) (notify.Answer, bool) {
	a, p, n, ok := k.find(c)
	if !ok {
		return notify.Answer{}, false
	}
	defer n.Close()
	status, err := p.Status()
	if err != nil || !c.Valid() {
		return notify.Answer{}, false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	began := born{}
	var now unix.Timespec
	// The clock of file systems lags behind by a tick.
	if unix.ClockGettime(unix.CLOCK_REALTIME_COARSE, &now) == nil {
		began = born{now.Sec, uint32(now.Nsec)}
	}
	old := unix.Umask(status.Umask)
	err = unix.Mkdirat(n.Dir, n.Base, a.Mode)
	unix.Umask(old)
	if err != nil {
		return notify.Errno(number(err)), true
	}
	if id, when, err := identity(n); err == nil && !when.before(began) {
		k.own[id] = when
	}
	return notify.Value(0), true
}

// rmdir removes a directory that was made inside.
func (k *keeper) rmdir(c *supervise.Call) (notify.Answer, bool) {
	if c.Name == "unlinkat" && uint32(c.Args[2])&unix.AT_REMOVEDIR == 0 {
		return notify.Answer{}, false
	}
	a, _, n, ok := k.find(c)
	if !ok || a.Op != query.Rmdir {
		return notify.Answer{}, false
	}
	defer n.Close()
	k.mu.Lock()
	defer k.mu.Unlock()
	id, own := k.owns(n)
	if !own || !c.Valid() {
		return notify.Answer{}, false
	}
	if err := unix.Unlinkat(n.Dir, n.Base, unix.AT_REMOVEDIR); err != nil {
		return notify.Errno(number(err)), true
	}
	delete(k.own, id)
	return notify.Value(0), true
}

// rename renames a directory that was made inside. What it replaces, or is exchanged
// with, must have been made inside too.
func (k *keeper) rename(c *supervise.Call) (notify.Answer, bool) {
	a, p, from, ok := k.find(c)
	if !ok {
		return notify.Answer{}, false
	}
	defer from.Close()
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, own := k.owns(from); !own {
		return notify.Answer{}, false
	}
	to, err := p.Find(a.ToDir, a.To)
	if err != nil {
		return notify.Answer{}, false
	}
	defer to.Close()
	if !k.mine(to) {
		return notify.Answer{}, false
	}
	there, own := k.owns(to)
	if !own && exists(to) || a.Flags&^(unix.RENAME_EXCHANGE|unix.RENAME_NOREPLACE) != 0 || !c.Valid() {
		return notify.Answer{}, false
	}
	if err := unix.Renameat2(from.Dir, from.Base, to.Dir, to.Base, uint(a.Flags)); err != nil {
		return notify.Errno(number(err)), true
	}
	if own && a.Flags&unix.RENAME_EXCHANGE == 0 {
		delete(k.own, there)
	}
	return notify.Value(0), true
}

// owns reports whether n is a directory that was made inside.
func (k *keeper) owns(n *caller.Name) (carve.ID, bool) {
	id, when, err := identity(n)
	if err != nil {
		return id, false
	}
	known, ok := k.own[id]
	return id, ok && known == when
}

// identity is which directory n is, and when it was made; an error where it is no
// directory, or the file system does not tell.
func identity(n *caller.Name) (carve.ID, born, error) {
	var st unix.Statx_t
	err := unix.Statx(n.Dir, n.Base, unix.AT_SYMLINK_NOFOLLOW, unix.STATX_TYPE|unix.STATX_INO|unix.STATX_BTIME, &st)
	if err != nil {
		return carve.ID{}, born{}, err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR || st.Mask&unix.STATX_BTIME == 0 {
		return carve.ID{}, born{}, unix.ENOTDIR
	}
	return carve.ID{Dev: unix.Mkdev(st.Dev_major, st.Dev_minor), Ino: st.Ino}, born{st.Btime.Sec, st.Btime.Nsec}, nil
}

func exists(n *caller.Name) bool {
	var st unix.Stat_t
	return unix.Fstatat(n.Dir, n.Base, &st, unix.AT_SYMLINK_NOFOLLOW) != unix.ENOENT
}

func (b born) before(other born) bool {
	return b.sec < other.sec || b.sec == other.sec && b.nsec < other.nsec
}

// number is err as an errno for the caller.
func number(err error) unix.Errno {
	if errno, ok := err.(unix.Errno); ok {
		return errno
	}
	return unix.EACCES
}
