package query

import (
	"encoding/binary"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// A program is a file that is looked at as execve(2) looks at it.
type program struct {
	fd   int
	head []byte
}

func openProgram(path string) (*program, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
	f := &program{fd: fd, head: make([]byte, 4096)}
	size, err := unix.Pread(fd, f.head, 0)
	if err != nil {
		f.close()
		return nil, err
	}
	f.head = f.head[:size]
	return f, nil
}

func (f *program) close() { unix.Close(f.fd) }

// loaderOf reads which interpreter the script, or which loader the program, at
// path names; "" for none. errno is why the kernel would not start it. A file
// that cannot be read is taken for a program without a loader.
func loaderOf(path string) (name string, script bool, errno unix.Errno) {
	f, err := openProgram(path)
	if err != nil {
		return "", false, 0
	}
	defer f.close()
	if strings.HasPrefix(string(f.head), "#!") {
		name, errno = interpreterLine(f.head[:min(len(f.head), scriptHead)])
		return name, true, errno
	}
	name, errno = f.loader()
	return name, false, errno
}

// scriptHead is how much of a script the kernel reads (BINPRM_BUF_SIZE).
const scriptHead = 256

// interpreterLine is the path in the first line of a script (execve(2)): one
// that may be cut short counts as none. Behind the file's end there are NULs,
// and an empty name before one is the working directory, which is no program.
func interpreterLine(head []byte) (string, unix.Errno) {
	line, _, whole := strings.Cut(string(head[2:]), "\n")
	whole = whole || len(head) < scriptHead
	line = strings.TrimLeft(line, " \t")
	i := strings.IndexAny(line, " \t\x00")
	switch {
	case i > 0:
		return line[:i], 0
	case i == 0, line == "" && len(head) < scriptHead && !strings.Contains(string(head), "\n"):
		return "", unix.EACCES
	case line == "" || !whole:
		return "", unix.ENOEXEC
	}
	return line, 0
}

// Of elf(5).
const (
	elfHeader, elfSegment = 64, 56
	elfExec, elfDyn       = 2, 3
	elfInterp             = 3 // PT_INTERP
	mostSegments          = 65536
)

// machine is the e_machine of the programs that nono's filter lets run, 0 for any.
func machine() uint16 {
	switch runtime.GOARCH {
	case "amd64":
		return 62
	case "arm64":
		return 183
	case "riscv64":
		return 243
	}
	return 0
}

// segments returns the program headers of an ELF file, or ENOEXEC for one that
// the kernel does not start. It looks no closer than the kernel does.
func (f *program) segments() ([]byte, unix.Errno) {
	le := binary.LittleEndian
	if len(f.head) < elfHeader || string(f.head[:4]) != "\x7fELF" {
		return nil, unix.ENOEXEC
	}
	kind, is := le.Uint16(f.head[16:]), le.Uint16(f.head[18:])
	if want := machine(); kind != elfExec && kind != elfDyn || want != 0 && is != want {
		return nil, unix.ENOEXEC
	}
	at, size, count := le.Uint64(f.head[32:]), int(le.Uint16(f.head[54:])), int(le.Uint16(f.head[56:]))
	if size != elfSegment || count == 0 || size*count > mostSegments {
		return nil, unix.ENOEXEC
	}
	all := make([]byte, size*count)
	if n, err := unix.Pread(f.fd, all, int64(at)); err != nil || n < len(all) {
		return nil, unix.ENOEXEC
	}
	return all, 0
}

// loader returns the PT_INTERP of an ELF file, "" for none.
func (f *program) loader() (string, unix.Errno) {
	all, errno := f.segments()
	for le := binary.LittleEndian; len(all) >= elfSegment; all = all[elfSegment:] {
		if le.Uint32(all) != elfInterp {
			continue
		}
		at, size := le.Uint64(all[8:]), le.Uint64(all[32:])
		if size < 2 || size > unix.PathMax {
			return "", unix.ENOEXEC
		}
		name := make([]byte, size)
		if n, err := unix.Pread(f.fd, name, int64(at)); err != nil || n < len(name) {
			return "", unix.EIO
		}
		if name[size-1] != 0 {
			return "", unix.ENOEXEC
		}
		return unix.ByteSliceToString(name), 0
	}
	return "", errno
}
