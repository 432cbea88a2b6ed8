package query

import (
	"encoding/binary"
	"strings"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// Unread is the note of a verdict on executing a file whose first bytes, which
// name its interpreter, this user cannot read.
const Unread = "the file cannot be read: whether it is a program, and its interpreter allowed, is not known"

// executing follows execve(2): the file, and the interpreter or loader that it
// names, must be executable. depth counts scripts whose interpreter is one.
func (e *asking) executing(p *place, depth int) {
	n := p.node
	if !n.is(unix.S_IFREG) {
		e.needs(n, p.path, carve.Execute)
		e.fail(unix.EACCES, NotSuitable, byFiles)
		return
	}
	if errno := e.a.disk.access(n, unix.X_OK); errno != 0 {
		e.fail(errno, FilePermissions, byPermissions)
	}
	if !e.needs(n, p.path, carve.Execute) || e.failed {
		return
	}
	if e.a.disk.access(n, unix.R_OK) != 0 {
		e.note(Unread)
		return
	}
	interp, script, ok := loaderOf(n.path)
	if !ok {
		e.fail(unix.ENOEXEC, CannotStart, byFiles)
		e.note("it is neither a program nor a script with a '#!' line")
		return
	}
	if interp == "" {
		return
	}
	if depth > 4 {
		e.fail(unix.ELOOP, CannotStart, byFiles)
		return
	}
	next, errno := e.a.disk.walk(interp, true)
	if errno != 0 || next.node == nil {
		e.unreachable(&next, errno, carve.Execute)
		e.note("it needs " + fault.Quote(interp))
		return
	}
	switch {
	case script:
		e.executing(&next, depth+1)
	default:
		if errno := e.a.disk.access(next.node, unix.X_OK); errno != 0 {
			e.fail(errno, FilePermissions, byPermissions)
		}
		e.needs(next.node, next.path, carve.Execute)
	}
	if e.failed {
		e.note("it needs " + fault.Quote(interp))
	}
}

// loaderOf reads which interpreter the script, or which loader the program, at
// path names; "" for none. ok is false for a file that is neither. A file that
// cannot be read is taken for a program without one.
func loaderOf(path string) (name string, script, ok bool) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return "", false, true
	}
	defer unix.Close(fd)
	head := make([]byte, 4096)
	size, err := unix.Pread(fd, head, 0)
	if err != nil {
		return "", false, true
	}
	head = head[:size]
	if size > 2 && head[0] == '#' && head[1] == '!' {
		line, ok := interpreterLine(head[:min(size, 256)])
		return line, true, ok
	}
	name, ok = elfLoader(head, fd)
	return name, false, ok
}

// interpreterLine is the path in the first line of a script, of which the kernel
// reads 255 bytes (execve(2)): a path that may be cut short counts as none.
func interpreterLine(head []byte) (string, bool) {
	line, _, whole := strings.Cut(string(head[2:]), "\n")
	line = strings.TrimLeft(line, " \t")
	if i := strings.IndexAny(line, " \t\x00"); i >= 0 {
		return line[:i], i > 0
	}
	return line, line != "" && (whole || len(head) < 256)
}

// elfLoader returns the PT_INTERP of a 64-bit little-endian ELF file (elf(5)),
// which is what nono's filter lets run.
func elfLoader(head []byte, fd int) (string, bool) {
	const header, entry = 64, 56
	if len(head) < header || string(head[:6]) != "\x7fELF\x02\x01" {
		return "", false
	}
	le := binary.LittleEndian
	at, size, count := le.Uint64(head[32:]), int(le.Uint16(head[54:])), int(le.Uint16(head[56:]))
	if size != entry {
		return "", false
	}
	ph := make([]byte, size*count)
	if n, err := unix.Pread(fd, ph, int64(at)); err != nil || n < len(ph) {
		return "", false
	}
	for ; len(ph) >= entry; ph = ph[entry:] {
		if le.Uint32(ph) != 3 { // PT_INTERP
			continue
		}
		name := make([]byte, min(le.Uint64(ph[32:]), unix.PathMax))
		if n, err := unix.Pread(fd, name, int64(le.Uint64(ph[8:]))); err != nil || n < len(name) {
			return "", false
		}
		return strings.TrimRight(string(name), "\x00"), true
	}
	return "", true
}
