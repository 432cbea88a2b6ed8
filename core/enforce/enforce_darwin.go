package enforce

import (
	"os"
	"slices"
	"strconv"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/seatbelt"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// sandboxExec is the system's own program that enters a profile and executes a
// command. It ships with macOS and is protected like the system itself.
const sandboxExec = "/usr/bin/sandbox-exec"

// Sandbox is one that is ready to be entered; only Apply makes one.
type Sandbox struct{ profile string }

// Apply checks s against the disk, compiles it for Seatbelt and arranges for
// inherited descriptors to be closed. Unlike on Linux the process itself is not
// restricted yet: Start starts the command through sandbox-exec(1), which
// restricts itself first. There is no supervisor on macOS. Not verified on a Mac.
func Apply(s *spec.Spec, beside Beside) (*Sandbox, error) {
	if err := beside.check(s); err != nil {
		return nil, err
	}
	if beside.Supervisor != 0 {
		return nil, &fault.Error{Do: "supervise", Err: fault.Text("that needs Linux")}
	}
	if err := unix.Access(sandboxExec, unix.X_OK); err != nil {
		return nil, &fault.Error{Do: "use", Path: sandboxExec, Err: err, Hint: "nono runs nothing unprotected"}
	}
	if s.KernelLog {
		return nil, &fault.Error{Do: "have the kernel log what it denies", Err: fault.Text("that needs Linux"), Hint: "leave out --audit-kernel"}
	}
	for i := range s.Paths {
		if err := checkGrant(&s.Paths[i]); err != nil {
			return nil, err
		}
	}
	dir, err := unix.Getwd()
	if err != nil {
		dir = "" // it was removed: what is above it is nobody's way
	}
	profile, err := seatbelt.Profile(s, dir)
	if err != nil {
		return nil, &fault.Error{Do: "make the Seatbelt profile", Err: err}
	}
	if err := closeInherited(s.KeepFDs); err != nil {
		return nil, err
	}
	return &Sandbox{profile: string(profile)}, nil
}

// exec replaces the process by the command in the sandbox. It returns only if
// that failed. The command's argv[0] is path, which sandbox-exec(1) makes it.
func (b *Sandbox) exec(path string, argv, env []string) error {
	// sandbox-exec would say so too, but in its own words, and when it is too late
	// to look further.
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return unix.EACCES
	}
	if err := unix.Access(path, unix.X_OK); err != nil {
		return err
	}
	args := append([]string{sandboxExec, "-p", b.profile, "--", path}, argv[1:]...)
	return unix.Exec(sandboxExec, args, env)
}

// checkGrant holds a grant against the disk: a missing path or one of the wrong
// kind stops the launch, as does a symlink in its last place.
func checkGrant(p *spec.Path) error {
	if !p.Kind.Grants() {
		return nil
	}
	var st unix.Stat_t
	switch err := unix.Lstat(p.Path, &st); {
	case err == unix.ENOENT && p.Optional:
		return nil
	case err != nil:
		return &fault.Error{Do: "grant", Path: p.Path, Err: err}
	}
	isDir := st.Mode&unix.S_IFMT == unix.S_IFDIR
	switch {
	case st.Mode&unix.S_IFMT == unix.S_IFLNK:
		return &fault.Error{Do: "grant", Path: p.Path, Err: fault.Text("it is now a symlink"), Hint: "the spec needs the real path"}
	case p.Kind.Directory() && !isDir:
		return &fault.Error{Do: "grant", Path: p.Path, Err: fault.Text("it is not a directory, so '" + p.Kind.String() + "' does not fit")}
	case p.Kind.File() && isDir:
		return &fault.Error{Do: "grant", Path: p.Path, Err: fault.Text("it is a directory, so '" + p.Kind.String() + "' does not fit")}
	}
	return nil
}

// closeInherited marks every descriptor above 2 to be closed by the exec, but
// for those in keep, which must be open. macOS has no close_range, and a
// descriptor may lie above the limit if that was lowered since, so /dev/fd says
// which there are.
func closeInherited(keep []int) error {
	open, err := descriptors()
	if err != nil {
		return &fault.Error{Do: "close inherited descriptors: cannot list", Path: "/dev/fd", Err: err}
	}
	for _, fd := range open {
		if fd <= 2 {
			continue
		}
		// The one that listed the others is closed by now.
		_, err := unix.FcntlInt(uintptr(fd), unix.F_SETFD, unix.FD_CLOEXEC)
		if err != nil && err != unix.EBADF {
			return &fault.Error{Do: "close inherited descriptors", Err: err}
		}
	}
	for _, fd := range keep {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETFD, 0); err != nil {
			return &fault.Error{Do: "keep an inherited descriptor", Err: err}
		}
	}
	return nil
}

// descriptors returns the open descriptors: what /dev/fd lists and, since nobody
// promises that this is whole, the first 1024 numbers. A list without the one that
// it was read through would be of something else.
func descriptors() ([]int, error) {
	dir, err := os.Open("/dev/fd")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	var open []int
	for _, name := range names {
		if fd, err := strconv.Atoi(name); err == nil {
			open = append(open, fd)
		}
	}
	if !slices.Contains(open, int(dir.Fd())) {
		return nil, fault.Text("it is not of this process")
	}
	for fd := 3; fd < 1024; fd++ {
		open = append(open, fd)
	}
	return open, nil
}
