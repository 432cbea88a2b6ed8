package ephemeral

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// The marks that the kernel leaves in an upper layer (overlayfs.rst). The kernel uses
// the first prefix where the overlay was mounted in a user namespace (userxattr), and
// the second one where root mounted the overlay without.
const (
	overlayPrefix = "user.overlay."
	trustedPrefix = "trusted.overlay."
)

// isWhiteout reports whether an entry of an upper layer says that the name was removed.
// There are two forms: a character device 0:0, and an empty file with an attribute,
// which the kernel makes where an overlay lies on another overlay.
func (d dir) isWhiteout(name string, st *unix.Stat_t) bool {
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFCHR:
		return st.Rdev == 0
	case unix.S_IFREG:
		return st.Size == 0 && d.marked(name, "whiteout") != ""
	}
	return false
}

// isOpaque reports whether the directory name in an upper layer hides all that the
// lower layer has there.
func (d dir) isOpaque(name string) bool { return d.marked(name, "opaque") == "y" }

func (d dir) marked(name, mark string) string {
	v, err := d.markOf(name, mark)
	if err != unix.EACCES {
		return v
	}
	// Its owner may have taken the right to read from it.
	back, err := d.widenAt(name, 0o400)
	defer back()
	if err != nil {
		return ""
	}
	v, _ = d.markOf(name, mark)
	return v
}

func (d dir) markOf(name, mark string) (v string, err error) {
	path := d.path(name)
	for _, p := range [...]string{trustedPrefix, overlayPrefix} {
		if v, err = read(func(b []byte) (int, error) { return unix.Lgetxattr(path, p+mark, b) }); err == nil {
			return v, nil
		}
	}
	return "", err
}

// unmark takes away the kernel's marks from an entry that leaves the upper layer.
func (d dir) unmark(name string) error {
	err := d.unmarkPlain(name)
	if err != unix.EACCES {
		return err
	}
	back, err := d.widenAt(name, 0o600)
	defer back()
	if err != nil {
		return err
	}
	return d.unmarkPlain(name)
}

func (d dir) unmarkPlain(name string) error {
	path := d.path(name)
	list, err := read(func(b []byte) (int, error) { return unix.Llistxattr(path, b) })
	if err != nil {
		return ignoreUnsupported(err)
	}
	for _, a := range splitNul(list) {
		if hasMarkPrefix(a) {
			if err := unix.Lremovexattr(path, a); err != nil && err != unix.ENODATA {
				return err
			}
		}
	}
	return nil
}

func procFD(fd int) string { return "/proc/self/fd/" + strconv.Itoa(fd) }

func splitNul(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == 0 })
}

func hasMarkPrefix(a string) bool {
	return strings.HasPrefix(a, overlayPrefix) || strings.HasPrefix(a, trustedPrefix)
}

// prefix returns with which of the two prefixes the entry is marked opaque.
func (d dir) prefix(name string) string {
	path := d.path(name)
	if _, err := read(func(b []byte) (int, error) { return unix.Lgetxattr(path, trustedPrefix+"opaque", b) }); err == nil {
		return trustedPrefix
	}
	return overlayPrefix
}

// mark marks the directory name of d as opaque.
func (d dir) mark(name, prefix string) error {
	back, err := d.widenAt(name, 0o600)
	defer back()
	if err != nil {
		return err
	}
	return unix.Lsetxattr(d.path(name), prefix+"opaque", []byte("y"), 0)
}
