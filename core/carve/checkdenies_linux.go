package carve

import (
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// CheckDenies returns an error for a deny whose path has a symlink, in two cases. The
// target is granted by a line above it, and no line denies the target: the command could
// open the denied file by its other name. Or the command may replace a symlink of the path:
// at the next start, the path would lead to another file. nono-run makes the denies for
// these cases itself. Call CheckDenies before Rules for a spec from elsewhere.
func CheckDenies(s *spec.Spec) error {
	for i := range s.Paths {
		p := &s.Paths[i]
		if p.Kind.Grants() || !throughLink(p.Path) {
			continue
		}
		links, real, err := leadsTo(p.Path)
		if err != nil {
			return &fault.Error{Do: "tell what is denied by", Path: p.Path, Err: err,
				Hint: "deny the target of the symlink instead"}
		}
		if granted(s, p.Kind, real) {
			return &fault.Error{Do: "deny", Path: p.Path, Err: fault.Text("it leads to " + fault.Quote(real) + ", which stays granted"),
				Hint: "deny that path too"}
		}
		for _, link := range links {
			if replaceable(s, link) {
				return &fault.Error{Do: "deny", Path: p.Path, Err: fault.Text("it leads through the symlink " + fault.Quote(link) + ", which can be replaced"),
					Hint: "deny-write that path too"}
			}
		}
	}
	return nil
}

// throughLink reports whether path has, or may have, a symlink in any component.
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

// leadsTo follows the symlinks of path as far as their targets exist. It returns the real
// path, and the real path of each symlink.
func leadsTo(path string) (links []string, real string, err error) {
	at, rest := "/", path
	for rest = strings.TrimLeft(rest, "/"); rest != ""; rest = strings.TrimLeft(rest, "/") {
		name, tail, _ := strings.Cut(rest, "/")
		rest = tail
		switch name {
		case ".":
			continue
		case "..":
			at = spec.Parent(at)
			continue
		}
		next := spec.Join(at, name)
		target, err := readlink(next)
		switch err {
		case nil:
		case unix.EINVAL, unix.ENOENT, unix.ENOTDIR: // no symlink, or not there
			at = next
			continue
		default:
			return nil, "", err
		}
		if links = append(links, next); len(links) > 40 {
			return nil, "", unix.ELOOP
		}
		if strings.HasPrefix(target, "/") {
			at = "/"
		}
		rest = target + "/" + tail
	}
	return links, at, nil
}

func readlink(path string) (string, error) {
	buf := make([]byte, 64<<10)
	n, err := unix.Readlink(path, buf)
	if err != nil {
		return "", err
	}
	return string(buf[:n]), nil
}

// granted reports whether s grants at path a right that a line of kind deny takes away. Of
// the lines at and above path, the deepest one decides.
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

// replaceable reports whether the command may replace the symlink link: s grants changes in
// its directory, and the directory is no chain directory.
func replaceable(s *spec.Spec, link string) bool {
	dir := spec.Parent(link)
	grant, shut := 0, 0
	for i := range s.Paths {
		p := &s.Paths[i]
		switch {
		case !p.Kind.Grants():
			if spec.Beneath(p.Path, dir) {
				return false
			}
			if spec.Within(link, p.Path) {
				shut = max(shut, len(p.Path))
			}
		case p.Kind.Directory() && p.Kind.Writes() && spec.Within(dir, p.Path):
			grant = max(grant, len(p.Path))
		}
	}
	return grant > 0 && grant >= shut
}
