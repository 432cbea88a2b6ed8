package carve

import (
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// An ID identifies a file or directory. A rule of Landlock is for an ID, not for a name.
type ID struct{ Dev, Ino uint64 }

// A Rule gives rights to a file, or to a directory and everything beneath it. It is valid
// only until the call of emit returns.
type Rule struct {
	FD     int // opened with O_PATH
	ID     ID
	Dir    bool
	Rights Rights // never empty; only OfFiles where Dir is false
	parent string
	name   string // empty when parent is the whole path
}

// Path returns the path by which the carve reached the file of the rule.
func (r *Rule) Path() string {
	if r.name == "" {
		return r.parent
	}
	return spec.Join(r.parent, r.name)
}

// A Chain is a directory on the way from a grant to a deny.
type Chain struct {
	Path string
	// Lost are the rights of the grant that the directory itself does not have.
	Lost Rights
}

// Rules carves s for the files that are on disk now. It calls emit for every rule, and
// returns the chain directories in the order of the walk. It follows no symlink.
//
// Rules returns a *fault.Error in these cases: the path of a grant has a symlink, and no
// other lines grant as much of the target; a path is missing and its grant is not optional;
// a path has the wrong kind; a chain directory can be searched but not listed; there is a
// deny, and Rules cannot read the mounts. An error from emit ends the walk, and Rules
// returns it.
//
// Some entries of a chain directory get no rule, if no line names them: an entry that
// vanishes, a symlink, and an entry that cannot be examined (a broken network or FUSE
// mount).
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

// survey examines every denied path and the directories on the way to it, before any rule
// is made. It reports whether a denied directory exists at or beneath n: this decides which
// directories may be listed. It also notes the identities of denied files, so that a hard
// link or a bind mount of such a file gets no rule.
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

// visit makes the rules for n and for everything beneath n that the spec names. n is rel
// in the directory dir. from are the rights of the grants above n.
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

// directory divides have: it gives the directory n as a whole as many rights as possible,
// and each of its entries the others.
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

// pass visits what the spec names beneath n, with no rights from above.
func (w *walk) pass(n *node, dir int, rel string) error {
	for _, k := range n.kids {
		if err := w.visit(k, dir, spec.Join(rel, k.name()), 0); err != nil {
			return err
		}
	}
	return nil
}

// give emits one rule, unless r is empty.
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
