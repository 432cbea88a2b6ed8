package query

import (
	"os"
	"path/filepath"

	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/seatbelt"
	"github.com/nono-sandbox/nono/core/spec"
)

// mac answers with the decisions that core/seatbelt makes its profile from.
type mac struct {
	s   *spec.Spec
	cwd string
}

const bySeatbelt = "Seatbelt"

// ask answers for the policy alone. It does not check the file permissions.
func (m *mac) ask(q Question) Verdict {
	v := Verdict{Op: q.Op, Path: q.Path, To: q.To, Status: Allowed, Reason: NotRestricted}
	path, dir := m.resolve(q.Path, !q.Op.names())
	v.Resolved = path
	_, err := os.Lstat(path)
	v.Exists = err == nil
	for _, c := range classesOf(q.Op, dir) {
		if !m.decide(&v, c, path) {
			return v
		}
	}
	if q.Op.Two() {
		to, _ := m.resolve(q.To, false)
		if m.decide(&v, seatbelt.Create, to) && v.Exists && q.Op == RenameTo {
			if _, err := os.Lstat(to); err == nil {
				m.decide(&v, seatbelt.Remove, to)
			}
		}
	}
	if q.Op == Mkdev {
		v.Status, v.Reason, v.EnforcedBy = Denied, DeviceNode, bySeatbelt
	}
	return v
}

// names reports whether the operation is on a name: it does not follow a symlink with this
// name.
func (o Op) names() bool {
	switch o {
	case Create, Delete, Rmdir, Mkdir, Symlink, Mkfifo, Mksock, Mkdev, RenameTo, LinkTo:
		return true
	}
	return false
}

// decide notes the decision for one class of operations at path, and reports whether they
// are allowed.
func (m *mac) decide(v *Verdict, c seatbelt.Class, path string) bool {
	granted, line := seatbelt.Decision(m.s, m.start(), c, path)
	v.Line = nil
	if line >= 0 {
		v.Line = &m.s.Paths[line]
	}
	if granted {
		v.Reason = reasonOf(v.Line, m.cwd)
		return true
	}
	v.Status, v.EnforcedBy, v.Errno = Denied, bySeatbelt, "EPERM"
	switch {
	case v.Line == nil:
		v.Reason = NotInAllowedPaths
		if g := byname.AnyGrant(m.s, path); g != nil {
			v.Reason, v.Line = InsufficientAccess, g
			if c == seatbelt.RemoveDir && !m.s.Rmdir {
				v.Reason = RmdirBlocked
			}
		}
	case spec.Beneath(v.Line.Path, path):
		v.Reason, v.Category = ChainDirectory, categoryOf(v.Line)
	case blocked(v.Line):
		v.Reason, v.Category = BlockedCommand, categoryOf(v.Line)
	default:
		v.Reason, v.Category = SensitivePath, categoryOf(v.Line)
	}
	v.Lacking = path
	return false
}

// classesOf returns the classes that an operation needs. dir: the path is a directory.
func classesOf(o Op, dir bool) []seatbelt.Class {
	switch o {
	case Write:
		if dir {
			return []seatbelt.Class{seatbelt.Create}
		}
		return []seatbelt.Class{seatbelt.Write}
	case ReadWrite:
		return []seatbelt.Class{seatbelt.Read, seatbelt.Write}
	case Execute:
		return []seatbelt.Class{seatbelt.Exec}
	case Truncate:
		return []seatbelt.Class{seatbelt.Write}
	case Create, Mkdir, Symlink, Mkfifo, Mkdev:
		return []seatbelt.Class{seatbelt.Create}
	case Mksock:
		return []seatbelt.Class{seatbelt.Bind}
	case Delete, RenameTo:
		if dir {
			return []seatbelt.Class{seatbelt.RemoveDir}
		}
		return []seatbelt.Class{seatbelt.Remove}
	case Rmdir:
		return []seatbelt.Class{seatbelt.RemoveDir}
	case LinkTo:
		return []seatbelt.Class{seatbelt.Link}
	case Ioctl:
		return []seatbelt.Class{seatbelt.Read, seatbelt.Ioctl}
	case Connect:
		return []seatbelt.Class{seatbelt.Connect}
	}
	return []seatbelt.Class{seatbelt.Read}
}

// start returns the directory where the command starts, without symlinks.
func (m *mac) start() string {
	dir, _ := m.resolve(m.cwd, true)
	return dir
}

// resolve returns the target of path, as far as it exists, and whether this is a directory.
func (m *mac) resolve(path string, follow bool) (at string, dir bool) {
	if !filepath.IsAbs(path) {
		path = spec.Join(m.cwd, path)
	}
	r := paths.NewResolver()
	t, _, err := r.Name(path)
	if follow {
		t, err = r.Resolve(path)
	}
	return t.Path, err == nil && t.IsDir()
}
