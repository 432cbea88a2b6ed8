package lists

import (
	"path"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/nono-sandbox/nono/core/spec"
)

func FuzzParseProtected(f *testing.F) {
	f.Add(protectedLinux)
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ParseProtected("fuzz", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "cannot read line ") || strings.ContainsAny(err.Error(), "\n\x1b\x00") {
				t.Fatalf("a message that misleads: %q", err)
			}
			return
		}
		var again strings.Builder
		for _, p := range list {
			abs := strings.TrimPrefix(strings.TrimPrefix(p.Path, "~"), "$")
			if p.Kind != spec.Deny && p.Kind != spec.DenyWrite || p.Category == "" {
				t.Fatalf("%+v", p)
			}
			if path.Clean(abs) != abs || abs == "/" || strings.ContainsAny(p.Path, "*?\x00") {
				t.Fatalf("%q was taken", p.Path)
			}
			again.WriteString("[" + p.Category + "]\n" + p.Kind.String() + " " + quoted(p.Path) + "\n")
		}
		back, err := ParseProtected("again", again.String())
		if d := cmp.Diff(list, back); err != nil || len(list) > 0 && d != "" {
			t.Fatal(err, d)
		}
	})
}

// quoted writes a path so that it is taken as it is. Bytes that are not UTF-8 stay:
// quotes would turn them into others.
func quoted(path string) string {
	if Doubtful(path) == "" || !utf8.ValidString(path) {
		return path
	}
	return strconv.Quote(path)
}

// FuzzParseEnv holds the matcher against one that is slow and plain.
func FuzzParseEnv(f *testing.F) {
	f.Add(envList, "GITHUB_TOKEN")
	f.Fuzz(func(t *testing.T, text, name string) {
		e, err := parseEnv("fuzz", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "cannot read line ") || strings.ContainsAny(err.Error(), "\n\x1b\x00") {
				t.Fatalf("a message that misleads: %q", err)
			}
			return
		}
		if len(name) > 64 || len(text) > 4096 {
			return // the plain matcher is cubic
		}
		want := false
		for _, p := range e.patterns {
			plain := p.head
			if p.star {
				plain += "*" + p.rest
			}
			if plainMatch(plain, name) {
				want = !p.pass
			}
		}
		if got := e.Withholds(name); got != want {
			t.Fatalf("Withholds(%q) = %v under %+v", name, got, e.patterns)
		}
	})
}

func plainMatch(pattern, name string) bool {
	at := map[int]bool{0: true} // ends of what the pattern so far can match
	for i := range len(pattern) {
		next := map[int]bool{}
		for j := range at {
			if pattern[i] == '*' {
				for k := j; k <= len(name); k++ {
					next[k] = true
				}
			} else if j < len(name) && name[j] == pattern[i] {
				next[j+1] = true
			}
		}
		at = next
	}
	return at[len(name)]
}
