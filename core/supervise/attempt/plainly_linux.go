package attempt

import (
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/supervise/caller"
	"golang.org/x/sys/unix"
)

// PlainlyAllowed reports whether the lines give all that a can need, so that whatever is
// on the disk the kernel's rules do not refuse it. from and to are where its paths lead.
func (a *Attempt) PlainlyAllowed(names *byname.Names, from, to *caller.Name) bool {
	dir := names.Kernel(from.Real)
	if a.NoFollow || !symlink(from) {
		here := names.Kernel(from.Path())
		has := func(set, want carve.Rights) bool { return set&want == want }
		switch a.Op {
		case query.Read, query.List:
			return has(here, carve.ReadFile|carve.List)
		case query.Write:
			return has(here, carve.WriteFile) && has(dir, carve.Create)
		case query.ReadWrite:
			return has(here, carve.ReadFile|carve.WriteFile|carve.List) && has(dir, carve.Create)
		case query.Truncate:
			return has(here, carve.WriteFile)
		case query.Execute:
			return has(here, carve.Execute)
		case query.Create, query.Mkdir, query.Symlink, query.Mkfifo, query.Mksock, query.Delete:
			return has(dir, carve.Create)
		case query.Rmdir:
			return has(dir, carve.RemoveDir)
		case query.RenameTo, query.LinkTo:
			// Within one directory nothing gains rights. A directory needs more.
			return to != nil && from.Real == to.Real && has(dir, carve.Create|carve.RemoveDir)
		}
	}
	return false
}

func symlink(n *caller.Name) bool {
	var st unix.Stat_t
	err := unix.Fstatat(n.Dir, n.Base, &st, unix.AT_SYMLINK_NOFOLLOW)
	return err == nil && st.Mode&unix.S_IFMT == unix.S_IFLNK
}
