package ephemeral

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/fault"
)

// Lock takes the run for this process until the process ends or calls Unlock. It
// fails at once where another process has the run.
func (r *Run) Lock() error {
	f, err := os.OpenFile(filepath.Join(r.Dir, "lock"), os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return &fault.Error{Do: "lock", Path: r.Dir, Err: err}
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		if err == unix.EWOULDBLOCK {
			return &fault.Error{Do: "use", Path: r.ID, Err: fault.Text("the run has not ended"), Hint: "end the command first"}
		}
		return &fault.Error{Do: "lock", Path: r.Dir, Err: err}
	}
	r.lock = f
	return nil
}

// Unlock gives the run free.
func (r *Run) Unlock() {
	if r.lock != nil {
		r.lock.Close()
		r.lock = nil
	}
}
