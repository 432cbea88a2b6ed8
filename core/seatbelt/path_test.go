package seatbelt

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/testenv/sbpl"
)

func TestCanonical(t *testing.T) {
	for path, want := range map[string]string{
		"/":                                      "/",
		"/tmp":                                   "/private/tmp",
		"/tmp/x":                                 "/private/tmp/x",
		"/tmpx":                                  "/tmpx",
		"/var/folders/a":                         "/private/var/folders/a",
		"/etc/hosts":                             "/private/etc/hosts",
		"/private/tmp":                           "/private/tmp",
		"/Users/u":                               "/Users/u",
		"/System/Volumes/Data":                   "/System/Volumes/Data",
		"/System/Volumes/Data/Users/u":           "/Users/u",
		"/System/Volumes/Data/private/tmp/x":     "/private/tmp/x",
		"/System/Volumes/Data/usr/local/bin":     "/usr/local/bin",
		"/System/Volumes/Data/usr/localx":        "/System/Volumes/Data/usr/localx",
		"/System/Volumes/Data/mnt":               "/System/Volumes/Data/mnt",
		"/System/Volumes/Database/Users":         "/System/Volumes/Database/Users",
		"/System/Volumes/Data/Library/Keychains": "/Library/Keychains",
	} {
		if got := canonical(path); got != want {
			t.Errorf("canonical(%s) = %s, want %s", path, got, want)
		}
		if got := canonical(want); got != want {
			t.Errorf("canonical(%s) = %s", want, got)
		}
	}
}

func TestSpellings(t *testing.T) {
	for path, want := range map[string][]string{
		"/private/tmp/x": {"/private/tmp/x", "/tmp/x"},
		"/private/etc":   {"/private/etc", "/etc"},
		"/private":       {"/private"},
		"/private/other": {"/private/other"},
		"/Users/u":       {"/Users/u"},
	} {
		if got := spellings(path); !slices.Equal(got, want) {
			t.Errorf("spellings(%s) = %v", path, got)
		}
	}
}

// Lines that name one place in two ways meet.
func TestOnePlaceByTwoNames(t *testing.T) {
	s := &spec.Spec{Paths: []spec.Path{
		{Kind: spec.Allow, Path: "/tmp/w"},
		{Kind: spec.Deny, Path: "/private/tmp/w/key"},
		{Kind: spec.Allow, Path: "/Users/u"},
		{Kind: spec.Deny, Path: "/System/Volumes/Data/Users/u/.ssh"},
		{Kind: spec.Read, Path: "/"},
		{Kind: spec.Deny, Path: "/System/Volumes/Data/mnt"},
	}}
	p := profileOf(t, s)
	for path, want := range map[string]bool{
		"/private/tmp/w/x": true, "/tmp/w/x": true,
		"/private/tmp/w/key": false, "/tmp/w/key": false, "/tmp/w/key/x": false,
		"/System/Volumes/Data/private/tmp/w/key": false,
		"/Users/u/.ssh":                          false, "/System/Volumes/Data/Users/u/.ssh/id": false,
		"/System/Volumes/Data/mnt/x": false,
	} {
		if got, _ := Decision(s, "", Read, path); got != want {
			t.Errorf("Decision(Read, %s) = %v", path, got)
		}
		expect(t, path, p, want, sbpl.Request{Op: "file-read-data", Path: path}) // whichever the kernel uses
	}
}

func TestDecisionNamesTheLine(t *testing.T) {
	s := &spec.Spec{Switches: spec.Switches{Net: true}, Paths: []spec.Path{
		0: {Kind: spec.Allow, Path: "/a"},
		1: {Kind: spec.DenyWrite, Path: "/a/b"},
		2: {Kind: spec.Read, Path: "/a/b/c"},
		3: {Kind: spec.Deny, Path: "/a/d/e"},
	}}
	for _, test := range []struct {
		class Class
		path  string
		yes   bool
		line  int
	}{
		{Read, "/a/x", true, 0},
		{Write, "/a/b/x", false, 1},
		{Read, "/a/b/x", true, 0},
		{Read, "/a/b/c", true, 2},
		{Write, "/a/b/c", false, 1},
		{Create, "/a/D/E/x", false, 3},
		{Create, "/a/d", false, 3}, // on the way to /a/d/e
		{Remove, "/a/b", false, 1}, // itself
		{Create, "/a", false, -1},  // its own name is not granted
		{RemoveDir, "/a/x", false, -1},
		{Read, "/b", false, -1},
		{Read, "/", true, -1},
		{Connect, "/var/run/mDNSResponder", true, -1},
	} {
		yes, line := Decision(s, "", test.class, test.path)
		if yes != test.yes || line != test.line {
			t.Errorf("Decision(%d, %s) = %v by %d, want %v by %d", test.class, test.path, yes, line, test.yes, test.line)
		}
	}
}

func TestUnkept(t *testing.T) {
	write := spec.Path{Kind: spec.Write, Path: "/out"}
	for _, test := range []struct {
		paths []spec.Path
		want  int
	}{
		{nil, 0},
		{[]spec.Path{write}, 0},
		{[]spec.Path{{Kind: spec.Temp, Path: "/tmp/t"}}, 0},
		{[]spec.Path{write, {Kind: spec.Temp, Path: "/tmp/t"}}, 1},
		{[]spec.Path{write, {Kind: spec.Read, Path: "/"}, {Kind: spec.Temp, Path: "/tmp/t"}}, 0},
	} {
		if got := Unkept(&spec.Spec{Paths: test.paths}); len(got) != test.want {
			t.Errorf("Unkept(%v) = %q", test.paths, got)
		}
	}
	if got := Unkept(nil); len(got) != 1 {
		t.Errorf("Unkept(nil) = %q", got)
	}
}

// No letter of a long path is cut in two, whatever the reader makes of bytes.
func TestLongPathsAreCutBetweenLetters(t *testing.T) {
	for _, s := range []string{strings.Repeat("\u00e9", 500), "/" + strings.Repeat("\u20ac", 300), "/ab" + strings.Repeat("\U0001f600", 200),
		strings.Repeat("a", chunk) + "\u00e9", strings.Repeat("a", chunk-1) + "\u00e9", strings.Repeat("a", chunk+1)} {
		forms, err := sbpl.Read(string(appendString(nil, s)))
		if err != nil || len(forms) != 1 || forms[0].Head() != "string-append" {
			t.Fatalf("%q is read as %v, %v", s, forms, err)
		}
		for _, part := range forms[0].List[1:] {
			if !utf8.ValidString(part.Atom) || len(part.Atom) > chunk || part.Atom == "" {
				t.Errorf("a part of %q is %q", s, part.Atom)
			}
		}
		if got, err := sbpl.Text(forms[0]); err != nil || got != s {
			t.Errorf("%q is read as %q, %v", s, got, err)
		}
	}
}
