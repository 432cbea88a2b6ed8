package main

import (
	"os"

	"github.com/nono-sandbox/nono/core/ephemeral"
	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// becomeNext is the second process, in a mount namespace of its own: it lays the
// overlays and becomes the shim, or the supervisor, which loses the privilege to mount. It returns only an
// error.
func becomeNext(o options) error {
	// The path, since the directory itself is the original's and would lead past the
	// overlay.
	dir, err := os.Getwd()
	if err != nil {
		return &fault.Error{Do: "find the working directory", Err: err}
	}
	r, err := ephemeral.OpenDir(o.inside)
	if err != nil {
		return err
	}
	if err := r.Mount(); err != nil {
		return err
	}
	if err := os.Chdir(dir); err != nil {
		return &fault.Error{Do: "start in", Path: dir, Err: err}
	}
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return &fault.Error{Do: "drop the privilege to mount", Err: err}
	}
	path, argv := o.next[0], append([]string{o.next[1], "--apart=" + r.ID}, o.next[2:]...)
	return &fault.Error{Do: "start", Path: path, Err: unix.Exec(path, argv, os.Environ())}
}
