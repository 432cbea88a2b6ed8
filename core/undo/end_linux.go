package undo

import (
	"os"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// End writes how the run left everything that it changed, and has all of the journal
// on the disk. Nothing may be changed by the run any more.
func (j *Journal) End() error {
	h, err := read(j.store)
	if err != nil {
		return err
	}
	for _, n := range h.nodes {
		if n.made() && n.removed != nil && n.removed.saved.how == savedLink {
			// The run made this name of a file too: nobody wants it back.
			if err := os.Remove(n.removed.saved.path(j.store)); err != nil {
				return err
			}
		}
	}
	defer h.openDirs()()
	var b strings.Builder
	for _, n := range h.touched() {
		path := n.now()
		if path == "" {
			continue
		}
		m, err := h.look(path)
		if err == unix.ENOENT {
			continue
		}
		if err != nil {
			return &fault.Error{Do: "look at", Path: path, Err: err}
		}
		b.Write((&record{op: opIs, call: j.call, path: path, meta: m}).line())
	}
	// The end comes last: what of all this is not written when this process is killed
	// must not look whole.
	b.Write((&record{op: opEnd, call: j.call}).line())
	if err := j.append(&j.size, j.file, []byte(b.String())); err != nil {
		return err
	}
	return unix.Syncfs(int(j.file.Fd()))
}

// Close lets go of the files.
func (j *Journal) Close() {
	j.file.Close()
	j.small.Close()
}
