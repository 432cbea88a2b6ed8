// Package program reads what an executable file is as execve(2) reads it: a script
// and its interpreter, or machine code and its loader.
package program

import (
	"encoding/binary"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// A File is the beginning of an open file. One whose file cannot be read is empty:
// neither a script nor a program.
type File struct {
	fd   int
	head []byte
}

// headSize is how much is read at once: enough for the headers of most programs.
const headSize = 4096

// Open opens the file at path and reads its beginning. Who does not look at err
// may use the File all the same.
func Open(path string) (*File, error) {
	f := &File{fd: -1}
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return f, err
	}
	head := make([]byte, headSize)
	size, err := unix.Pread(fd, head, 0)
	if err != nil {
		unix.Close(fd)
		return f, err
	}
	f.fd, f.head = fd, head[:size]
	return f, nil
}

// Close closes the file.
func (f *File) Close() {
	if f.fd >= 0 {
		unix.Close(f.fd)
	}
}

// Needs reads which interpreter the script, or which loader the program, at path
// names; "" for none. errno is why the kernel would not start it. A file that
// cannot be read is taken for a program without a loader.
func Needs(path string) (name string, script bool, errno unix.Errno) {
	f, err := Open(path)
	if err != nil {
		return "", false, 0
	}
	defer f.Close()
	if f.IsScript() {
		name, _, errno = f.Interpreter()
		return name, true, errno
	}
	name, errno = f.loader()
	return name, false, errno
}

// IsLoader says whether the kernel would use the program at path as the loader of
// another one: 0 if so, EIO for one that is too short, ENOEXEC for any other. A file that this user cannot read counts as one
// that the kernel can.
func IsLoader(path string) unix.Errno {
	f, err := Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	if len(f.head) < elfHeader {
		return unix.EIO
	}
	_, errno := f.segments()
	return errno
}

// IsScript reports whether the file begins with "#!".
func (f *File) IsScript() bool { return strings.HasPrefix(string(f.head[:min(2, len(f.head))]), "#!") }

// IsMachineCode reports whether the file is a program or library for any machine,
// and not the memory of a process.
func (f *File) IsMachineCode() bool {
	if len(f.head) > 17 && string(f.head[:4]) == "\x7fELF" {
		kind := f.head[16] | f.head[17] // e_type in either order of bytes
		return kind == elfExec || kind == elfDyn
	}
	return slices.Contains(machO[:], string(f.head[:min(4, len(f.head))]))
}

// machO are the first bytes of macOS's programs (mach-o/loader.h, mach-o/fat.h).
var machO = [...]string{"\xcf\xfa\xed\xfe", "\xce\xfa\xed\xfe", "\xca\xfe\xba\xbe"}

// scriptHead is how much of a script the kernel reads (BINPRM_BUF_SIZE).
const scriptHead = 256

// Interpreter returns the path in the first line of a script and, without the
// white space around it, what follows (execve(2)). A path that may be cut short
// counts as none. Behind the file's end there are NULs, and an empty name before
// one is the working directory, which is no program.
func (f *File) Interpreter() (path, arg string, errno unix.Errno) {
	if !f.IsScript() {
		return "", "", unix.ENOEXEC
	}
	head := string(f.head[:min(len(f.head), scriptHead)])
	line, _, whole := strings.Cut(head[2:], "\n")
	whole = whole || len(head) < scriptHead
	line = strings.Trim(line, " \t")
	i := strings.IndexAny(line, " \t\x00")
	switch {
	case i > 0:
		return line[:i], strings.Trim(line[i:], " \t\r\x00"), 0
	case i == 0, line == "" && len(head) < scriptHead && !strings.Contains(head, "\n"):
		return "", "", unix.EACCES
	case line == "" || !whole:
		return "", "", unix.ENOEXEC
	}
	return line, "", 0
}

// LookedUp returns the command that a script asks to be looked up in PATH, by
// `#!/usr/bin/env NAME`; "" for none.
func (f *File) LookedUp() string {
	path, arg, errno := f.Interpreter()
	if errno != 0 || path[strings.LastIndexByte(path, '/')+1:] != "env" {
		return ""
	}
	for word := range strings.FieldsSeq(arg) {
		if !strings.HasPrefix(word, "-") && !strings.Contains(word, "=") {
			return word
		}
	}
	return ""
}

// Of elf(5).
const (
	elfHeader, elfSegment = 64, 56
	elfExec, elfDyn       = 2, 3
	elfInterp             = 3 // PT_INTERP
	mostSegments          = 65536
	pathMax               = 4096
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
func (f *File) segments() ([]byte, unix.Errno) {
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
func (f *File) loader() (string, unix.Errno) {
	all, errno := f.segments()
	for le := binary.LittleEndian; len(all) >= elfSegment; all = all[elfSegment:] {
		if le.Uint32(all) != elfInterp {
			continue
		}
		at, size := le.Uint64(all[8:]), le.Uint64(all[32:])
		if size < 2 || size > pathMax {
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
