package main

import (
	"os"
	"sort"

	"github.com/nono-sandbox/nono/core/ephemeral"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/mountinfo"
	"github.com/nono-sandbox/nono/core/spec"
)

// treesOf returns what of a spec the command may change and that is kept apart: the
// outermost directories, and the files that lie in none of them. Left out are the
// sandbox's own temp, what the standard streams are open on, and what is no data:
// devices, /dev, /proc and /sys.
func treesOf(s *spec.Spec) []ephemeral.Tree {
	var dirs, files []string
	for _, p := range s.Paths {
		switch {
		case !p.Kind.Grants() || !p.Kind.Writes() || p.Kind == spec.Device:
		case p.By.Source == spec.PrivateTemp || p.By.Source == spec.StandardStream:
		case spec.Within(p.Path, "/dev") || spec.Within(p.Path, "/proc") || spec.Within(p.Path, "/sys"):
		default:
			st, err := os.Lstat(p.Path)
			switch {
			case err != nil: // The shim decides whether a missing path matters.
			case st.IsDir():
				dirs = append(dirs, p.Path)
			case st.Mode().IsRegular():
				files = append(files, p.Path)
			}
		}
	}
	var trees []ephemeral.Tree
	within := func(path string) bool {
		for _, t := range trees {
			if spec.Within(path, t.Path) {
				return true
			}
		}
		return false
	}
	// A directory sorts before what is in it.
	sort.Strings(dirs)
	for _, d := range dirs {
		if !within(d) {
			trees = append(trees, ephemeral.Tree{Path: d})
		}
	}
	for _, f := range files {
		if !within(f) {
			trees = append(trees, ephemeral.Tree{Path: f, File: true})
		}
	}
	return trees
}

// deniedBy returns the paths that a spec shuts or lets be read at most.
func deniedBy(s *spec.Spec) []string {
	var all []string
	for _, p := range s.Paths {
		if !p.Kind.Grants() {
			all = append(all, p.Path)
		}
	}
	return all
}

// refuse says why the trees cannot be kept apart by a store in dir.
func refuse(trees []ephemeral.Tree, dir string) error {
	if len(trees) == 0 {
		return &fault.Error{Do: "keep changes apart", Err: fault.Text("the command may change nothing"), Hint: "leave out --ephemeral, or grant a directory with --allow"}
	}
	if t := ephemeral.Overlapping(trees, dir); t != "" {
		return &fault.Error{Do: "keep apart the changes in", Path: t, Err: fault.Text("the changes would be kept within it, in " + fault.Quote(dir)),
			Hint: "set XDG_STATE_HOME to a directory outside, or grant less"}
	}
	table, err := mountinfo.Read()
	if err != nil {
		return &fault.Error{Do: "read the table of mounts", Err: err}
	}
	mounts, ok := mountinfo.Parse(table)
	if !ok {
		return &fault.Error{Do: "read the table of mounts", Err: fault.Text("it has a line that is not known")}
	}
	for _, t := range trees {
		for _, m := range mounts {
			if !t.File && spec.Beneath(m.At, t.Path) {
				return &fault.Error{Do: "keep apart the changes in", Path: t.Path, Err: fault.Text("another file system is mounted within it, at " + fault.Quote(m.At)),
					Hint: "grant the directories beside the mount instead"}
			}
		}
	}
	return nil
}
