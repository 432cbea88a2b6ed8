package carve

import (
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// CheckDenies refuses a spec that denies a path by a name through a symlink,
// while what that leads to is granted by a directory above it and denied by no
// line: a rule is about files and not about names, so that the other name would
// give what the spec's writer shut. nono-run denies both names itself; a spec from
// elsewhere is to be checked before its Rules are made.
func CheckDenies(s *spec.Spec) error {
	for i := range s.Paths {
		p := &s.Paths[i]
		if p.Kind.Grants() || !throughLink(p.Path) {
			continue
		}
		real, err := leadsTo(p.Path)
		if err != nil {
			return &fault.Error{Do: "tell what is denied by", Path: p.Path, Err: err,
				Hint: "deny what it leads to in its place"}
		}
		if granted(s, p.Kind, real) {
			return &fault.Error{Do: "deny", Path: p.Path, Err: fault.Text("it leads to " + fault.Quote(real) + ", which stays granted"),
				Hint: "deny that path too"}
		}
	}
	return nil
}

// throughLink reports whether a symlink is, or may be, on the way to path or at
// its end.
func throughLink(path string) bool {
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_NOFOLLOW | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_SYMLINKS}
	fd, err := unix.Openat2(unix.AT_FDCWD, path, &how)
	if err != nil {
		return err == unix.ELOOP || err == unix.ENOSYS || err == unix.EAGAIN
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	return unix.Fstat(fd, &st) != nil || st.Mode&unix.S_IFMT == unix.S_IFLNK
}

// leadsTo follows the symlinks of path, as far as what they lead to exists.
func leadsTo(path string) (string, error) {
	rest := ""
	for hops := 0; hops < 40; {
		fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
		if err == nil {
			real, err := readlink("/proc/self/fd/" + strconv.Itoa(fd))
			unix.Close(fd)
			return strings.TrimSuffix(real, "/") + rest, err
		}
		slash := strings.LastIndexByte(path, '/')
		if err != unix.ENOENT && err != unix.ENOTDIR || slash < 0 {
			return "", err
		}
		target, err := readlink(path)
		switch {
		case err != nil: // nothing is there yet
			path, rest = path[:max(slash, 1)], path[slash:]+rest
		case strings.HasPrefix(target, "/"):
			path, hops = target, hops+1
		default:
			path, hops = path[:slash+1]+target, hops+1
		}
	}
	return "", unix.ELOOP
}

func readlink(path string) (string, error) {
	buf := make([]byte, 64<<10)
	n, err := unix.Readlink(path, buf)
	if err != nil {
		return "", err
	}
	return string(buf[:n]), nil
}

// granted reports whether s leaves at path, by a grant above it, what a line of
// kind deny takes away: the line that is nearest to a path decides.
func granted(s *spec.Spec, deny spec.Kind, path string) bool {
	grant, shut := 0, 0
	for i := range s.Paths {
		p := &s.Paths[i]
		switch {
		case p.Kind.Grants():
			if spec.Beneath(path, p.Path) && (deny == spec.Deny || p.Kind.Writes()) {
				grant = max(grant, len(p.Path))
			}
		case spec.Within(path, p.Path) && (p.Kind == spec.Deny || deny == spec.DenyWrite):
			shut = max(shut, len(p.Path))
		}
	}
	return grant > 0 && grant >= shut
}
