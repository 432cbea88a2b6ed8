package carve

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
	"golang.org/x/sys/unix"
)

// granted returns what the lines at exactly path give.
func (s *sample) granted(path string) Rights {
	var r Rights
	for _, p := range s.spec.Paths {
		if p.Path == path {
			r |= Granted(p.Kind, s.spec.Rmdir)
		}
	}
	return r
}

func (s *sample) has(kind spec.Kind, test func(path string) bool) bool {
	for _, p := range s.spec.Paths {
		if p.Kind == kind && test(p.Path) {
			return true
		}
	}
	return false
}

// due returns what the spec's words give at path, going by names alone: from the
// top down, a deny takes, a grant gives.
func (s *sample) due(path string) Rights {
	var r Rights
	if path != "/" {
		r = s.due(filepath.Dir(path))
	}
	same := func(p string) bool { return p == path }
	if s.has(spec.Deny, same) {
		r = 0
	}
	if s.has(spec.DenyWrite, same) {
		r &^= Changing
	}
	return r | s.granted(path)
}

// alias reports whether path or a directory above it is, by another name, denied
// or on the way to a deny: then the carve may give less than is due.
func (s *sample) alias(path string) bool {
	for ; path != "/"; path = filepath.Dir(path) {
		var st unix.Stat_t
		if lstat(path, &st) != nil {
			continue
		}
		for _, name := range s.held[id(&st)] {
			if name != path {
				return true
			}
		}
	}
	return false
}

func (s *sample) check(t testing.TB) result {
	t.Helper()
	r := carveNow(s.spec)
	if r.err != nil {
		t.Fatalf("%v\n%s", r.err, document.Append(nil, s.spec))
	}
	lost := map[string]Rights{}
	for _, c := range r.chains {
		lost[c.Path] |= c.Lost
	}
	failed := t.Failed()
	for ident, names := range s.names {
		for _, path := range names {
			s.checkPath(t, &r, ident, path, lost[path])
		}
	}
	if t.Failed() && !failed {
		t.Logf("%s\ntree: %v\nrules:\n%s", document.Append(nil, s.spec), s.names, strings.Join(r.rules, "\n"))
		t.FailNow()
	}
	return r
}

// try grows, checks and removes one sample.
func try(t testing.TB, data []byte) result {
	t.Helper()
	dir, err := os.MkdirTemp(fastDir(), "nono-model-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	return grow(t, dir, data).check(t)
}

func (s *sample) checkPath(t testing.TB, r *result, ident ID, path string, lost Rights) {
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	have, due := r.at(path), s.due(path)
	beneath := func(p string) bool { return spec.Beneath(p, path) }
	denyBelow, writeBelow := s.has(spec.Deny, beneath), s.has(spec.DenyWrite, beneath)
	deniedDirBelow := s.has(spec.Deny, func(p string) bool { return beneath(p) && isPlainDir(p) })
	if info.Mode()&fs.ModeSymlink != 0 {
		return // a rule for one would be an error of the kernel's; its target is looked at
	}
	if !info.IsDir() {
		due &= OfFiles
		denyBelow, writeBelow = false, false
		s.checkLinks(t, have, path, s.names[ident])
		if len(s.names[ident]) > 1 {
			return // a rule for its other names counts here too
		}
	}
	chain := denyBelow || writeBelow
	switch {
	case have&^due != 0:
		t.Errorf("%s has %s, but %s is due", path, letters(have), letters(due))
	case denyBelow && have&^List != 0, deniedDirBelow && have != 0, writeBelow && have&Changing != 0:
		t.Errorf("%s, which is on the way to a deny, has %s", path, letters(have))
	case s.alias(path):
	case !chain && have != due:
		t.Errorf("%s has %s, and %s is due", path, letters(have), letters(due))
	case denyBelow && !deniedDirBelow && !s.symlinked() && have != due&List:
		t.Errorf("%s has %s, and %s is due", path, letters(have), letters(due&List))
	case writeBelow && !denyBelow && have != due&^Changing:
		t.Errorf("%s has %s, and %s is due", path, letters(have), letters(due&^Changing))
	case info.IsDir() && have|lost != due:
		t.Errorf("%s has %s and is said to have lost %s of %s", path, letters(have), letters(lost), letters(due))
	}
}

// symlinked reports whether some deny leads through a symlink, so that what it
// denies may exist elsewhere.
func (s *sample) symlinked() bool {
	return s.has(spec.Deny, func(p string) bool {
		up, err := filepath.EvalSymlinks(filepath.Dir(p))
		return err == nil && up != filepath.Dir(p)
	})
}

// checkLinks holds that a file denied by one name has no right by another if the
// carve looks at each of them: in directories on the way to a deny.
func (s *sample) checkLinks(t testing.TB, have Rights, path string, names []string) {
	denied := false
	for _, name := range names {
		denied = denied || s.has(spec.Deny, func(p string) bool { return p == name })
		onTheWay := s.has(spec.Deny, func(p string) bool { return spec.Beneath(p, filepath.Dir(name)) })
		if s.granted(name) != 0 || !onTheWay && s.due(name) != 0 {
			return
		}
	}
	if denied && have != 0 {
		t.Errorf("%s has %s, but is denied by one of the names %v", path, letters(have), names)
	}
}

func TestModel(t *testing.T) {
	n := uint64(1500)
	if testing.Short() {
		n = 150
	}
	chains, rules := 0, 0
	for seed := range n {
		r := rand.New(rand.NewPCG(seed, 1))
		data := make([]byte, 3*(5+r.IntN(40)))
		for i := range data {
			data[i] = byte(r.IntN(256))
		}
		got := try(t, data)
		chains += len(got.chains)
		rules += len(got.rules)
	}
	t.Logf("%d samples: %d rules, %d chain directories", n, rules, chains)
	if chains < int(n)/10 || rules < int(n) {
		t.Error("the samples hardly test anything")
	}
}

// fastDir is a file system in memory, where there is one.
func fastDir() string {
	if unix.Access("/dev/shm", unix.W_OK) == nil {
		return "/dev/shm"
	}
	return ""
}

func FuzzCarve(f *testing.F) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 2))
		data := make([]byte, 90)
		for i := range data {
			data[i] = byte(r.IntN(256))
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		try(t, data)
	})
}
