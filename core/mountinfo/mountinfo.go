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
		m := Mount{ID: string(f[0]), Parent: string(f[1]), Dev: string(f[2]), Root: unescape(f[3]), At: unescape(f[4])}
		if m.At == "" || m.At[0] != '/' {
			return nil, false
		}
		all = append(all, m)
	}
	return all, len(all) > 0
}

// unescape undoes what the kernel does to white space and backslashes: \ooo.
func unescape(b []byte) string {
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

// layers returns the directories whose files the overlay in a line of the table shows,
// the upper one first, as they were named when it was mounted
// (Documentation/filesystems/overlayfs.rst), or the one that a FUSE file system shows;
// none where it is neither.
func layers(line []byte) []string {
	_, rest, ok := bytes.Cut(line, []byte(" - overlay "))
	if !ok {
		return shown(line)
	}
	_, options, _ := bytes.Cut(bytes.TrimRight(rest, "\n"), []byte{' '})
	var upper, lower []string
	for option := range strings.SplitSeq(unescape(options), ",") {
		name, value, _ := strings.Cut(option, "=")
		switch name {
		case "upperdir":
			upper = append(upper, value)
		case "lowerdir", "lowerdir+", "datadir+":
			lower = append(lower, strings.Split(value, ":")...)
		}
	}
	return append(upper, lower...)
}

// Overlays returns the layers of every overlay in the table, and of what is like one, by
// the number of its mount.
func Overlays(table []byte) map[string][]string {
	found := map[string][]string{}
	if !bytes.Contains(table, []byte(" - overlay ")) && !bytes.Contains(table, []byte(" - fuse")) {
		return found
	}
	for line := range bytes.Lines(table) {
		if dirs := layers(line); len(dirs) > 0 {
			id, _, _ := bytes.Cut(line, []byte{' '})
			found[string(id)] = dirs
		}
	}
	return found
}
