package spec

import (
	"strings"
	"testing"
)

const laterSpec = "nono-spec 2\nsupervise opens\nsupervise names\nsupervise hosts\nnet block\nunix-sockets block\nrmdir block\n"

func TestUnasked(t *testing.T) {
	for lines, want := range map[string]string{
		"ask allow /\nunasked allow":                                 "",
		"ask allow /\nunasked allow by \"policy site\"":              "",
		"ask allow /\nunasked read-file \"/a b\" by \"policy site\"": "",
		"ask allow /\nunasked":                                       "line 9: 'unasked' wants a directive",
		"ask allow /\nunasked deny /a":                               "line 9: 'unasked' does not go with \"deny\"",
		"ask allow /\nunasked read? /a":                              "line 9: 'unasked' does not go with \"read?\"",
		"ask allow /\nunasked read a":                                "line 9: the path \"a\" is not absolute",
		"ask allow /\nunasked read /a by":                            "line 9: after the path, only: by \"REASON\"",
		"unasked allow":                                              "a line 'unasked' goes with a line 'ask'",
	} {
		doc := laterSpec + lines + "\n"
		s, err := Parse([]byte(doc))
		got := ""
		if err != nil {
			got = err.Error()
		} else if text := string(s.Append(nil)); !strings.Contains(text, "\n"+lines+"\n") {
			t.Errorf("%s\nis printed as\n%s", lines, text)
		}
		if got != want {
			t.Errorf("%s\nsays %q, want %q", lines, got, want)
		}
	}
}

func TestUnaskedFor(t *testing.T) {
	s := &Spec{Unasked: []Path{{Kind: Allow}, {Kind: Read, Path: "/a/b"}, {Kind: ReadFile, Path: "/f"}}}
	for _, c := range []struct {
		kind Kind
		path string
		want bool
	}{
		{Allow, "/x", true}, {Write, "/x", false}, {Read, "/a/b", true}, {Read, "/a", true}, {Read, "/", true},
		{Read, "/a/b/c", false}, {Read, "/a/bc", false}, {ReadFile, "/f", true}, {ReadFile, "/g", false}, {AllowFile, "/f", false},
	} {
		if got := s.UnaskedFor(c.kind, c.path) != nil; got != c.want {
			t.Errorf("%s %s: %v", c.kind, c.path, got)
		}
	}
}
