package sockets

import (
	"path"
	"slices"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// givenOf opens the sockets that lines of s name. Nothing else gets the inode of a file
// that is held open, also where its name is removed.
func givenOf(s *spec.Spec) map[string]int {
	given := map[string]int{}
	for i := range s.Paths {
		p := &s.Paths[i]
		if p.Kind != spec.UnixSocket {
			continue
		}
		if fd, err := unix.Open(p.Path, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0); err == nil {
			given[p.Path] = fd
		}
	}
	return given
}

// granted reports whether the command may connect to the socket file target, which is at
// real, and whether a process inside made it.
func (d *doors) granted(real string, target int) (ok, inside bool) {
	bound, err := boundTo(target)
	if err != nil {
		bound = nil
	}
	if d.made.all(bound) {
		return true, true
	}
	return d.meant(real) && d.inPlace(real, target, bound), false
}

func (d *doors) meant(path string) bool { return d.names.Meant(path)&carve.ConnectUnix != 0 }

// inPlace reports whether target is at real by its server's will. Where the command may
// change names it can put another server's socket in the place of the granted one. Then
// only the file counts that was there at the start, or one that its server has made at
// a granted name itself.
func (d *doors) inPlace(real string, target int, bound []socket) bool {
	if d.names.Meant(path.Dir(real))&carve.Create == 0 {
		return true
	}
	if given, ok := d.given[real]; ok && same(given, target) {
		return true
	}
	return len(bound) > 0 && !slices.ContainsFunc(bound, func(s socket) bool {
		return !path.IsAbs(s.name) || path.Clean(s.name) != s.name || !d.meant(s.name)
	})
}

func same(a, b int) bool {
	var one, two unix.Stat_t
	return unix.Fstat(a, &one) == nil && unix.Fstat(b, &two) == nil && one.Dev == two.Dev && one.Ino == two.Ino
}
