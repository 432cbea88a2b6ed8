package policy

import (
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// standardStreams grants what descriptors 0 to 2 are open on, in the mode in which they
// are open: the command holds them already, and programs open /dev/stderr.
func (c *compiler) standardStreams(l *lines) {
	if !c.o.Stdio {
		return
	}
	for fd, name := range [...]string{"input", "output", "error"} {
		if path, kind := openOn(fd); kind != 0 {
			l.grantOptional(kind, path, spec.Origin{Source: spec.StandardStream, Detail: name})
		}
	}
}

// openOn returns the path of what fd is open on and the grant that equals how.
// The kind is 0 where there is nothing to grant: a pipe or socket has no path, a
// deleted file none any more, and a directory is never reopened as stdio.
func openOn(fd int) (string, spec.Kind) {
	var st, at unix.Stat_t
	if unix.Fstat(fd, &st) != nil {
		return "", 0
	}
	path, errno := paths.Readlink("/proc/self/fd/" + strconv.Itoa(fd))
	if errno != 0 || !strings.HasPrefix(path, "/") || len(path) > 4000 {
		return "", 0
	}
	if unix.Lstat(path, &at) != nil || at.Dev != st.Dev || at.Ino != st.Ino {
		return "", 0
	}
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if err != nil || flags&unix.O_PATH != 0 {
		return "", 0
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFCHR:
		if flags&unix.O_ACCMODE == unix.O_RDWR {
			return path, spec.Device
		}
		fallthrough // its ioctls are for who opens it for both
	case unix.S_IFREG, unix.S_IFIFO:
		return path, map[int]spec.Kind{
			unix.O_RDONLY: spec.ReadFile, unix.O_WRONLY: spec.WriteFile, unix.O_RDWR: spec.AllowFile,
		}[flags&unix.O_ACCMODE]
	}
	return "", 0
}
