package policy

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
)

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"**/.env", "a/b/.env", true}, {"**/.env", ".env", true}, {"**/.env", "a/.env/b", false}, {"**/.env", "a/.envrc", false},
		{"**/*.pem", "a/x.pem", true}, {"**/*.pem", "a/.pem", true}, {"**/*.pem", "a/x.pem.txt", false},
		{"a/*/c", "a/b/c", true}, {"a/*/c", "a/b/b/c", false}, {"a/**/c", "a/c", true}, {"a/**/c", "a/b/b/c", true},
		{"a/**", "a", true}, {"a/**", "a/b/c", true}, {"a/**", "b", false}, {"**/a/**/b", "x/a/y/z/b", true}, {"**/a/**/b", "x/b/a", false},
		{"**/[a-c]?", "bx", true}, {"**/[a-c]?", "dx", false}, {`a\*/b`, "a*/b", true}, {`a\*/b`, "ax/b", false},
	} {
		if got := matches(strings.Split(c.pattern, "/"), strings.Split(c.path, "/")); got != c.want {
			t.Errorf("%s and %s: %v", c.pattern, c.path, got)
		}
	}
}

// What a pattern denies is what has its form, beneath what was granted, and what
// symlinks of that name lead to.
func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		grants, denied string // separated by ";"
	}{
		{"allow project; deny **/.env", "project/.env project/a/.env project/a/b/.env"},
		{"allow project; deny .en?", "project/.env project/a/.env project/a/b/.env"},
		{"allow project/a; deny **/.env", "project/a/.env project/a/b/.env"},
		{"allow project; allow project/a; deny *.pem", "home/real.pem project/a/key.pem project/link.pem"},
		{"allow project; deny **/a", "project/a"},
		{"allow project; deny **/a/**/.env", "project/a/.env project/a/b/.env"},
		{"allow project; deny a/*.pem", "project/a/key.pem"},
		{"allow project; deny b/*.pem", ""},
		{"allow project; deny *.absent", ""},
		{"read-file project/.env; allow home; deny **/.env", "project/.env"},
		{"allow project; deny project/odd[x]*", "project/odd[x]*"},
		{"allow project/*star; deny **/x", "project/*star/x"},
	} {
		b := newBox(t)
		for _, f := range []string{"project/.env", "project/.envrc", "project/a/.env", "project/a/b/.env", "project/a/key.pem", "home/real.pem", "project/odd[x]*", "project/*star/x"} {
			b.file(f, "")
		}
		b.symlink("../home/real.pem", "project/link.pem")
		b.symlink("..", "project/a/up")
		h := Options{Grants: b.parse(strings.Split(c.grants, "; ")...)}
		for i := range h.Grants { // the box makes every path absolute
			if g := &h.Grants[i]; !g.Kind.Grants() && !strings.Contains(c.grants, "deny project/") {
				g.Path, _ = b.rel(g.Path)
			}
		}
		p, err := b.compile(h)
		if err != nil {
			t.Errorf("%s: %v", c.grants, err)
			continue
		}
		var got []string
		for _, l := range p.Spec.Paths {
			if path, ok := b.rel(l.Path); ok && l.Kind == spec.Deny && l.By.Source == spec.Flag {
				got = append(got, path)
			}
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.denied {
			t.Errorf("%s: denied %q, want %q", c.grants, got, c.denied)
		}
	}
}

// A pattern that cannot be tried on everything stops the start.
func TestPatternsThatAreRefused(t *testing.T) {
	b := newBox(t)
	b.mkdir("project")
	for text, want := range map[string]string{
		"[a":           "it is no pattern",
		"a//*":         "it is no pattern",
		"../*.x":       "it is no pattern",
		"**/a/**/b/**": "it has '**' more than twice",
	} {
		_, err := b.compile(Options{Grants: append(b.parse("allow project"), Grant{Kind: spec.Deny, Path: text})})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	if os.Getuid() != 0 { // root lists everything
		b.mkdir("project/closed")
		if err := os.Chmod(b.root+"/project/closed", 0o300); err != nil {
			t.Fatal(err)
		}
		_, err := b.compile(Options{Grants: append(b.parse("allow project"), Grant{Kind: spec.Deny, Path: "**/.env"})})
		if err == nil || !strings.Contains(err.Error(), "cannot look for '**/.env' in") {
			t.Errorf("a directory that can be searched and not listed: %v", err)
		}
	}
}

// The limit is counted in files, so that it does not depend on the machine.
func TestPatternsLimit(t *testing.T) {
	b := newBox(t)
	for i := range 50 {
		b.file("project/"+strconv.Itoa(i), "")
	}
	f := &form{grant: Grant{Kind: spec.Deny, Path: "**/.env"}, parts: []string{"**", ".env"}}
	s := &search{forms: []*form{f}, examined: MostExamined - 51, shut: func(string) string { return "" }}
	if err := s.at(b.project, nil, s.forms); err != nil {
		t.Errorf("just as many: %v", err)
	}
	s.examined = MostExamined - 50
	if err := s.at(b.project, nil, s.forms); err == nil || fault.HintOf(err) == "" {
		t.Errorf("one more: %v", err)
	}
}

// A file of the pattern's very name, which an earlier run may have made, does not do away
// with the pattern; and who means such a file gets it.
func TestPatternThatIsAName(t *testing.T) {
	b := newBox(t)
	for _, f := range []string{"project/**/.env", "project/*.pem", "project/.env", "project/a/.env", "project/key.pem", "project/app/[id]/x", "project/odd[/x"} {
		b.file(f, "")
	}
	o := Options{Grants: b.parse("allow project")}
	for _, path := range []string{"**/.env", "*.pem", "app/[id]/x", "odd[/x"} {
		o.Grants = append(o.Grants, Grant{Kind: spec.Deny, Path: path})
	}
	p := b.must(o)
	b.has(p, "deny project/.env", "deny project/a/.env", "deny project/**/.env", "deny project/key.pem", "deny project/*.pem", "deny project/app/[id]/x", "deny project/odd[/x")
	for _, form := range p.Patterns {
		if form.Matches == 0 {
			t.Errorf("%+v is told, and was a name", form)
		}
	}
}
