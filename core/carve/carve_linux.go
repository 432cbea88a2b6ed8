package carve

import (
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// An ID is what Landlock keys a rule by: not a name, but the thing itself.
type ID struct{ Dev, Ino uint64 }

// A Rule gives rights to a file, or to a directory and all that is beneath it.
// It is valid only during the call that hands it out.
type Rule struct {
	FD     int // opened with O_PATH
	ID     ID
	Dir    bool
	Rights Rights // never empty; only OfFiles where Dir is false
	parent string
	name   string // empty when parent is the whole path
}

// Path returns the name by which the carve came to the rule's file.
func (r *Rule) Path() string {
	if r.name == "" {
		return r.parent
	}
	return spec.Join(r.parent, r.name)
}

// A Chain is a directory on the way from a grant to a deny.
type Chain struct {
	Path string
	// Lost are the rights that the grant gives but the directory itself does
	// not have.
	Lost Rights
}

// Rules carves s over what is on disk now. It calls emit for every rule, and
// returns the chain directories in the order met. It follows no symlink.
//
// Rules returns a *fault.Error for these: a grant whose path has a symlink, unless other
// lines give as much of what the path leads to; a grant that is missing and not optional,
// or is of the wrong kind; a chain directory that can be searched but not listed; mounts
// that cannot be made out while something is denied. An error from emit ends the walk,
// and Rules returns it as it is.
//
// An unnamed entry of a chain directory that vanishes, is a symlink, or cannot
// be examined (a broken network or FUSE mount) gets no rule.
func Rules(s *spec.Spec, emit func(*Rule) error) ([]Chain, error) {
	w := &walk{spec: s, emit: emit, denied: map[ID]knownNames{}}
	if err := w.all(); err != nil {
		return nil, err
	}
	return w.chains, nil
}

// Changeable is Rules without those for the unnamed entries of chain directories that only
// root can change, where this process is not root's, as those of commands: there the same
// rules can be made later. It returns these directories.
func Changeable(s *spec.Spec, emit func(*Rule) error) ([]ID, error) {
	w := &walk{spec: s, emit: emit, denied: map[ID]knownNames{}, changing: true}
	err := w.all()
	return w.fixed, err
}

func (w *walk) all() error {
	root := newTree(w.spec)
	if err := root.addBindMounts(w.spec); err != nil {
		return err
	}
	if _, err := w.survey(root); err != nil {
		return err
	}
	return w.visit(root, unix.AT_FDCWD, "/", 0)
}

type walk struct {
	spec   *spec.Spec
	emit   func(*Rule) error
	denied map[ID]knownNames // what is denied, or on the way to it, by identity
	chains []Chain
	rule   Rule // reused, so that a thousand rules cost no allocation
	dents  []byte
	stat   unix.Stat_t
	opened batch
	// changing leaves out the entries of directories that only root can change, and notes
	// these in fixed.
	changing bool
	fixed    []ID
}

// survey looks once at everything that is denied and all that leads there, and
// reports whether a denied directory exists at or beneath n. The identities keep
// a hard link or bind mount beside a denied path from giving it back; whether a
// denied directory exists decides what may be listed.
func (w *walk) survey(n *node) (bool, error) {
	if !n.deny && !n.denyWrite && !n.chain() {
		return false, nil
	}
	var st unix.Stat_t
	switch err := lstat(n.path, &st); err {
	case nil:
	case unix.ENOENT, unix.ENOTDIR, unix.ELOOP:
		return false, nil // so nothing is beneath it either
	case unix.EACCES:
		return false, nil // this process cannot search here, so it can give nothing beneath
	default:
		return false, &fault.Error{Do: "examine", Path: n.path, Err: err}
	}
	if n.deny || n.denyWrite || directory(st.Mode) {
		w.denied[id(&st)] = append(w.denied[id(&st)], n)
	}
	for _, k := range n.kids {
		denied, err := w.survey(k)
		if err != nil {
			return false, err
		}
		n.deniedDirBelow = n.deniedDirBelow || denied
	}
	return n.deniedDirBelow || n.deny && directory(st.Mode), nil
}

// visit gives out the rights at n, which is rel under the directory dir, and
// goes on to all that the spec names beneath it. from is what grants above give.
func (w *walk) visit(n *node, dir int, rel string, from Rights) error {
	have := n.left(from) | n.granted
	if have == 0 {
		return w.pass(n, dir, rel)
	}
	fd, st, err := openNode(dir, rel)
	if err != nil {
		if err != unix.ELOOP || !elsewhere(w.spec, n) {
			if err := missing(n, err); err != nil {
				return err
			}
		}
		return w.pass(n, dir, rel)
	}
	defer unix.Close(fd)
	if err := wrongKind(n, st.Mode); err != nil {
		return err
	}
	names := w.denied[id(st)]
	if n.chain() {
		names.join(n)
	} else if n.granted != 0 && directory(st.Mode) {
		for _, t := range names {
			if t.chain() {
				return sameDirectory(n, t)
			}
		}
	}
	have = names.left(n, n.left(from)) | n.granted
	if !directory(st.Mode) {
		if err := w.give(fd, st, have, n.path, ""); err != nil {
			return err
		}
		return w.pass(n, fd, "")
	}
	return w.directory(n, fd, st, have)
}

// directory gives as much of have as can be given to the directory n as a
// whole, and the rest to each of its entries.
func (w *walk) directory(n *node, fd int, st *unix.Stat_t, have Rights) error {
	whole, rest := n.split(have, n.deniedDirBelow)
	if err := w.give(fd, st, whole, n.path, ""); err != nil {
		return err
	}
	if rest != 0 {
		w.chains = append(w.chains, Chain{n.path, rest})
		if w.changing && rootsAlone(st) {
			w.fixed = append(w.fixed, id(st))
		} else if err := w.entries(n, fd, rest); err != nil {
			return err
		}
	}
	for _, k := range n.kids {
		if err := w.visit(k, fd, k.name(), rest); err != nil {
			return err
		}
	}
	return nil
}

// pass goes on beneath n, where nothing from above is given.
func (w *walk) pass(n *node, dir int, rel string) error {
	for _, k := range n.kids {
		if err := w.visit(k, dir, spec.Join(rel, k.name()), 0); err != nil {
			return err
		}
	}
	return nil
}

// give emits one rule, unless nothing is left to give.
func (w *walk) give(fd int, st *unix.Stat_t, r Rights, parent, name string) error {
	isDir := directory(st.Mode)
	if !isDir {
		r &= OfFiles
	}
	if r == 0 {
		return nil
	}
	w.rule = Rule{FD: fd, ID: id(st), Dir: isDir, Rights: r, parent: parent, name: name}
	return w.emit(&w.rule)
}

func directory(mode uint32) bool { return mode&unix.S_IFMT == unix.S_IFDIR }

func id(st *unix.Stat_t) ID { return ID{uint64(st.Dev), st.Ino} }
