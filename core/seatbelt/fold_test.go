package seatbelt

import (
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/testenv/sbpl"
)

// What a volume that ignores case and normalisation takes for a denied name.
func TestDenyCoversEverySpelling(t *testing.T) {
	covered := map[string][]string{
		".ssh":               {".ssh", ".SSH", ".Ssh", ".\u017fsh", ".s\u017fH", ".\u00dfh", ".\u1e9eH"},
		".kube":              {".KUBE", ".\u212aube"},
		"Safari":             {"safari", "SAFARI", "\u017fafari"},
		"fish":               {"FISH", "\ufb01sh", "\ufb01\u017fh"},
		"office":             {"o\ufb03ce", "O\ufb00ice", "of\ufb01ce"},
		"stiff":              {"\ufb06iff", "\ufb05i\ufb00"},
		"Caf\u00e9":          {"cafe\u0301", "CAF\u00c9", "CAFE\u0301", "caf\u00e9"},
		"cafe\u0301":         {"caf\u00e9", "CAF\u00c9"},
		"\u00c5ngstr\u00f6m": {"\u212bngstro\u0308m", "a\u030angstr\u00d6m"},
		"\ud55c\uae00":       {"\u1112\u1161\u11ab\u1100\u1173\u11af"},
		"a[b].c+":            {"A[B].C+"},
	}
	for name, spellings := range covered {
		p := profileOf(t, &spec.Spec{Paths: []spec.Path{
			{Kind: spec.Allow, Path: "/Users/u"},
			{Kind: spec.Deny, Path: "/Users/u/" + name},
			{Kind: spec.DenyWrite, Path: "/Users/u/" + name + "2/" + name},
		}})
		for _, other := range spellings {
			for _, path := range []string{other, other + "/x", other + "2/" + other, other + "2"} {
				if p.Allows(&sbpl.Request{Op: "file-write-create", Path: "/Users/u/" + path}) {
					t.Errorf("with %q denied, %q can be made", name, path)
				}
			}
			if p.Allows(&sbpl.Request{Op: "file-read-data", Path: "/Users/u/" + other}) {
				t.Errorf("with %q denied, %q can be read", name, other)
			}
		}
	}
}

// What is not a spelling of a denied name stays granted.
func TestDenyCoversNoMore(t *testing.T) {
	p := profileOf(t, &spec.Spec{Paths: []spec.Path{
		{Kind: spec.Allow, Path: "/Users/u"},
		{Kind: spec.Deny, Path: "/Users/u/.ssh"},
		{Kind: spec.Deny, Path: "/Users/u/Caf\u00e9"},
		{Kind: spec.DenyWrite, Path: "/Users/u/.config/fish"},
	}})
	for _, name := range []string{".ssh2", ".sh", "x.ssh", "a/.ssh", ".sssh", "ssh", "Cafe", "Caf", "Cafeteria",
		"Th\u00e9", ".config2", ".config/fis", ".config/fisher", ".config/x/fish", "\u00e9"} {
		if !p.Allows(&sbpl.Request{Op: "file-write-create", Path: "/Users/u/" + name}) {
			t.Errorf("%q cannot be made", name)
		}
	}
	if !p.Allows(&sbpl.Request{Op: "file-read-data", Path: "/Users/u/.config/fish"}) {
		t.Error("a deny-write takes reading away")
	}
}

// A grant gives nothing to another spelling.
func TestGrantCoversItsSpellingOnly(t *testing.T) {
	s := &spec.Spec{Paths: []spec.Path{{Kind: spec.Allow, Path: "/Users/u/Src"}}}
	p := profileOf(t, s)
	for _, path := range []string{"/Users/u/src/x", "/users/u/Src/x"} {
		got, _ := Decision(s, "", Create, path)
		if got || p.Allows(&sbpl.Request{Op: "file-write-create", Path: path}) {
			t.Errorf("%s is granted", path)
		}
	}
}

// Where nothing can be made, a name has the spelling that is on disk.
func TestNoExpressionWithoutNeed(t *testing.T) {
	text, err := Profile(&spec.Spec{Paths: []spec.Path{
		{Kind: spec.Read, Path: "/usr/bin"},
		{Kind: spec.Deny, Path: "/usr/bin/rm"},
		{Kind: spec.Allow, Path: "/Users/u"},
		{Kind: spec.Deny, Path: "/Users/u/12/3-4"}, // of which there is one spelling
	}}, "")
	if err != nil {
		t.Fatal(err)
	}
	forms, _ := sbpl.Read(string(text))
	for _, f := range forms {
		eachPath(t, f, func(filter, value string) {
			if filter == "regex" && value != "^/dev/ttys[0-9]+$" {
				t.Errorf("an expression: %s", value)
			}
		})
	}
}

func profileOf(t testing.TB, s *spec.Spec) *sbpl.Profile {
	t.Helper()
	text, err := Profile(s, "")
	if err != nil {
		t.Fatal(err)
	}
	p, err := load(string(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return p
}

// load reads a profile as a compiler does that knows what every macOS from 12 on
// knows, and the rest only where the profile asks for it.
func load(text string) (*sbpl.Profile, error) {
	return sbpl.Load(text, sbpl.Options{Strict: true})
}
