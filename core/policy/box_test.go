package policy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
)

// A box is a scratch machine: a home, a project outside of it and a directory of
// commands. The system's own directories are the real ones.
type box struct {
	t                  testing.TB
	root               string // without symlinks
	home, project, bin string
	env                map[string]string
	uid                int
	passwd             string
	own                string
}

func newBox(t testing.TB) *box {
	t.Helper()
	root := scratch(t)
	b := &box{t: t, root: root, home: root + "/home", project: root + "/project", bin: root + "/bin", uid: 1000}
	b.env = map[string]string{"HOME": b.home, "PATH": b.bin}
	b.mkdir("home", "project", "bin")
	return b
}

func (b *box) mkdir(names ...string) {
	b.t.Helper()
	for _, n := range names {
		if err := os.MkdirAll(filepath.Join(b.root, n), 0o755); err != nil {
			b.t.Fatal(err)
		}
	}
}

// file makes a file with its directories; a text that begins with #! makes it
// executable.
func (b *box) file(name, text string) string {
	b.t.Helper()
	path := filepath.Join(b.root, name)
	mode := os.FileMode(0o644)
	if strings.HasPrefix(text, "#!") {
		mode = 0o755
	}
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, []byte(text), mode)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return path
}

func (b *box) symlink(target, name string) string {
	b.t.Helper()
	path := filepath.Join(b.root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		b.t.Fatal(err)
	}
	return path
}

func (b *box) link(old, name string) {
	b.t.Helper()
	if err := os.Link(filepath.Join(b.root, old), filepath.Join(b.root, name)); err != nil {
		b.t.Fatal(err)
	}
}

func (b *box) compile(o Options) (*Policy, error) {
	h := Host{GOOS: "linux", Dir: b.project, Env: func(k string) string { return b.env[k] }, UID: b.uid, Passwd: b.passwd}
	if b.own != "" {
		h.Own = []OwnList{{"own list", b.own}}
	}
	return Compile(o, h)
}

func (b *box) must(o Options) *Policy {
	b.t.Helper()
	p, err := b.compile(o)
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

// grants compiles what is granted as "KIND PATH", with PATH relative to the box.
func (b *box) grants(words ...string) *Policy {
	b.t.Helper()
	return b.must(Options{Grants: b.parse(words...)})
}

func (b *box) parse(words ...string) []Grant {
	b.t.Helper()
	var out []Grant
	for _, w := range words {
		word, path, ok := strings.Cut(w, " ")
		word, from, _ := strings.Cut(word, "@")
		kind := spec.Kind(0)
		for k := spec.Read; k <= spec.DenyWrite; k++ {
			if k.String() == word {
				kind = k
			}
		}
		if kind == 0 || !ok {
			b.t.Fatalf("no grant: %q", w)
		}
		if path[0] != '/' {
			path = b.root + "/" + path
		}
		out = append(out, Grant{Kind: kind, Path: path, From: from})
	}
	return out
}

// lines are the spec's lines about the box, its path as ".".
func (b *box) lines(p *Policy) []string {
	var out []string
	for _, l := range p.Spec.Paths {
		if path, ok := b.rel(l.Path); ok {
			word := l.Kind.String()
			if l.Optional {
				word += "?"
			}
			out = append(out, word+" "+path)
		}
	}
	return out
}

func (b *box) rel(path string) (string, bool) {
	if path == b.root {
		return ".", true
	}
	return strings.CutPrefix(path, b.root+"/")
}

func (b *box) has(p *Policy, lines ...string) {
	b.t.Helper()
	have := b.lines(p)
	for _, l := range lines {
		if !slices.Contains(have, l) {
			b.t.Errorf("the spec lacks %q", l)
		}
	}
}

func (b *box) lacks(p *Policy, lines ...string) {
	b.t.Helper()
	for _, l := range b.lines(p) {
		if slices.Contains(lines, l) {
			b.t.Errorf("the spec has %q", l)
		}
	}
}

// fails compiles o and compares the message, with the box's path as "BOX".
func (b *box) fails(o Options, want string) {
	b.t.Helper()
	_, err := b.compile(o)
	if err == nil {
		b.t.Errorf("no error; want %s", want)
	} else if got := strings.ReplaceAll(err.Error(), b.root, "BOX"); got != want {
		b.t.Errorf("error %s\nwant  %s", got, want)
	}
}

// scratch returns a directory whose own path has no symlink.
func scratch(t testing.TB) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
