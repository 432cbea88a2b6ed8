package carve

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// scratch returns a new directory without symlinks in its path.
func scratch(t testing.TB) string { return testenv.User{Name: "own"}.Dir(t) }

// plantTree makes what lines name beneath dir: "d DIR", "f FILE", "l NAME TARGET" (a
// symlink; a target that begins with / is beneath dir), "h NAME FILE" (a hard
// link), "p FIFO", "s SOCKET". Directories on the way are made.
func plantTree(t testing.TB, dir, lines string) {
	t.Helper()
	for line := range strings.SplitSeq(lines, ";") {
		w := strings.Fields(line)
		if len(w) == 0 {
			continue
		}
		path := filepath.Join(dir, w[1])
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if err == nil {
			switch w[0] {
			case "d":
				err = os.MkdirAll(path, 0o755)
			case "f":
				err = os.WriteFile(path, []byte(w[1]), 0o644)
			case "l":
				if target := w[2]; target[0] == '/' {
					w[2] = filepath.Join(dir, target)
				}
				err = os.Symlink(w[2], path)
			case "h":
				err = os.Link(filepath.Join(dir, w[2]), path)
			case "p":
				err = unix.Mkfifo(path, 0o644)
			case "s":
				err = unix.Mknod(path, unix.S_IFSOCK|0o644, 0)
			default:
				t.Fatalf("what is %q?", line)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// lines reads a spec's path lines, separated by semicolons, with paths beneath dir.
func lines(t testing.TB, dir, text string) *spec.Spec {
	t.Helper()
	s := &spec.Spec{}
	for line := range strings.SplitSeq(text, ";") {
		w := strings.Fields(line)
		if len(w) == 0 {
			continue
		}
		if w[0] == "rmdir" {
			s.Rmdir = true
			continue
		}
		name, optional := strings.CutSuffix(w[0], "?")
		p := spec.Path{Path: filepath.Join(dir, w[1]), Optional: optional}
		for k := spec.Read; k <= spec.DenyWrite; k++ {
			if k.String() == name {
				p.Kind = k
			}
		}
		if p.Kind == 0 {
			t.Fatalf("what is %q?", line)
		}
		s.Paths = append(s.Paths, p)
	}
	return s
}

// A result is what one carve gave out.
type result struct {
	rights map[ID]Rights // as the kernel adds them up
	rules  []string      // "PATH RIGHTS", in order
	chains []Chain
	err    error
}

func carveNow(s *spec.Spec) result {
	r := result{rights: map[ID]Rights{}}
	r.chains, r.err = Rules(s, func(rule *Rule) error {
		var st unix.Stat_t
		if err := unix.Fstat(rule.FD, &st); err != nil {
			return err
		}
		if id(&st) != rule.ID || directory(st.Mode) != rule.Dir || rule.Rights == 0 || !rule.Dir && rule.Rights&^OfFiles != 0 {
			return &badRule{rule.Path()}
		}
		r.rights[rule.ID] |= rule.Rights
		r.rules = append(r.rules, strings.Clone(rule.Path())+" "+letters(rule.Rights))
		return nil
	})
	return r
}

type badRule struct{ path string }

func (b *badRule) Error() string { return "a bad rule for " + b.path }

// at returns what the rules together give at path, as the kernel adds it up: by
// the identity of the thing and of all directories above it.
func (r result) at(path string) Rights {
	var st unix.Stat_t
	if lstat(path, &st) != nil {
		return 0
	}
	mask := ^Rights(0)
	if !directory(st.Mode) {
		mask = OfFiles
	}
	var have Rights
	for {
		if lstat(path, &st) == nil {
			have |= r.rights[id(&st)]
		}
		if path == "/" {
			return have & mask
		}
		path = filepath.Dir(path)
	}
}

const letterOf = "rxwiulcd" // in the order of the rights

func letters(r Rights) string {
	var b strings.Builder
	for i := range len(letterOf) {
		if r&(1<<i) != 0 {
			b.WriteByte(letterOf[i])
		}
	}
	if b.Len() == 0 {
		return "-"
	}
	return b.String()
}

// describe returns the rights of each path beneath dir as "PATH LETTERS".
func (r result) describe(t testing.TB, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err == nil && path != dir {
			out = append(out, strings.TrimPrefix(path, dir)+" "+letters(r.at(path)))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return out
}

// check compares the rights beneath dir with want, "PATH LETTERS" separated by
// semicolons; paths that it does not name must have none.
func (r result) check(t testing.TB, dir, want string) {
	t.Helper()
	if r.err != nil {
		t.Error(r.err)
		return
	}
	expect := map[string]string{}
	for line := range strings.SplitSeq(want, ";") {
		if w := strings.Fields(line); len(w) == 2 {
			expect[w[0]] = w[1]
		} else if len(w) != 0 {
			t.Fatalf("what is %q?", line)
		}
	}
	for _, line := range r.describe(t, dir) {
		path, have, _ := strings.Cut(line, " ")
		if w := expect[path]; w != have && (w != "" || have != "-") {
			t.Errorf("%s has %s, want %q", path, have, w)
		}
		delete(expect, path)
	}
	for path := range expect {
		t.Errorf("%s does not exist", path)
	}
	if t.Failed() {
		t.Logf("rules:\n%s", strings.Join(r.rules, "\n"))
	}
}

func (r result) chainPaths(dir string) string {
	var paths []string
	for _, c := range r.chains {
		paths = append(paths, strings.TrimPrefix(c.Path, dir)+" "+letters(c.Lost))
	}
	return strings.Join(paths, "; ")
}

// openFDs counts the process's open descriptors.
func openFDs(t testing.TB) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skipf("no /proc: %v", err)
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	return len(names)
}

// withFileLimit runs f while the process may open only n descriptors.
func withFileLimit(t testing.TB, n uint64, f func()) {
	t.Helper()
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &old); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: n, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	defer syscall.Setrlimit(syscall.RLIMIT_NOFILE, &old)
	f()
}
