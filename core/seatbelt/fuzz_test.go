package seatbelt

import (
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
	"github.com/nono-sandbox/nono/core/testenv/sbpl"
)

// No string breaks out of its literal, and none is changed.
func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "/a", `"`, `\`, `\"`, "a\nb", `/a") (allow default) ("`, "\xff\xfe", "; x", "#\"", "(",
		strings.Repeat(`\`, chunk), strings.Repeat(`"`, 3*chunk+1), strings.Repeat("é", chunk)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.IndexByte(s, 0) >= 0 {
			t.Skip("no argument has a NUL")
		}
		forms, err := sbpl.Read("(x " + string(appendString(nil, s)) + ")")
		if err != nil {
			t.Fatal(err)
		}
		if len(forms) != 1 || len(forms[0].List) != 2 {
			t.Fatalf("%q is read as %v", s, forms)
		}
		if got, err := sbpl.Text(forms[0].List[1]); err != nil || got != s {
			t.Errorf("%q is read as %q, %v", s, got, err)
		}
	})
}

// Whatever is in a spec, its profile has the rules of any other with as many
// lines, compares nothing but the paths named, and decides as Decision says.
func FuzzProfile(f *testing.F) {
	f.Add("/Users/u/a b", "/Users/u/a b/c", uint8(spec.Allow), uint8(spec.Deny), "by")
	f.Add("/a\"b\\", "/a\"b\\/) (allow default) (\n", uint8(spec.Temp), uint8(spec.DenyWrite), "x\n(allow default)")
	f.Add("/tmp/K", "/tmp/k/\u017f\u00e9", uint8(spec.Allow), uint8(spec.Deny), "\";")
	f.Add("/", "/System/Volumes/Data/Users/u", uint8(spec.Read), uint8(spec.Deny), "")
	f.Add("/dev", "/dev/tty", uint8(spec.Device), uint8(spec.Device), "\x00\xff")
	f.Add("/"+strings.Repeat("a", 300), "/"+strings.Repeat("a", 300)+"/[x]", uint8(spec.Write), uint8(spec.Deny), "")
	f.Fuzz(func(t *testing.T, a, b string, kindA, kindB uint8, by string) {
		s := &spec.Spec{}
		a, b = cleaned(a), cleaned(b)
		for i, path := range []string{a, b} {
			kind := spec.Kind(1 + []uint8{kindA, kindB}[i]%uint8(spec.DenyWrite))
			s.Paths = append(s.Paths, spec.Path{Kind: kind, Path: path, By: spec.ParseOrigin(by)})
		}
		if _, err := document.Parse(document.Append(nil, s)); err != nil {
			t.Fatalf("%q, %q: %v", a, b, err)
		}
		text, err := Profile(s, a)
		if err == errText {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		p, err := load(string(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		forms, _ := sbpl.Read(string(text))
		comparesOnly(t, forms, a, b)
		for _, path := range []string{a, b, a + "/x", b + "/x", "/elsewhere/x"} {
			decidesNoMore(t, s, a, p, canonical(path))
		}
	})
}

// cleaned makes a path that a spec can have of any string.
func cleaned(s string) string {
	names := strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == 0 })
	names = slices.DeleteFunc(names, func(n string) bool { return n == "." || n == ".." })
	return "/" + strings.Join(names, "/")
}

// comparesOnly fails if a form compares a path that is neither one of paths, in
// any spelling, nor on the way to one, nor in every profile.
func comparesOnly(t *testing.T, forms []sbpl.Expr, paths ...string) {
	t.Helper()
	known := []string{"/", "/private/tmp", "/tmp"}
	for _, path := range paths {
		path = canonical(path)
		known = append(append(known, spellings(path)...), onVolume(path))
		for n := range depth(path) {
			head, _ := names(path, n)
			known = append(known, spellings(head)...)
		}
	}
	for _, f := range forms {
		eachPath(t, f, func(filter, value string) {
			if filter == "regex" {
				for i := range len(value) {
					if value[i] < ' ' || value[i] > '~' {
						t.Errorf("an expression that is not printable: %q", value)
					}
				}
			} else if !slices.Contains(known, value) {
				t.Errorf("%s compares %q", filter, value)
			}
		})
	}
}

// decidesNoMore fails if the profile allows what Decision refuses or, where
// names have one spelling but for case, the reverse.
func decidesNoMore(t *testing.T, s *spec.Spec, dir string, p *sbpl.Profile, path string) {
	t.Helper()
	ascii := true
	for _, line := range append(s.Paths, spec.Path{Path: path}) {
		for i := range len(line.Path) {
			ascii = ascii && line.Path[i] >= ' ' && line.Path[i] <= '~'
		}
	}
	for c := range classes {
		want, _ := Decision(s, dir, c, path)
		for _, r := range requests(c, path) {
			for _, p.Flat = range []bool{false, true} {
				if got := p.Allows(&r); got && !want || ascii && got != want {
					t.Errorf("%+v is %v, Decision(%d, %q) = %v", r, got, c, path, want)
				}
			}
		}
	}
}

// Every document that parses has a profile that reads, or an error.
func FuzzDocument(f *testing.F) {
	for _, s := range specs(f) {
		f.Add(document.Append(nil, s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		s, err := document.Parse(doc)
		if err != nil {
			return // no document
		}
		text, err := Profile(s, "/Users/u/src/app")
		if err != nil {
			if err != errText && err != ErrTooLarge {
				t.Fatal(err)
			}
			return
		}
		p, err := load(string(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		for _, line := range s.Paths {
			decidesNoMore(t, s, "/Users/u/src/app", p, canonical(line.Path))
		}
	})
}
