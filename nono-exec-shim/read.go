package main

import (
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// readAll reads fd, up to one byte more than a spec may have, and closes it. It
// goes round os.File, which would set up a poller for this one read.
func readAll(fd int) ([]byte, error) {
	size := 0
	var st unix.Stat_t
	if unix.Fstat(fd, &st) == nil {
		size = int(min(st.Size, spec.MaxSize))
	}
	doc := make([]byte, 0, max(size, 511)+1)
	for len(doc) <= spec.MaxSize {
		if len(doc) == cap(doc) {
			doc = append(doc, 0)[:len(doc)]
		}
		n, err := unix.Read(fd, doc[len(doc):cap(doc)])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			unix.Close(fd)
			return nil, err
		}
		if n == 0 {
			break
		}
		doc = doc[:len(doc)+n]
	}
	return doc, unix.Close(fd)
}
