package ephemeral

import (
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
)

// selected returns the changes at and beneath paths, or all.
func (r *Run) selected(paths []string) ([]Change, error) {
	all, err := r.Changes()
	if err != nil || len(paths) == 0 {
		return all, err
	}
	var some []Change
	used := make([]bool, len(paths))
	for _, c := range all {
		for i, p := range paths {
			if spec.Within(c.Path, p) {
				some, used[i] = append(some, c), true
				break
			}
		}
	}
	for i, u := range used {
		if !u {
			return nil, &fault.Error{Do: "find a change at", Path: paths[i], Err: fault.Text("the run changed nothing there"), Hint: "nono diff " + r.ID + " shows all"}
		}
	}
	return some, nil
}

func (r *Run) deniedAt(path string) string {
	for _, d := range r.Denied {
		if spec.Within(path, d) {
			return d
		}
	}
	return ""
}

// How much of a path is selected.
type extent uint8

func (k *keeper) extent(inner string) extent {
	if len(k.paths) == 0 {
		return whole
	}
	e, path := none, filepath.Join(k.at, inner)
	for _, p := range k.paths {
		if spec.Within(path, p) {
			return whole
		}
		if spec.Beneath(p, path) {
			e = part
		}
	}
	return e
}

// reveal turns an opaque directory into a plain one: every name that the mark hides
// gets a whiteout of its own. So a part of the directory can be kept.
func reveal(upper dir, name string, upSub, lowSub dir) error {
	names, err := lowSub.names()
	if err != nil {
		return err
	}
	for _, n := range names {
		up, err := upSub.stat(n)
		if err != nil {
			return err
		}
		if up != nil {
			// What both have is no merge of the two: all beneath is the run's alone.
			if isDir(up) {
				if err := upSub.mark(n, upper.prefix(name)); err != nil {
					return err
				}
			}
			continue
		}
		// Everybody may make a whiteout (mknod(2) asks for no privilege for 0:0).
		if err := unix.Mknodat(upSub.fd, n, unix.S_IFCHR, 0); err != nil {
			return err
		}
	}
	return unix.Lremovexattr(upper.path(name), upper.prefix(name)+"opaque")
}
