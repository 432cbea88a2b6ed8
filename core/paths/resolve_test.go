package paths

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// scratch returns a directory whose own path has no symlink.
func scratch(t testing.TB) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestResolveLikeTheKernel compares resolve with what the kernel says of random
// paths in random trees: with loops, "..", "." and slashes anywhere, and through
// files and what does not exist.
func TestResolveLikeTheKernel(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(30) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		root := scratch(t)
		randomTree(t, rnd, root)
		r := NewResolver() // one for all, as in Compile: what it remembers must stay true
		for range 150 {
			path := root + "/" + randomPath(rnd)
			seen[checkResolve(t, r, path)]++
		}
	}
	for _, want := range []string{"there", "absent", "loop"} {
		if seen[want] < 100 {
			t.Errorf("only %d paths were %s: the trees are too tame (%v)", seen[want], want, seen)
		}
	}
}

func checkResolve(t *testing.T, r *Resolver, path string) string {
	t.Helper()
	got, err := r.Resolve(path)
	var st unix.Stat_t
	switch want := unix.Stat(path, &st); want {
	case nil:
		// EvalSymlinks is told by names, so it lets a slash behind a file pass;
		// where the kernel finds the path, the two must be one.
		real, evalErr := filepath.EvalSymlinks(path)
		if err != nil || evalErr != nil || !got.Exists || got.Path != real || got.Ino != st.Ino || got.Dev != uint64(st.Dev) || got.Mode != uint32(st.Mode) {
			t.Fatalf("resolve(%q) = %+v, %v; it is %q (%v), inode %d", path, got, err, real, evalErr, st.Ino)
		}
		return "there"
	case unix.ELOOP:
		if err != unix.ELOOP {
			t.Fatalf("resolve(%q) = %+v, %v; want ELOOP", path, got, err)
		}
		return "loop"
	case unix.ENOENT, unix.ENOTDIR:
		if err != nil || got.Exists || got.Path != filepath.Clean(got.Path) {
			t.Fatalf("resolve(%q) = %+v, %v; the kernel says %v", path, got, err, want)
		}
		return "absent"
	default:
		t.Fatalf("stat %q: %v", path, want)
		return ""
	}
}

// randomTree fills dir with directories, files and symlinks, some of which lead
// nowhere or round in circles.
func randomTree(t *testing.T, rnd *rand.Rand, root string) {
	t.Helper()
	dirs := []string{root}
	for range 30 {
		path := filepath.Join(dirs[rnd.IntN(len(dirs))], letter(rnd))
		var err error
		switch rnd.IntN(6) {
		case 0, 1:
			if err = os.Mkdir(path, 0o700); err == nil {
				dirs = append(dirs, path)
			}
		case 2:
			err = os.WriteFile(path, nil, 0o600)
		default:
			target := randomPath(rnd)
			if rnd.IntN(3) == 0 {
				target = root + "/" + target
			}
			err = os.Symlink(target, path)
		}
		var errno unix.Errno
		if err != nil && (!errors.As(err, &errno) || !slices.Contains(mishaps, errno)) {
			t.Fatal(err)
		}
	}
}

// mishaps are what may happen in a tree that is made at random.
var mishaps = []unix.Errno{unix.EEXIST, unix.EISDIR, unix.ENOENT, unix.ENOTDIR, unix.ELOOP}

func randomPath(rnd *rand.Rand) string {
	parts := make([]string, 1+rnd.IntN(5))
	for i := range parts {
		switch rnd.IntN(9) {
		case 0:
			parts[i] = ".."
		case 1:
			parts[i] = "."
		default:
			parts[i] = letter(rnd)
		}
	}
	path := strings.Join(parts, strings.Repeat("/", 1+rnd.IntN(2)))
	if rnd.IntN(8) == 0 {
		path += "/"
	}
	return path
}

func letter(rnd *rand.Rand) string { return string(rune('a' + rnd.IntN(5))) }

func TestResolveManyLinks(t *testing.T) {
	dir := scratch(t)
	file := dir + "/l0"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= 41; i++ {
		if err := os.Symlink("l"+strconv.Itoa(i-1), dir+"/l"+strconv.Itoa(i)); err != nil {
			t.Fatal(err)
		}
	}
	if got := checkResolve(t, NewResolver(), dir+"/l40"); got != "there" {
		t.Errorf("40 symlinks: %s", got)
	}
	if got := checkResolve(t, NewResolver(), dir+"/l41"); got != "loop" {
		t.Errorf("41 symlinks: %s", got)
	}
}

func TestResolveOddNames(t *testing.T) {
	dir := scratch(t)
	r := NewResolver()
	for _, name := range []string{"a\nb", "\xff\xfe", " ", "'", "~", "...", strings.Repeat("n", 255)} {
		if err := os.WriteFile(dir+"/"+name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := checkResolve(t, r, dir+"/"+name); got != "there" {
			t.Errorf("%q: %s", name, got)
		}
	}
	if _, err := r.Resolve(dir + "/" + strings.Repeat("n", 256)); err != unix.ENAMETOOLONG {
		t.Errorf("a name of 256 bytes: %v", err)
	}
	if _, err := r.Resolve(dir + strings.Repeat("/..", 2000) + "/etc"); err != nil {
		t.Errorf("more than 4096 bytes of which few remain: %v", err)
	}
}
