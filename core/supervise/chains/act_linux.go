package chains

import (
	"strings"

	"github.com/nono-sandbox/nono/core/supervise/files"
	"golang.org/x/sys/unix"
)

// Concerns reports whether a call would make, remove or rename a name in a chain directory.
func (k *Keeper) Concerns(p *files.Plan) bool {
	if strings.HasPrefix(p.Call, "open") && p.Attempt.Flags&tmpfile != 0 {
		return k.dirs.At(p.At.Thing) != nil
	}
	switch p.Call {
	case "open", "openat", "openat2", "creat":
		return p.Attempt.Flags&unix.O_CREAT != 0 && !p.At.Exists() && k.dirs.At(p.At.Dir) != nil
	case "truncate":
		return false
	}
	return k.dirs.At(p.At.Dir) != nil || p.To != nil && k.dirs.At(p.To.Dir) != nil
}

// Denies reports whether a name of the call is denied.
func (k *Keeper) Denies(p *files.Plan) bool {
	denied := func(at *files.Place) bool {
		d := k.dirs.At(at.Dir)
		return d != nil && d.denies(at.Base)
	}
	return denied(p.At) || p.To != nil && denied(p.To)
}

// Act decides such a call for another feature, which must look at all of them, and does what
// is to be done. did tells that names were changed.
func (k *Keeper) Act(p *files.Plan) (d files.Decision, did bool) {
	d = k.before(p)
	return d, d.Errno() == 0 && d != kernel && d != files.Leave && d != files.Again()
}
