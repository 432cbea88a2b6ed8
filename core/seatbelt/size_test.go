package seatbelt

import (
	"strconv"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/testenv/sbpl"
)

// home is a spec as a whole home directory granted makes it, with n protected
// paths in it, some of them in two directories that may be missing.
func home(n int) *spec.Spec {
	s := &spec.Spec{Switches: spec.Switches{Net: true}}
	add := func(k spec.Kind, path string) {
		s.Paths = append(s.Paths, spec.Path{Kind: k, Path: path, By: spec.ParseOrigin("a list")})
	}
	add(spec.Allow, "/Users/someone")
	add(spec.Temp, "/private/var/folders/zz/zyxw/T/nono-501/abcd")
	for i := range 60 {
		add(spec.Read, "/usr/lib/part"+strconv.Itoa(i))
	}
	for i := range n {
		kind := spec.Deny
		if i%3 == 0 {
			kind = spec.DenyWrite
		}
		dir := []string{"/Users/someone/.", "/Users/someone/.config/", "/Users/someone/Library/Application Support/"}[i%3]
		add(kind, dir+"tool"+strconv.Itoa(i))
	}
	return s
}

// What Seatbelt's compiler holds of a profile is limited to 64 KiB. How it
// counts is not known; the text of all paths and expressions, each once, is of
// that order.
func TestManyPathsFit(t *testing.T) {
	t.Run("a home written", func(t *testing.T) { fits(t, home(600)) })
	read := home(600)
	read.Paths[0] = spec.Path{Kind: spec.Read, Path: "/", By: spec.ParseOrigin("--read /")}
	t.Run("all read", func(t *testing.T) { fits(t, read) })
}

// Of one rule, and of those that stand together and decide about the same
// operations, the compiler makes one pattern, which can have 64 KiB. The rules of a
// whole home with nono's own lists stay far below, wherever one begins to count.
func TestNoPatternIsTooLong(t *testing.T) {
	s := whole(t)
	text, err := Profile(s, "/Users/someone/project")
	if err != nil {
		t.Fatal(err)
	}
	forms, err := sbpl.Read(string(text))
	if err != nil {
		t.Fatal(err)
	}
	longest, length, total, about := 0, 0, 0, ""
	for _, f := range forms {
		ops := ""
		for _, e := range f.List {
			if e.List == nil {
				ops += " " + e.Atom
			}
		}
		if ops != about {
			length, about = 0, ops
		}
		eachPath(t, f, func(_, value string) { length += len(value); total += len(value) })
		longest = max(longest, length)
	}
	t.Logf("%d lines: the longest pattern is of %d bytes, all together of %d", len(s.Paths), longest, total)
	if longest > 32<<10 {
		t.Errorf("a pattern of %d bytes", longest)
	}
	if longest < 1<<10 || len(s.Paths) < 800 {
		t.Error("the test proves nothing")
	}
}

// whole is what --allow of a whole home makes of nono's own lists.
func whole(t *testing.T) *spec.Spec {
	t.Helper()
	const home = "/Users/someone"
	s := &spec.Spec{Switches: spec.Switches{Net: true}}
	system, err := lists.System("darwin")
	if err != nil {
		t.Fatal(err)
	}
	protected, err := lists.Protect("darwin")
	if err != nil {
		t.Fatal(err)
	}
	commands, err := lists.Commands("darwin")
	if err != nil {
		t.Fatal(err)
	}
	xdg := []string{"~/", home + "/"}
	for _, d := range lists.XDGDirs() {
		if d.InHome != "" {
			xdg = append(xdg, "$"+d.Name+"/", home+"/"+d.InHome+"/")
		}
	}
	expand := strings.NewReplacer(xdg...)
	add := func(k spec.Kind, path string) {
		if path = expand.Replace(path); path[0] == '/' {
			s.Paths = append(s.Paths, spec.Path{Kind: k, Path: path})
		}
	}
	for _, p := range system {
		add(p.Kind, p.Path)
	}
	add(spec.Allow, home)
	add(spec.Temp, "/private/var/folders/zz/zyxw/T/nono-501/abcd")
	for _, p := range protected {
		add(p.Kind, p.Path)
	}
	for _, c := range commands {
		add(spec.Deny, "/usr/bin/"+c.Name)
	}
	return s
}

func fits(t *testing.T, s *spec.Spec) {
	t.Helper()
	text, err := Profile(s, "")
	if err != nil {
		t.Fatal(err)
	}
	forms, err := sbpl.Read(string(text))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	total := 0
	for _, f := range forms {
		eachPath(t, f, func(_, value string) {
			if !seen[value] {
				seen[value] = true
				total += len(value)
			}
		})
	}
	t.Logf("%d lines make %d bytes of paths and expressions, %d of text, %d rules", len(s.Paths), total, len(text), len(forms))
	if total > 60<<10 {
		t.Errorf("600 protected paths make %d bytes of paths and expressions", total)
	}
	if len(text) > 200<<10 {
		t.Errorf("600 protected paths make a profile of %d bytes", len(text))
	}
	if len(forms) > 200 {
		t.Errorf("600 protected paths make %d rules", len(forms))
	}
}

// eachPath calls f for every filter in e that compares a path.
func eachPath(t testing.TB, e sbpl.Expr, f func(filter, value string)) {
	t.Helper()
	switch h := e.Head(); h {
	case "subpath", "literal", "path-literal", "regex":
		value, err := sbpl.Text(e.List[1])
		if err != nil {
			t.Fatal(err)
		}
		f(h, value)
	default:
		for _, sub := range e.List {
			eachPath(t, sub, f)
		}
	}
}

func TestTooLarge(t *testing.T) {
	s := &spec.Spec{}
	for i := range 4000 {
		path := "/" + strconv.Itoa(i) + strings.Repeat("/x", 40)
		s.Paths = append(s.Paths, spec.Path{Kind: spec.Allow, Path: path})
	}
	if text, err := Profile(s, ""); err != ErrTooLarge || text != nil {
		t.Errorf("%d bytes, %v; want ErrTooLarge", len(text), err)
	}
	// The largest that passes has far fewer rules than the compiler takes.
	s = &spec.Spec{}
	for i := range MaxSize / 170 {
		s.Paths = append(s.Paths, spec.Path{Kind: spec.Device, Path: "/" + strconv.Itoa(i)})
	}
	text, err := Profile(s, "")
	if rules := strings.Count(string(text), "\n("); err != nil || rules > 5000 || len(text) < MaxSize/2 {
		t.Errorf("%d rules in %d bytes, %v", rules, len(text), err)
	}
}

func TestBadPaths(t *testing.T) {
	for _, path := range []string{"", "relative", "/a\x00b", "/a\xffb"} {
		for _, kind := range []spec.Kind{spec.Read, spec.Deny} {
			s := &spec.Spec{Paths: []spec.Path{{Kind: kind, Path: path}}}
			if text, err := Profile(s, ""); err == nil || text != nil {
				t.Errorf("%s %q gives a profile", kind, path)
			}
		}
	}
}

func BenchmarkProfile(b *testing.B) {
	s := home(600)
	for b.Loop() {
		if _, err := Profile(s, ""); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecision(b *testing.B) {
	s := home(600)
	for b.Loop() {
		Decision(s, "", Read, "/Users/someone/.TOOL300/x")
	}
}
