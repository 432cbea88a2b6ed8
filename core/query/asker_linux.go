package query

import (
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// An Asker answers questions about one spec. It looks at each file only once, and keeps
// what it has seen. It is not safe for concurrent use.
type Asker struct {
	s     *spec.Spec
	abi   int
	disk  *paths.Disk
	rules rules
	// held are the denied files by identity; nil until they are needed.
	held map[carve.ID]*spec.Path
	// chains are the chain directories by identity; nil until they are needed.
	chains map[carve.ID][]string
	// ending answers for the grants that end.
	ending *ending
	// mac answers for macOS; nil for Linux.
	mac *mac
}

// New carves s and returns an Asker for it, for the user of this process and the working
// directory cwd. If the sandbox would not start, New returns the error of the start. abi is
// the ABI of Landlock; with 0, the Asker answers for the oldest kernel that nono runs on.
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

// ForPlatform is New for a platform, "linux" or "darwin". For macOS, the Asker uses the
// decisions of core/seatbelt, with the files of this machine.
func ForPlatform(platform string, s *spec.Spec, abi int, cwd string) (*Asker, error) {
	if platform == "darwin" {
		return &Asker{s: s, mac: &mac{s, cwd}}, nil
	}
	return New(s, abi, cwd)
}

// Inside returns an Asker for the spec of the sandbox that this process is in. It cannot
// carve, because it may not list most directories, and uses the lines of s instead. Package
// probe then asks the kernel.
func Inside(s *spec.Spec, abi int, cwd string) *Asker {
	d := paths.NewDisk(cwd)
	d.Inside = true
	return &Asker{s: s, abi: max(abi, kernel.MinABI), disk: d, rules: newByLines(s, d), ending: &ending{}}
}

// ByLines returns an Asker for another spec, with the files as a has seen them. It uses the
// lines of s and does not carve: it differs from New for hard links and bind mounts.
func (a *Asker) ByLines(s *spec.Spec) *Asker {
	if a.mac != nil {
		return &Asker{s: s, mac: &mac{s, a.mac.cwd}}
	}
	return &Asker{s: s, abi: a.abi, disk: a.disk, rules: newByLines(s, a.disk)}
}

// OtherNames reports whether the target of one of the paths may have another name. ByLines
// may give a wrong answer for such a path.
func (a *Asker) OtherNames(paths ...string) bool { return a.mac == nil && a.disk.OtherNames(paths...) }

// have returns the rights of the rules for n and for all directories above it: Landlock
// collects them in this way.
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

// haveBelowRoot is have without the rule for /, unless n is on the mount of /: Landlock
// compares the two ends of a rename before it looks at the top of another mount.
func (a *Asker) haveBelowRoot(n *paths.Node) carve.Rights {
	mount := n.Mount
	var have carve.Rights
	for ; n != nil && (n.Parent != nil || n.Mount == mount); n = n.Parent {
		have |= a.rules.own(n)
	}
	return have | ^handled(a.s, a.abi)
}

// because returns a line that grants all of right at n, or nil.
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

// deniedAlias returns a deny of another name of n or of a directory above it (a hard link or
// a bind mount), or nil.
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
