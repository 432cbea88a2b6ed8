package fdio

import "encoding/binary"

// A Dirent is one entry of a directory. Name ends in the first of the NUL bytes that
// the kernel wrote behind it. Kind is its type (DT_REG and so on), or DT_UNKNOWN where
// the file system tells none. Ino is what the file system notes for it there, which
// not every one has for the file's own number.
type Dirent struct {
	Name []byte
	Kind byte
	Ino  uint64
}

// Entry takes the first entry off what getdents64(2) wrote, and returns the entries
// that follow. buf must begin with a whole entry, as the kernel writes them.
func Entry(buf []byte) (e Dirent, rest []byte) {
	// struct linux_dirent64: d_ino, d_off, d_reclen, d_type, d_name.
	const length, kindAt, nameAt = 16, 18, 19
	size := binary.NativeEndian.Uint16(buf[length:])
	return Dirent{Name: buf[nameAt:size], Kind: buf[kindAt], Ino: binary.NativeEndian.Uint64(buf)}, buf[size:]
}
