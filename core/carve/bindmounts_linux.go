package carve

import (
	"strconv"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/mountinfo"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// addBindMounts adds every deny of s a second time for each other name that a bind mount
// gives its path. The kernel looks for rules from a file upwards, along the name that the
// process used. So a grant above the mount would otherwise reach the denied file.
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
				// The mount point is beneath p already, and the grant lifts the deny there too.
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

// addNames adds p again for each path of the file or directory inside in the file system
// dev, except known, and for each mount of something beneath it.
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

// chroot returns an error if the root directory is no mount point, and its file system is
// mounted in it: then the place of a path in its file system is unknown.
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

// perhapsSame reports whether path may be in the file system fs of the root directory
// although the device numbers differ: each subvolume has its own device number, and the
// table of mounts has another one.
func perhapsSame(fs *unix.Statfs_t, path string) bool {
	const bcachefs = 0xca451a4e // fs/bcachefs/bcachefs_format.h
	if kind := uint32(fs.Type); kind != unix.BTRFS_SUPER_MAGIC && kind != bcachefs {
		return false
	}
	var there unix.Statfs_t
	return unix.Statfs(path, &there) != nil || there.Type == fs.Type
}
