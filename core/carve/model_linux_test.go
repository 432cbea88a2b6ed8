package carve

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// A sample is a tree on disk and a spec about it, made of arbitrary bytes.
type sample struct {
	dir   string
	spec  *spec.Spec
	names map[ID][]string // what exists, by identity
	held  map[ID][]string // what lies at or on the way to a deny, by identity
}

// grow makes a sample in dir. Each three bytes are one file or one line.
func grow(t testing.TB, dir string, data []byte) *sample {
	t.Helper()
	s := &sample{dir: dir, spec: &spec.Spec{}, names: map[ID][]string{}, held: map[ID][]string{}}
	var ops [][3]byte
	for ; len(data) >= 3 && len(ops) < 60; data = data[3:] {
		ops = append(ops, [3]byte(data))
	}
	for _, op := range ops {
		s.file(op)
	}
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		var st unix.Stat_t
		if err == nil {
			err = lstat(path, &st)
		}
		s.names[id(&st)] = append(s.names[id(&st)], path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range ops {
		s.line(op)
	}
	for _, p := range s.spec.Paths {
		for path := p.Path; !p.Kind.Grants() && path != "/"; path = filepath.Dir(path) {
			var st unix.Stat_t
			if lstat(path, &st) == nil {
				s.held[id(&st)] = append(s.held[id(&st)], path)
			}
		}
	}
	return s
}

// place is one of 340 paths: up to four names out of four.
func (s *sample) place(hi, lo byte) string {
	path := s.dir
	for range 1 + hi&3 {
		path = filepath.Join(path, string("abcd"[lo&3]))
		lo >>= 2
	}
	return path
}

// file makes what one operation stands for, if it is still possible.
func (s *sample) file(op [3]byte) {
	path := s.place(op[1], op[2])
	switch op[0] % 16 {
	case 0, 1, 2:
		os.MkdirAll(path, 0o755)
	case 3, 4, 5:
		os.MkdirAll(filepath.Dir(path), 0o755)
		os.WriteFile(path, nil, 0o644)
	case 6:
		os.Symlink(s.place(op[1]>>2, op[2]^op[1]), path)
	case 7:
		os.Link(s.place(op[1]>>2, op[2]^op[1]), path)
	}
}

// line adds the grant or deny that one operation stands for, if it fits.
func (s *sample) line(op [3]byte) {
	p := spec.Path{Path: s.place(op[1], op[2]), Optional: true}
	dirs := [...]spec.Kind{spec.Read, spec.Write, spec.Allow, spec.Temp, spec.Allow, spec.Read}
	files := [...]spec.Kind{spec.ReadFile, spec.WriteFile, spec.AllowFile, spec.ReadFile, spec.AllowFile, spec.ReadFile}
	switch k := op[0] % 16; k {
	case 8, 9:
		p.Kind = spec.Deny
	case 10:
		p.Kind = spec.DenyWrite
	case 11:
		s.spec.Rmdir = true
		return
	default:
		real, err := filepath.EvalSymlinks(p.Path)
		info, statErr := os.Lstat(p.Path)
		switch {
		case k < 8 || err == nil && real != p.Path || statErr == nil && info.Mode()&fs.ModeSymlink != 0:
			return
		case err != nil: // absent, but perhaps beneath a symlink
			if above, _, _ := strings.Cut(p.Path[len(s.dir)+1:], "/"); !isPlainDir(filepath.Join(s.dir, above)) {
				return
			}
			p.Path = filepath.Join(s.dir, "absent")
			p.Kind = spec.Allow
		case info.IsDir():
			p.Kind = dirs[op[0]>>4%6]
		default:
			p.Kind = files[op[0]>>4%6]
		}
	}
	s.spec.Paths = append(s.spec.Paths, p)
}

func isPlainDir(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.IsDir()
}

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
		t.Fatalf("%v\n%s", r.err, s.spec.Append(nil))
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
		t.Logf("%s\ntree: %v\nrules:\n%s", s.spec.Append(nil), s.names, strings.Join(r.rules, "\n"))
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
