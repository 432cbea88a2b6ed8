package document

import (
	"bytes"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/testenv/golden"
)

// bare returns s without what a printed document does not say.
func bare(s *spec.Spec) *spec.Spec {
	c := *s
	c.Paths = nil
	for _, p := range s.Paths {
		p.Line = 0
		c.Paths = append(c.Paths, p)
	}
	c.Askable = nil
	for _, p := range s.Askable {
		p.Line = 0
		c.Askable = append(c.Askable, p)
	}
	c.Ending = nil
	for _, p := range s.Ending {
		p.Line = 0
		c.Ending = append(c.Ending, p)
	}
	c.Unasked = nil
	for _, p := range s.Unasked {
		p.Line = 0
		c.Unasked = append(c.Unasked, p)
	}
	return &c
}

func TestGolden(t *testing.T) {
	doc, err := os.ReadFile("testdata/design.spec")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse(doc)
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/design.printed", string(Append(nil, s)))
}

// whole puts lines between a header and the switches.
func whole(lines string) string {
	return "nono-spec 1\n" + lines + "net block\nunix-sockets block\nrmdir block\n"
}

// A document of any length that is cut anywhere must not parse: what it has
// lost may be its denies.
func TestParseTruncated(t *testing.T) {
	doc, err := os.ReadFile("testdata/design.spec")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse(doc)
	if err != nil {
		t.Fatal(err)
	}
	doc = Append(nil, s)
	for n := range doc {
		if _, err := Parse(doc[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes parse", n, len(doc))
		}
	}
}

// Names that have fooled printers and parsers of lists of files.
var oddNames = []string{
	"/", "/ ", "/a b", "/a\nb", "/\n", "/a\tb", "/a\rb", "/a\x1b[31mb", `/a"b`, `/"`, `/a\b`, `/\`, "/a'b", "/a`b",
	"/é", "/é b", "/é by x", `/é"`, `/é\`, "/é\n", "/b é", "/\xff", "/é\xff", "/\xc3", "/a\u00a0b", "/a\u202eb", "/\ufffd", "/\ufeff",
	"/#", "/?", "/a by b", "/by", "/-", "/--", "/...", "/a/ /b", "/~", "/$HOME", "/*", "/世界", "/\U0001f512", "/e\u0301",
	"/" + strings.Repeat("n", 255), "/" + strings.Repeat("dir/", 1022) + "name.xy",
}

func TestQuotedOdd(t *testing.T) {
	quoted := func(path string) string {
		return strings.TrimPrefix(spec.Path{Kind: spec.Deny, Path: path}.String(), "deny ")
	}
	for _, name := range oddNames {
		s, err := Parse([]byte(whole("deny " + quoted(name) + "\n")))
		if err != nil || len(s.Paths) != 1 || s.Paths[0].Path != name {
			t.Errorf("%q is printed as %s: %v", name, quoted(name), err)
		}
	}
	for arg, want := range map[string]string{
		"": `""`, "a": "a", "/usr/lib": "/usr/lib", "/世界": "/世界", "/é b": `"/é b"`, "/a\xffb": `"/a\xffb"`, "/a\u202eb": `"/a\u202eb"`, "\x7f": `"\x7f"`,
	} {
		if got := quoted(arg); got != want {
			t.Errorf("%q is printed as %s, want %s", arg, got, want)
		}
	}
}

// randomName returns the name of a file: anything but a slash and NUL.
func randomName(r *rand.Rand) string {
	if r.IntN(4) > 0 {
		odd := oddNames[r.IntN(len(oddNames))][1:]
		if i := strings.LastIndexByte(odd, '/'); i >= 0 {
			odd = odd[i+1:]
		}
		if odd != "" {
			return odd
		}
	}
	b := make([]byte, 1+r.IntN(12))
	for i := range b {
		for b[i] = byte(r.IntN(256)); b[i] == 0 || b[i] == '/'; {
			b[i] = byte(r.IntN(256))
		}
	}
	if s := string(b); s != "." && s != ".." {
		return s
	}
	return "dot"
}

func randomSpec(r *rand.Rand) *spec.Spec {
	s := &spec.Spec{}
	for i := range spec.SwitchTable {
		*spec.SwitchTable[i].Of(&s.Switches) = r.IntN(2) == 0
	}
	for range r.IntN(8) {
		p := spec.Path{Kind: spec.Kind(1 + r.IntN(int(spec.DenyWrite))), Optional: r.IntN(3) == 0, Path: "/"}
		for depth := range r.IntN(5) {
			if depth > 0 {
				p.Path += "/"
			}
			p.Path += randomName(r)
		}
		if r.IntN(20) == 0 { // about as long as the kernel takes a path
			p.Path = ""
			for name := "/" + randomName(r); len(p.Path) < 4095; {
				p.Path += name
			}
		}
		if r.IntN(2) == 0 {
			p.By = randomOrigin(r)
		}
		s.Paths = append(s.Paths, p)
	}
	for range r.IntN(3) {
		s.AddTrap(spec.Traps[r.IntN(len(spec.Traps))])
	}
	for range r.IntN(3) {
		s.KeepFDs = append(s.KeepFDs, 3+r.IntN(1<<20-2))
	}
	return s
}

// randomOrigin returns an origin of any source, often with a detail that reads
// like another one.
func randomOrigin(r *rand.Rand) spec.Origin {
	if r.IntN(3) == 0 {
		return spec.ParseOrigin(randomName(r) + string([]byte{byte(r.IntN(256))}))
	}
	o := spec.Origin{Source: spec.System + spec.Source(r.IntN(int(spec.Policy)))}
	switch o.Source {
	case spec.Flag:
		o.Detail = "--" + randomName(r)
	case spec.Listed, spec.Profile, spec.Policy, spec.BlockedCommand, spec.StandardStream:
		o.Detail = [...]string{"system", "--deny", "profile x", "blocked command: x", "list: ", "list: system", "list: list: spec", spec.BlockFlag, "SSH keys", randomName(r)}[r.IntN(10)]
	}
	return o
}

func TestRoundTrip(t *testing.T) {
	for seed := range uint64(4_000) {
		s := randomSpec(rand.New(rand.NewPCG(seed, 0)))
		doc := Append(nil, s)
		got, err := Parse(doc)
		if err != nil {
			t.Fatalf("seed %d: %v\n%.2000q", seed, err, doc)
		}
		if !reflect.DeepEqual(bare(got), bare(s)) {
			t.Fatalf("seed %d: printed as\n%.2000s\nand read as\n%.2000s", seed, doc, Append(nil, got))
		}
		if again := Append(nil, got); !bytes.Equal(again, doc) {
			t.Fatalf("seed %d: printed as\n%.2000s\nand then as\n%.2000s", seed, doc, again)
		}
		for i, p := range got.Paths {
			if line := strings.Split(string(doc), "\n")[p.Line-1]; p.String() != line || p.Line != i+2 {
				t.Fatalf("seed %d: path %d says line %d, which is %q, not %q", seed, i, p.Line, line, p)
			}
		}
	}
}
