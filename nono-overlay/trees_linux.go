package main

import (
	"github.com/nono-sandbox/nono/core/ephemeral"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/mountinfo"
	"github.com/nono-sandbox/nono/core/spec"
)

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
