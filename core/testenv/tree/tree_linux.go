// Package tree says what a directory and all beneath it are, down to the last attribute,
// so that a test can tell whether it is the same afterwards.
package tree

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Snapshot returns names, kinds, contents, modes, owners, times of the last change of the
// content, extended attributes, and which names are one file: a line for each name.
func Snapshot(t testing.TB, root string) string {
	t.Helper()
	var b strings.Builder
	first := map[uint64]string{}
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		line, err := describe(path, rel, first)
		b.WriteString(line)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func describe(path, rel string, first map[uint64]string) (string, error) {
	var st unix.Stat_t
	if err := unix.Lstat(path, &st); err != nil {
		return "", err
	}
	line := fmt.Sprintf("%q %o %d:%d mtime %d", rel, st.Mode, st.Uid, st.Gid, st.Mtim.Nano())
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		text, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		line += fmt.Sprintf(" %d %x", len(text), sha256.Sum256(text))
	case unix.S_IFLNK:
		to, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		line += fmt.Sprintf(" -> %q", to)
	}
	line += attributes(path)
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		line += fmt.Sprintf(" names %d", st.Nlink)
		if other, ok := first[st.Ino]; ok {
			line += fmt.Sprintf(" = %q", other)
		} else {
			first[st.Ino] = rel
		}
	}
	return line + "\n", nil
}

func attributes(path string) string {
	names := make([]byte, 4096)
	n, err := unix.Llistxattr(path, names)
	if err != nil {
		return ""
	}
	var all []string
	for name := range strings.SplitSeq(string(names[:n]), "\x00") {
		if name == "" {
			continue
		}
		value := make([]byte, 4096)
		m, err := unix.Lgetxattr(path, name, value)
		if err == nil {
			all = append(all, fmt.Sprintf(" %s=%q", name, value[:m]))
		}
	}
	sort.Strings(all)
	return strings.Join(all, "")
}

// Difference returns the lines that are in one of two snapshots alone.
func Difference(want, got string) string {
	in := func(s string) map[string]bool {
		all := map[string]bool{}
		for l := range strings.Lines(s) {
			all[l] = true
		}
		return all
	}
	var b strings.Builder
	has := in(got)
	for l := range strings.Lines(want) {
		if !has[l] {
			b.WriteString("- " + l)
		}
	}
	has = in(want)
	for l := range strings.Lines(got) {
		if !has[l] {
			b.WriteString("+ " + l)
		}
	}
	return b.String()
}
