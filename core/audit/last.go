package audit

import (
	"bytes"
	"os"
)

// lastOf returns the digest of the last whole line of file, or "" where there is none or
// file cannot be read; and whether something without a newline follows the line: what its
// writer could not finish, or has not finished yet. Another run may write meanwhile: then
// another line is the last one soon, but the digest is still that of a line of the file.
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
		last := bytes.LastIndexByte(tail, '\n')
		torn = last < int(size)-1
		line := tail[:max(last, 0)]
		if begin := bytes.LastIndexByte(line, '\n') + 1; last >= 0 && (begin > 0 || size == end) {
			return Digest(line[begin:]), torn
		}
		if size == end || size > longest {
			return "", torn
		}
	}
}
