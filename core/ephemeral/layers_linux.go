package ephemeral

import (
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// copyTop gives the top of an upper layer the mode and, where this process may, the
// owner of the original: the command sees the top's.
func copyTop(from, to string) error {
	var st unix.Stat_t
	if err := unix.Stat(from, &st); err != nil {
		return err
	}
	if os.Geteuid() == 0 {
		if err := os.Lchown(to, int(st.Uid), int(st.Gid)); err != nil {
			return err
		}
	}
	return unix.Chmod(to, st.Mode&0o7777)
}

func (r *Run) tree(i int) string { return filepath.Join(r.Dir, "tree", strconv.Itoa(i)) }

// upper is the upper layer of a directory, or the copy of a file.
func (r *Run) upper(i int) string {
	if r.Trees[i].File {
		return filepath.Join(r.tree(i), copyName)
	}
	return filepath.Join(r.tree(i), "upper")
}

// Upper returns the directory that an overlay of tree i writes to, or the copy of the
// file.
func (r *Run) Upper(i int) string { return r.upper(i) }

// Work returns the directory that the kernel wants beside the upper layer.
func (r *Run) Work(i int) string { return filepath.Join(r.tree(i), "work") }
