// Package mountinfo reads the table of mounts that the kernel shows
// (proc_pid_mountinfo(5)). The shim links it.
package mountinfo

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/fdio"
	"golang.org/x/sys/unix"
)

// Path is the table of the calling thread, like every path that it opens.
const Path = "/proc/thread-self/mountinfo"

// A Mount is one line of the table.
type Mount struct {
	ID, Parent string
	Dev        string // of its file system, as MAJOR:MINOR
	Root       string // the directory or file of that file system which is seen
	At         string // where it is seen
}

// Read returns the table of the calling thread, as it is. The file must be one of the
// kernel's own: in an image of a container anything may stand at its path.
func Read() ([]byte, error) {
	fd, err := unix.Open(Path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	if !genuine(fd) {
		return nil, fault.Text("/proc is not the kernel's")
	}
	return fdio.ReadAll(fd, math.MaxInt)
}

// Parse reports false for a table that is empty or has a line that it does not
// understand.
func Parse(table []byte) ([]Mount, bool) {
	var all []Mount
	for line := range bytes.Lines(table) {
		f := bytes.SplitN(line, []byte{' '}, 6)
		if len(f) < 6 {
			return nil, false
		}
		m := Mount{ID: string(f[0]), Parent: string(f[1]), Dev: string(f[2]), Root: Unescape(f[3]), At: Unescape(f[4])}
		if m.At == "" || m.At[0] != '/' {
			return nil, false
		}
		all = append(all, m)
	}
	return all, len(all) > 0
}

// Unescape undoes what the kernel does to white space and backslashes: \ooo.
func Unescape(b []byte) string {
	if bytes.IndexByte(b, '\\') < 0 {
		return string(b)
	}
	var out strings.Builder
	for i := 0; i < len(b); i++ {
		if b[i] == '\\' && i+3 < len(b) {
			if c, err := strconv.ParseUint(string(b[i+1:i+4]), 8, 8); err == nil {
				out.WriteByte(byte(c))
				i += 3
				continue
			}
		}
		out.WriteByte(b[i])
	}
	return out.String()
}

// Inside returns where path, which lies on m, is in m's file system.
func (m *Mount) Inside(path string) string { return move(path, m.At, m.Root) }

// Outside is the reverse of Inside.
func (m *Mount) Outside(path string) string { return move(path, m.Root, m.At) }

// move replaces the leading from of path by to.
func move(path, from, to string) string {
	if path == from {
		return to
	}
	if from != "/" {
		path = strings.TrimPrefix(path, from)
	}
	if to == "/" {
		return path
	}
	return to + path
}
