package profile

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

func mkfifo(path string) error { return unix.Mkfifo(path, 0o600) }

// FuzzParse checks what must hold of any text: no panic, no line lost or read
// as another, and only paths that a grant can take.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", "allow /a", "# c\n\nallow ~/a # b\n", "net-block", "workdir readwrite\ncreate $HOME/x\r\n",
		"profile go", "allow $XDG_CACHE_HOME/$UID", "allow\t/a\tb", "allow true", "true", "--allow /a", "allow  ", "allow #",
		"allow /a\x00", "allow /\xff", "allow-env A B", "create-json ~/x.json", "allow /a #", " # #", "allow # #",
	} {
		f.Add(s)
	}
	files, err := builtin.ReadDir("builtin")
	if err != nil {
		f.Fatal(err)
	}
	for _, b := range files {
		text, err := builtin.ReadFile("builtin/" + b.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		l := &loader{words: words, env: env("/home/u"), out: &Profile{}}
		src := source{name: "x", label: "'x'"}
		seen := 0
		_, err := parse(text, func(n int, word, value string) error {
			line := strings.Split(text, "\n")[n-1]
			if !strings.Contains(line, word) || !strings.Contains(line, value) || strings.TrimLeft(word, "#") != word {
				t.Fatalf("line %d is %q, read as %q %q", n, line, word, value)
			}
			if seen++; word == wordProfile {
				return nil
			}
			return l.line(src, n, word, value)
		})
		if err != nil {
			return
		}
		said := 0
		for line := range strings.SplitSeq(text, "\n") {
			if line = strings.Trim(line, " \t\r"); line != "" && line[0] != '#' {
				said++
			}
		}
		if said != seen {
			t.Fatalf("%d lines say something, %d were read", said, seen)
		}
		for _, line := range l.out.Lines {
			if words[line.Word] == Path && (!filepath.IsAbs(line.Value) || filepath.Clean(line.Value) != line.Value || !utf8.ValidString(line.Value)) {
				t.Fatalf("the path %q", line.Value)
			}
		}
	})
}
