package query

import (
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// An Asker answers questions about one spec, over the disk as it was when each
// path was first asked about. It is not safe for concurrent use.
type Asker struct {
	s     *spec.Spec
	abi   int
	disk  *paths.Disk
	rules rules
	// held are the denied things by identity; made when first needed.
	held map[carve.ID]*spec.Path
	// chains are the directories on the way to what is denied, by identity; likewise.
	chains map[carve.ID][]string
	// ending answers by the grants that end; made when first needed.
	ending *ending
	// mac answers instead, where the question is about macOS.
	mac *mac
}

// New carves s and returns an Asker for it, for the user and from the working
// directory cwd of this process. Where the sandbox would not start, the error is
// the one that starting it gives. abi is Landlock's; 0 answers as the oldest
// kernel that nono runs on.
func New(s *spec.Spec, abi int, cwd string) (*Asker, error) {
	c, err := carveNow(s)
	if err != nil {
		return nil, err
	}
	return &Asker{s: s, abi: max(abi, kernel.MinABI), disk: paths.NewDisk(cwd), rules: c, ending: &ending{}}, nil
}

// Watching is New for who watches a sandbox from its start on: what only root can change
// is carved when it is first asked about.
func Watching(s *spec.Spec, abi int) (*Asker, error) {
	c, err := carveChanging(s)
	if err != nil {
		return nil, err
	}
	return &Asker{s: s, abi: max(abi, kernel.MinABI), disk: paths.NewDisk("/"), rules: c, ending: &ending{}}, nil
}

// ForPlatform is New for a platform, "linux" or "darwin". For macOS it answers by
// the same decision that the Seatbelt profile is made from; the disk is this
// machine's.
func ForPlatform(platform string, s *spec.Spec, abi int, cwd string) (*Asker, error) {
	if platform == "darwin" {
		return &Asker{s: s, mac: &mac{s, cwd}}, nil
	}
	return New(s, abi, cwd)
}

// Inside returns an Asker for the spec of the sandbox that this process is in.
// It cannot carve, since most of what would have to be listed is shut, and goes
// by the lines instead; see Probe.
func Inside(s *spec.Spec, abi int, cwd string) *Asker {
	d := paths.NewDisk(cwd)
	d.Inside = true
	return &Asker{s: s, abi: max(abi, kernel.MinABI), disk: d, rules: newByLines(s, d), ending: &ending{}}
}

// ByLines returns an Asker for another spec over the same disk, as it was seen. It
// goes by the lines of s and does not carve: it differs from New in what hard links
// and bind mounts do.
func (a *Asker) ByLines(s *spec.Spec) *Asker {
	if a.mac != nil {
		return &Asker{s: s, mac: &mac{s, a.mac.cwd}}
	}
	return &Asker{s: s, abi: a.abi, disk: a.disk, rules: newByLines(s, a.disk)}
}

// OtherNames reports whether what one of the paths leads to may have another name,
// so that ByLines may be wrong about it.
func (a *Asker) OtherNames(paths ...string) bool { return a.mac == nil && a.disk.OtherNames(paths...) }

// have returns what the rules on n and on all above it give, by the path that
// leads to it: this is how Landlock looks.
func (a *Asker) have(n *paths.Node) carve.Rights {
	if n.Magic {
		return ^carve.Rights(0)
	}
	var have carve.Rights
	for ; n != nil; n = n.Parent {
		have |= a.rules.own(n)
	}
	return have | ^handled(a.s, a.abi)
}

// haveBelowRoot is have without the rule on / itself, unless n is on the same
// mount: Landlock compares the two ends of a rename before it looks at the top
// of another mount.
func (a *Asker) haveBelowRoot(n *paths.Node) carve.Rights {
	mount := n.Mount
	var have carve.Rights
	for ; n != nil && (n.Parent != nil || n.Mount == mount); n = n.Parent {
		have |= a.rules.own(n)
	}
	return have | ^handled(a.s, a.abi)
}

// because returns the line that gives right at n.
func (a *Asker) because(n *paths.Node, right carve.Rights) *spec.Path {
	if right == 0 {
		return nil
	}
	for ; n != nil; n = n.Parent {
		if a.rules.own(n)&right == right {
			return a.rules.because(n, right)
		}
	}
	return nil
}

// deniedAlias returns the deny that n, or a directory above it, is under by
// another name: a hard link or a bind mount.
func (a *Asker) deniedAlias(n *paths.Node, right carve.Rights) *spec.Path {
	if a.held == nil {
		a.held = map[carve.ID]*spec.Path{}
		for i := range a.s.Paths {
			var st unix.Stat_t
			p := &a.s.Paths[i]
			if !p.Kind.Grants() && unix.Lstat(p.Path, &st) == nil {
				a.held[carve.ID{Dev: uint64(st.Dev), Ino: st.Ino}] = p
			}
		}
	}
	for ; n != nil; n = n.Parent {
		if p := a.held[idOf(n)]; p != nil && byname.Takes(p, right) {
			return p
		}
	}
	return nil
}
