package carve

import (
	"io/fs"
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
