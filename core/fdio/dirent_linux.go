package fdio

import "encoding/binary"

// Entry takes the first entry off what getdents64(2) wrote: its name, which ends
// in the first of the NUL bytes behind it, its type (DT_REG and so on, or
// DT_UNKNOWN where the file system tells none), and the entries that follow. buf
// must begin with a whole entry, as the kernel writes them.
func Entry(buf []byte) (name []byte, kind byte, rest []byte) {
	// struct linux_dirent64: d_ino, d_off, d_reclen, d_type, d_name.
	const length, kindAt, nameAt = 16, 18, 19
	size := binary.NativeEndian.Uint16(buf[length:])
	return buf[nameAt:size], buf[kindAt], buf[size:]
}
