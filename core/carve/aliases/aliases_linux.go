package aliases

import (
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/mountinfo"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// An Alias is another name of a directory or of something beneath it: what is at Path
// is seen at At, too.
type Alias struct{ Path, At string }

// Of returns the other names that mounts give dir, which has no symlinks, and
// what is beneath it: bind mounts, a file system or subvolume that is mounted twice,
// and the layers of overlays. Hard links are not among them.
func Of(dir string) ([]Alias, error) {
	table, err := mountinfo.Read()
	if err != nil {
		return nil, mountinfo.Unreadable(err)
	}
	overlays := layersOf(table)
	if mountinfo.Plain(table) && len(overlays) == 0 {
		return nil, nil
	}
	m, ok := mountinfo.ParseTree(table)
	if !ok {
		return nil, mountinfo.Unreadable(fault.Text("it is not as expected"))
	}
	if m.Base == nil {
		return nil, nil // carve.Rules refuses what cannot be told then
	}
	a := &aliases{m: m, overlays: overlays, dir: dir}
	// What is seen at another name may be seen at a third by that.
	a.add(dir, dir)
	for i := 0; i < len(a.found) && i < mostAliases; i++ {
		a.mounted(a.found[i])
		a.layered(a.found[i])
	}
	return a.found[1:], nil
}

// mostAliases bounds the names of one directory: a container has a few.
const mostAliases = 256

type aliases struct {
	m        *mountinfo.Tree
	overlays map[string][]string
	dir      string
	found    []Alias
}

// add notes a name unless it is known, or is no name of what it should be: the table
// tells where a mount is, and not whether another hides it.
func (a *aliases) add(path, at string) {
	for _, f := range a.found {
		if f.Path == path && f.At == at {
			return
		}
	}
	if path != at && len(a.found) > 0 && at == path {
		return
	}
	a.found = append(a.found, Alias{path, at})
}

// mounted adds the names by which other mounts show what is seen at f, and what is
// mounted beneath it.
func (a *aliases) mounted(f Alias) {
	on := a.m.On(f.At)
	a.shown(f.Path, f.At, on.Dev, on.Inside(f.At))
	for i := range a.m.All {
		if n := &a.m.All[i]; spec.Beneath(n.At, f.At) && a.m.On(n.At) == n {
			a.shown(f.Path+n.At[len(strings.TrimSuffix(f.At, "/")):], n.At, n.Dev, n.Root)
		}
	}
}

// shown adds every name of path, which is seen at known and is inside of the file
// system dev, and of what is beneath it.
func (a *aliases) shown(path, known, dev, inside string) {
	for i := range a.m.All {
		n := &a.m.All[i]
		if n.Dev != dev {
			continue
		}
		switch {
		case spec.Within(inside, n.Root):
			if at := n.Outside(inside); at != known && a.m.On(at) == n {
				a.add(path, at)
			}
		case spec.Beneath(n.Root, inside) && a.m.On(n.At) == n:
			if beneath := path + n.Root[len(strings.TrimSuffix(inside, "/")):]; beneath != n.At {
				a.add(beneath, n.At)
			}
		}
	}
}

// layered adds the names that overlays give what is seen at f: in a layer, where f is
// in an overlay, and in an overlay, where f is in a layer or holds one.
func (a *aliases) layered(f Alias) {
	for i := range a.m.All {
		n := &a.m.All[i]
		for _, layer := range a.overlays[n.ID] {
			switch {
			case !strings.HasPrefix(layer, "/"): // it was named from a directory that is not known
			case spec.Within(f.At, layer):
				if inside := spec.Join("/", strings.TrimPrefix(f.At[len(layer):], "/")); spec.Within(inside, n.Root) {
					a.add(f.Path, n.Outside(strings.TrimSuffix(inside, "/")))
				}
			case spec.Beneath(layer, f.At):
				a.add(f.Path+layer[len(strings.TrimSuffix(f.At, "/")):], n.At)
			}
			if a.m.On(f.At) == n && exists(layer) {
				a.add(f.Path, strings.TrimSuffix(layer+n.Inside(f.At), "/"))
			}
		}
	}
}

func exists(path string) bool {
	var st unix.Stat_t
	return unix.Lstat(path, &st) == nil
}
