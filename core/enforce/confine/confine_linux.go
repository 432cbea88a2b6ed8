// Package confine is the outer domain of a supervisor: the most that it may do in a run,
// whatever it is talked into.
package confine

import (
	"runtime"
	"slices"

	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/enforce/landlock"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// An Outer is what a supervisor keeps for itself beyond the sandbox of its command.
type Outer struct {
	// Paths are more lines, as in a spec: what the supervisor reads, starts or
	// writes. A deny of the spec holds against them as against a grant.
	Paths []spec.Path
	// Net leaves the network open, and UnixSockets every Unix socket.
	Net, UnixSockets bool
	// Names are directories in which names may be made, removed and renamed, whatever is
	// denied beneath them. They give no right to a file's content.
	Names []string
	// Rmdir has every write grant give the right to remove directories.
	Rmdir bool
}

// Enter puts the calling thread into a Landlock domain that is wide enough for the
// sandbox of s and for o, and no wider: whatever a supervisor is talked into, it cannot
// read or change what s denies. Of blocked commands only changing is denied here. It can
// list every directory, since the shim that it starts must list those on the way to what
// is denied.
//
// The caller must exec from the same goroutine, as after enforce.Apply: each thread of a
// process has a domain of its own, and only what one thread's domain surrounds may be
// looked at from there (landlock(7), ptrace restrictions). All threads of the
// program that is executed are in the one domain.
func Enter(s *spec.Spec, o Outer) error {
	runtime.LockOSThread()
	support, err := kernel.Detect()
	if err != nil {
		return &fault.Error{Do: "sandbox", Err: err, Hint: "nono runs nothing unprotected; 'nono why --support' tells more"}
	}
	around := *s
	around.Paths = withoutBlocked(slices.Concat(s.Paths, o.Paths))
	around.Net = s.Net || o.Net
	around.UnixSockets = s.UnixSockets || o.UnixSockets
	around.Rmdir = s.Rmdir || o.Rmdir
	ruleset, err := landlock.Make(&around, support.ABI)
	if err != nil {
		return err
	}
	defer unix.Close(ruleset)
	if err := give(ruleset, "/", carve.List, support.ABI); err != nil {
		return err
	}
	for _, path := range o.Names {
		if err := give(ruleset, path, carve.Create|carve.RemoveDir, support.ABI); err != nil {
			return err
		}
	}
	return landlock.Enter(ruleset, 0)
}

// withoutBlocked leaves out the denies of blocked commands that no line lets anybody change.
// To keep them from being started is the inner domain's part: their files hold nothing
// that must not be read, and each directory of commands takes a thousand rules to leave a
// few of them out.
func withoutBlocked(paths []spec.Path) []spec.Path {
	var changed []string
	for i := range paths {
		if p := &paths[i]; p.Kind.Grants() && p.Kind.Writes() {
			changed = append(changed, p.Path)
		}
	}
	return slices.DeleteFunc(paths, func(p spec.Path) bool {
		return p.Kind == spec.Deny && p.By.Source == spec.BlockedCommand &&
			!slices.ContainsFunc(changed, func(dir string) bool { return spec.Within(p.Path, dir) })
	})
}

// give adds a rule for the directory path, whatever is denied beneath it.
func give(ruleset int, path string, r carve.Rights, abi int) error {
	dir, err := unix.Open(path, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err == unix.ENOENT {
		return nil // removed since it was found: what takes its name later is given nothing
	}
	if err != nil {
		return &fault.Error{Do: "open", Path: path, Err: err}
	}
	defer unix.Close(dir)
	handled, _, _ := kernel.Handled(abi)
	if errno := landlock.AddRule(ruleset, &ll.PathBeneathAttr{ParentFd: dir, AllowedAccess: landlock.Bits(r) & handled}); errno != 0 {
		return &fault.Error{Do: "add a Landlock rule for", Path: path, Err: errno}
	}
	return nil
}
