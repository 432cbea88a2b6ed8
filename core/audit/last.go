package audit

import (
	"bytes"
	"os"
)

// lastOf returns the digest of the last line of file, or "" where there is none or file
// cannot be read; and whether the line has no newline, because its writer could not
// finish it. Another run may write meanwhile: then another line is the last one soon, but
// the digest is still that of a line of the file.
func lastOf(file *os.File) (digest string, torn bool) {
	st, err := file.Stat()
	if err != nil || st.Size() == 0 {
		return "", false
	}
	end := st.Size()
	for size := min(int64(4096), end); ; size = min(4*size, end) {
		tail := make([]byte, size)
		if _, err := file.ReadAt(tail, end-size); err != nil {
			return "", false
		}
		line, whole := bytes.CutSuffix(tail, []byte("\n"))
		begin := bytes.LastIndexByte(line, '\n') + 1
		if begin > 0 || size == end {
			return Digest(line[begin:]), !whole
		}
		if size > longest {
			return "", !whole
		}
	}
}
