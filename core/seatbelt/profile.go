package seatbelt

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
)

// MaxSize is the largest profile, in bytes, that Profile returns. sandbox-exec
// takes it as one argument (-p), and macOS gives arguments and environment one
// MiB together. A whole home with all that nono protects in it makes some 140 KiB.
const MaxSize = 512 << 10

// ErrTooLarge says that a spec names more than one profile can hold.
const ErrTooLarge = fault.Text("the spec names too many paths for a macOS sandbox profile")

const (
	errPath  = fault.Text("a path of the spec is not absolute, or has a NUL byte")
	errPorts = fault.Text("on macOS nono cannot limit connections to some ports: name lookups there are made by a service outside, which sends what it is asked")
	errText  = fault.Text("a path of the spec is not UTF-8, as every name on a macOS volume is")
)

// Profile returns the SBPL text for s: a profile in which each class of
// operations is granted where Decision says, or a little less where a deny
// covers names that are no file's yet. It is for sandbox-exec(1), which must
// run the command itself.
//
// Profile does not look at the disk. An optional line is as good as one that is
// not, and whether a line names the kind of thing it should is the caller's to
// check, as is that grants are free of symlinks. The text is the same for the
// same spec, and ends in a newline.
//
// dir is the directory that the command starts in, absolute and free of symlinks,
// or "" for one that nobody knows. Those above it can be listed.
//
// The error is ErrTooLarge, or says that a path is not UTF-8, or is about one
// that spec.Parse would have refused.
func Profile(s *spec.Spec, dir string) ([]byte, error) {
	if len(s.Ports) > 0 {
		return nil, errPorts
	}
	for i := range s.Paths {
		p := &s.Paths[i]
		if !strings.HasPrefix(p.Path, "/") || strings.IndexByte(p.Path, 0) >= 0 {
			return nil, errPath
		}
		if !utf8.ValidString(p.Path) {
			// Apple's reader may take the byte 0xff for the end of the profile.
			return nil, errText
		}
	}
	if strings.IndexByte(dir, 0) >= 0 || !utf8.ValidString(dir) {
		dir = "" // no name that a Mac has
	}
	all := rules(s, dir)
	slices.SortStableFunc(all, func(a, b rule) int { return cmp.Compare(a.rank, b.rank) })
	w := writer{s: s, all: all}
	for i := range all {
		if all[i].grants() {
			w.grants = append(w.grants, all[i])
		}
	}
	w.b = append(w.b, preamble...)
	w.b = appendScalars(w.b, s, all)
	w.text("\n; The spec, by depth: the last rule that matches decides.\n")
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].rank == all[0].rank {
			n++
		}
		if all[0].grants() {
			for i := range all[:n] {
				w.grant(&all[i])
			}
		} else {
			w.denies(all[:n])
		}
		all = all[n:]
	}
	w.directories()
	w.pins()
	w.text(ending)
	if len(w.b) > MaxSize {
		return nil, ErrTooLarge
	}
	return w.b, nil
}

type writer struct {
	b      []byte
	s      *spec.Spec
	all    []rule // by rank
	grants []rule // of all
}

func (w *writer) text(s string) { w.b = append(w.b, s...) }

// grant writes what r grants.
func (w *writer) grant(r *rule) {
	w.comment(r)
	if r.kind == 0 {
		w.text("(allow" + operations(Bind) + " (local unix-socket))\n")
		w.text("(allow" + operations(Connect) + " (remote unix-socket))\n")
		return
	}
	// What is granted beneath and not at the path itself, its pin takes away.
	w.allow(r.beneath, "subpath", r.path)
	w.allow(r.itself&^r.beneath, "literal", r.path)
}

func (w *writer) allow(what set, filter, path string) {
	ops := allOperations(what)
	if ops == "" {
		return
	}
	w.text("(allow" + ops)
	for _, path := range spellings(path) {
		w.text("\n  ")
		w.filter(filter, path)
	}
	w.text(")\n")
}

// comment writes the line of the spec that r is. The spec's own quoting keeps
// it on one line.
func (w *writer) comment(r *rule) {
	if r.line >= 0 {
		w.text("; " + w.s.Paths[r.line].String() + "\n")
		return
	}
	w.text("; " + r.why + "\n")
}

// filter writes one filter that compares a path.
func (w *writer) filter(name, value string) {
	w.text("(" + name + " ")
	w.b = appendString(w.b, value)
	w.text(")")
}

// directories writes that no directory is removed or moved but where the spec
// says so, nor cloned, which would bring what is denied in it along.
func (w *writer) directories() {
	w.text("\n; A clone of a directory would have copies of what is denied in it.\n")
	w.text("(deny file-clone (vnode-type DIRECTORY))\n")
	if w.s.Rmdir {
		return
	}
	w.text("\n; rmdir block\n(deny file-write-unlink (vnode-type DIRECTORY))\n")
	for i := range w.all {
		r := &w.all[i]
		switch {
		case !r.grants() && w.taken(r).has(RemoveDir):
			w.deny(operations(RemoveDir), []*rule{r}, "\n  (require-all (vnode-type DIRECTORY) ", ")")
		case r.grants() && r.beneath.has(RemoveDir):
			w.text("(allow" + operations(RemoveDir))
			for _, path := range spellings(r.path) {
				w.text("\n  (require-all (vnode-type DIRECTORY) ")
				w.filter("subpath", path)
				w.text(" (require-not ")
				w.filter("literal", path)
				w.text("))")
			}
			w.text(")\n")
		}
	}
}
