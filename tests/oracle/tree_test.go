//go:build linux

package oracle

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// tiny is a program that exits at once: an ELF file for amd64 without a loader.
// Elsewhere programs are scripts alone.
var tiny = "\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 9) +
	"\x02\x00\x3e\x00\x01\x00\x00\x00\x78\x00\x40\x00\x00\x00\x00\x00" + // entry 0x400078
	"\x40" + strings.Repeat("\x00", 7) + strings.Repeat("\x00", 12) + "\x40\x00\x38\x00\x01\x00\x40\x00\x00\x00\x00\x00" +
	"\x01\x00\x00\x00\x05\x00\x00\x00" + strings.Repeat("\x00", 8) + "\x00\x00\x40\x00\x00\x00\x00\x00\x00\x00\x40\x00\x00\x00\x00\x00" +
	"\x84\x00\x00\x00\x00\x00\x00\x00\x84\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00" +
	"\x31\xff\xb8\x3c\x00\x00\x00\x0f\x05\x90\x90\x90" // xor edi,edi; mov eax,60; syscall

var names = []string{"a", "b", "c", "d", "e", "sp ace", "new\nline", "\xff\xfe", `q"uo'te`, "ü", "-", "a.b", "tab\t", long}

var long = strings.Repeat("n", 255)

// A tree is what one case is about.
type tree struct {
	r      *rand.Rand
	root   string // all of it is beneath, and nothing else
	backup string // a second name of everything but directories, on the same file system
	owner  int    // who owns most of it
	user   int    // who runs the sandbox
	dirs   []string
	files  []string // whatever is no directory
	links  []string // symlinks among files
	mounts []string
	// overlays are those of the mounts that are overlayfs.
	overlays []string
	fixed    []string // immutable or append-only
	saved    map[ident]string
}

type ident struct{ dev, ino uint64 }

func identOf(path string) (ident, uint32, bool) {
	var st unix.Stat_t
	if unix.Lstat(path, &st) != nil {
		return ident{}, 0, false
	}
	return ident{uint64(st.Dev), st.Ino}, st.Mode & unix.S_IFMT, true
}

func (t *tree) pick(list []string) string { return list[t.r.IntN(len(list))] }
func (t *tree) name() string {
	if t.r.IntN(3) > 0 {
		return names[t.r.IntN(5)]
	}
	return t.pick(names)
}

// grow makes a random tree beneath base.
func grow(tb testing.TB, r *rand.Rand, base string, user int, mounts bool) *tree {
	t := &tree{r: r, root: filepath.Join(base, "tree"), backup: filepath.Join(base, "backup"), user: user, owner: user, saved: map[ident]string{}}
	must(tb, os.Mkdir(t.root, 0o755), os.Mkdir(t.backup, 0o700), os.Lchown(t.root, user, user))
	t.dirs = []string{t.root}
	for range 4 + r.IntN(8) {
		p := filepath.Join(t.pick(t.dirs), t.name())
		if len(p) < 2000 && os.Mkdir(p, 0o755) == nil {
			must(tb, os.Lchown(p, user, user))
			t.dirs = append(t.dirs, p)
		}
	}
	for range 8 + r.IntN(14) {
		t.file(tb, filepath.Join(t.pick(t.dirs), t.name()))
	}
	if mounts {
		for range r.IntN(3) {
			t.mount(tb)
		}
	}
	t.modes(tb)
	return t
}

// file makes one thing that is no directory.
func (t *tree) file(tb testing.TB, p string) {
	if _, _, exists := identOf(p); exists {
		return
	}
	var err error
	root := os.Geteuid() == 0
	switch k := t.r.IntN(12); {
	case k < 5:
		err = os.WriteFile(p, []byte("text"), 0o644)
	case k == 5:
		err = os.WriteFile(p, []byte(tiny), 0o755)
	case k == 6:
		err = os.WriteFile(p, []byte("#!"+t.somewhere()+"\n"), 0o755)
	case k == 7 && len(t.files) > 0:
		// The other may be on another mount, beneath one, or where its owner may
		// not search.
		if unix.Link(t.pick(t.files), p) != nil {
			err = os.WriteFile(p, nil, 0o644)
		}
	case k == 8:
		err = unix.Mknod(p, []uint32{unix.S_IFIFO, unix.S_IFSOCK}[t.r.IntN(2)]|0o644, 0)
	case k == 9 && root:
		err = unix.Mknod(p, unix.S_IFCHR|0o666, int(unix.Mkdev(1, 3)))
	default:
		err = os.Symlink(t.target(p), p)
		t.links = append(t.links, p)
	}
	must(tb, err)
	if root {
		must(tb, os.Lchown(p, t.owner, t.owner))
	}
	t.files = append(t.files, p)
	t.save(tb, p)
}

// save gives p a second name, by which it is brought back.
func (t *tree) save(tb testing.TB, p string) {
	id, _, _ := identOf(p)
	if t.saved[id] != "" {
		return
	}
	name := filepath.Join(t.backup, fmt.Sprint(len(t.saved)))
	if unix.Linkat(unix.AT_FDCWD, p, unix.AT_FDCWD, name, 0) == nil {
		t.saved[id] = name
	}
}

func (t *tree) somewhere() string {
	if len(t.files) > 0 && t.r.IntN(2) == 0 {
		return t.pick(t.files)
	}
	return "/bin/true"
}

// target makes up where a symlink points.
func (t *tree) target(from string) string {
	to := t.pick(append(t.dirs[:len(t.dirs):len(t.dirs)], t.files...))
	switch t.r.IntN(6) {
	case 0:
		return t.name()
	case 1:
		return "../" + t.name()
	case 2:
		return to + "/"
	case 3:
		if rel, err := filepath.Rel(filepath.Dir(from), to); err == nil {
			return rel
		}
	case 4:
		return filepath.Join(t.pick(t.dirs), t.name())
	}
	return to
}

// fell makes all of it removable again, once its mounts have gone with the thread.
func (t *tree) fell() {
	for i := len(t.mounts) - 1; i >= 0; i-- {
		unix.Unmount(t.mounts[i], unix.MNT_DETACH)
	}
	for _, p := range t.fixed {
		setAttr(p, 0)
	}
	for i := len(t.dirs) - 1; i >= 0; i-- {
		os.Chmod(t.dirs[i], 0o700)
	}
}

// print is what the tree looks like, to see whether it was put back.
func (t *tree) print() string {
	var b strings.Builder
	filepath.WalkDir(t.root, func(path string, _ os.DirEntry, err error) error {
		id, kind, _ := identOf(path)
		fmt.Fprintf(&b, "%q %d %o\n", path, id.ino, kind)
		return nil
	})
	return b.String()
}

func must(tb testing.TB, errs ...error) {
	tb.Helper()
	for _, err := range errs {
		if err != nil {
			tb.Fatal(err)
		}
	}
}

// linux/fs.h.
const (
	fsImmutable = 0x10
	fsAppend    = 0x20
)
