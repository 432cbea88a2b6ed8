package ephemeral

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// snapshot describes all that is beneath root, and which names are one file.
func snapshot(root string) string { return withLinks(describe(root), root) }

// describe tells of all that is beneath root the kinds, modes, owners, times, contents,
// links and attributes.
func describe(root string) string {
	var b strings.Builder
	filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, path)
		var st unix.Stat_t
		if err := unix.Lstat(path, &st); err != nil {
			fmt.Fprintf(&b, "%q: %v\n", rel, err)
			return nil
		}
		fmt.Fprintf(&b, "%q %o %d:%d %d.%09d", rel, st.Mode, st.Uid, st.Gid, st.Mtim.Sec, st.Mtim.Nsec)
		switch st.Mode & unix.S_IFMT {
		case unix.S_IFLNK:
			to, _ := os.Readlink(path)
			fmt.Fprintf(&b, " -> %q", to)
		case unix.S_IFREG:
			data, err := os.ReadFile(path)
			sum := sha256.Sum256(data)
			fmt.Fprintf(&b, " %d %s %v", st.Size, hex.EncodeToString(sum[:4]), err != nil)
		}
		if kind := st.Mode & unix.S_IFMT; kind == unix.S_IFREG || kind == unix.S_IFDIR {
			v, _ := read(func(x []byte) (int, error) { return unix.Lgetxattr(path, "user.test", x) })
			fmt.Fprintf(&b, " %q", v)
		}
		b.WriteByte('\n')
		return nil
	})
	return b.String()
}

// withLinks adds to each line of a description the number of the file, if more than one
// name is that file. A name is the file that the first of the layers has there.
//
// What an overlay itself tells is no help: it counts names in the lower layer that are
// hidden above, and can show two inode numbers for one file of the upper layer, and hold
// two inodes of its own for it (overlayfs.rst, "Inode properties"). What is written by one
// of these names is read by the other all the same.
func withLinks(description string, layers ...string) string {
	lines := strings.SplitAfter(description, "\n")
	files := make([]string, len(lines))
	names := map[string]int{}
	for i, line := range lines {
		quoted, err := strconv.QuotedPrefix(line)
		if err != nil {
			continue
		}
		rel, _ := strconv.Unquote(quoted)
		for _, layer := range layers {
			var st unix.Stat_t
			if unix.Lstat(filepath.Join(layer, rel), &st) != nil {
				continue
			}
			if st.Mode&unix.S_IFMT == unix.S_IFREG {
				files[i] = layer + strconv.FormatUint(st.Ino, 10)
				names[files[i]]++
			}
			break
		}
	}
	number := map[string]int{}
	for i, f := range files {
		if names[f] < 2 || f == "" {
			continue
		}
		if number[f] == 0 {
			number[f] = len(number) + 1
		}
		lines[i] = strings.TrimSuffix(lines[i], "\n") + fmt.Sprintf(" link %d\n", number[f])
	}
	return strings.Join(lines, "")
}
