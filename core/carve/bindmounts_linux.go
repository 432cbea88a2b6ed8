package carve

import (
	"strconv"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/mountinfo"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// addBindMounts denies what s denies under every other name that a bind mount gives
// it. A rule above such a mount would otherwise reach what is denied, since the
// kernel goes up from a file by the name that was used.
func (root *node) addBindMounts(s *spec.Spec) error {
	if !divided(s) {
		return nil
	}
	table, err := mountinfo.Read()
	if err != nil {
		return mountinfo.Unreadable(err)
	}
	if mountinfo.Plain(table) {
		return nil
	}
	m, ok := mountinfo.ParseTree(table)
	if !ok {
		return mountinfo.Unreadable(fault.Text("it is not as expected"))
	}
	if m.Base == nil {
		return chroot(m)
	}
	for i := range s.Paths {
		p := &s.Paths[i]
		if p.Kind.Grants() {
			continue
		}
		on := m.On(p.Path)
		root.addNames(m, p, p.Path, on.Dev, on.Inside(p.Path))
		for j := range m.All {
			if n := &m.All[j]; spec.Beneath(n.At, p.Path) {
				// Where it is mounted it is beneath p already, and given back with it.
				root.addNames(m, p, n.At, n.Dev, n.Root)
			}
		}
	}
	return nil
}

// divided reports whether s both grants and denies something.
func divided(s *spec.Spec) bool {
	grants, denies := false, false
	for i := range s.Paths {
		grants = grants || s.Paths[i].Kind.Grants()
		denies = denies || !s.Paths[i].Kind.Grants()
	}
	return grants && denies
}

// addNames adds p once more at every path but known by which the file or directory
// inside of the file system dev is seen, and at every mount of something beneath
// it.
func (root *node) addNames(m *mountinfo.Tree, p *spec.Path, known, dev, inside string) {
	for i := range m.All {
		n := &m.All[i]
		if n.Dev != dev {
			continue
		}
		at := n.At
		switch {
		case spec.Within(inside, n.Root):
			at = n.Outside(inside)
		case !spec.Beneath(n.Root, inside):
			continue
		}
		if at != p.Path && at != known && m.On(at) == n {
			root.add(&spec.Path{Kind: p.Kind, Path: at, Optional: true, By: p.By}, false)
		}
	}
}

// chroot answers for a root directory that is no mount, so that nobody can say
// where in its file system a path lies: that matters if some of it is mounted.
func chroot(m *mountinfo.Tree) error {
	var st unix.Stat_t
	var fs unix.Statfs_t
	err := lstat("/", &st)
	if err == nil {
		err = unix.Statfs("/", &fs)
	}
	if err != nil {
		return &fault.Error{Do: "examine", Path: "/", Err: err}
	}
	dev := strconv.Itoa(int(unix.Major(uint64(st.Dev)))) + ":" + strconv.Itoa(int(unix.Minor(uint64(st.Dev))))
	for i := range m.All {
		if m.All[i].Dev == dev || perhapsSame(&fs, m.All[i].At) {
			return &fault.Error{Do: "tell whether denied paths are also beneath", Path: m.All[i].At,
				Err:  fault.Text("the root directory is no mount, and its file system is mounted there"),
				Hint: "bind the root directory to itself before the chroot"}
		}
	}
	return nil
}

// perhapsSame reports whether the file system fs, that of the root directory,
// may be mounted at path although the device numbers differ: each subvolume has
// one of its own, which is not the one in the table of mounts.
func perhapsSame(fs *unix.Statfs_t, path string) bool {
	const bcachefs = 0xca451a4e // fs/bcachefs/bcachefs_format.h
	if kind := uint32(fs.Type); kind != unix.BTRFS_SUPER_MAGIC && kind != bcachefs {
		return false
	}
	var there unix.Statfs_t
	return unix.Statfs(path, &there) != nil || there.Type == fs.Type
}
