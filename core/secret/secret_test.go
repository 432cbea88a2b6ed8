package secret

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParse(t *testing.T) {
	s, problem, _ := Parse("API_KEY=pass:web/site#2")
	if problem != "" || s.Name != "API_KEY" || s.Source != "pass:web/site#2" || s.Query.Scheme != "pass" ||
		!slices.Equal(s.Query.Argv, []string{"pass", "show", "web/site"}) || s.Query.Line != 2 {
		t.Errorf("%+v, %q", s, problem)
	}
	for _, name := range []string{"GIT_TOKEN", "NODE_AUTH_TOKEN", "HTTP_PROXY", "_X", "x1", "PATHS"} {
		if _, problem, _ := Parse(name + "=file:/x"); problem != "" {
			t.Errorf("%s: %s", name, problem)
		}
	}
	for _, name := range []string{"", "1", "A B", "A=", "É", "LD_AUDIT", "DYLD_INSERT_LIBRARIES", "BASH_ENV", "NODE_OPTIONS", "PYTHONSTARTUP", "NONO_SANDBOX", strings.Repeat("A", 256)} {
		if _, problem, remedy := Parse(name + "=file:/x"); problem == "" || remedy == "" {
			t.Errorf("%q may be a secret: %q", name, remedy)
		}
	}
}

func TestValue(t *testing.T) {
	for _, c := range []struct {
		line          int
		answer        string
		value, needle string
	}{
		{0, "x", "x", ""},
		{0, "x\n", "x", ""},
		{0, "x\r\n", "x", ""},
		{0, "\n", "", "empty"},
		{0, "", "", "empty"},
		{0, "x\n\n", "", "more than one line"},
		{0, "\nx", "", "more than one line"},
		{0, "a\x00b", "", "NUL"},
		{0, "\xff", "", "UTF-8"},
		{0, strings.Repeat("x", Most), strings.Repeat("x", Most), ""},
		{0, strings.Repeat("x", Most+1), "", "longer"},
		{1, "x\ny\n", "x", ""},
		{2, "x\ny", "y", ""},
		{2, "x\r\ny\r\n", "y", ""},
		{3, "x\ny\n", "", "no such line"},
		{1, "\ny\n", "", "empty"},
	} {
		q := Query{Line: c.line}
		value, problem := q.Value([]byte(c.answer))
		if value != c.value || c.needle == "" && problem != "" || !strings.Contains(problem, c.needle) {
			t.Errorf("%d, %.20q: %.20q %q", c.line, c.answer, value, problem)
		}
	}
}

// A secret that is taken is one that execve(2) takes and a shell reads back, and no
// message has a part of what was answered.
func FuzzValue(f *testing.F) {
	for _, seed := range []string{"", "x", "x\n", "x\r\n", "a\nb", "\x00", "\xff\n", "\r\r\n"} {
		f.Add([]byte(seed), 0)
		f.Add([]byte(seed), 1)
	}
	f.Fuzz(func(t *testing.T, answer []byte, line int) {
		q := Query{Line: max(line, 0)}
		value, problem := q.Value(answer)
		if (value == "") == (problem == "") {
			t.Errorf("%q: %q %q", answer, value, problem)
		}
		if strings.ContainsAny(value, "\x00\r\n") || !utf8.ValidString(value) || len(value) > Most {
			t.Errorf("%q is taken for a secret", value)
		}
	})
}

func FuzzParse(f *testing.F) {
	for i := range forms {
		f.Add("A=" + forms[i].scheme + ":x")
		f.Add("A=" + forms[i].scheme + "://a/b#c")
	}
	f.Fuzz(func(t *testing.T, arg string) {
		s, problem, remedy := Parse(arg)
		if problem != "" {
			if remedy == "" {
				t.Errorf("%q: %s, and no remedy", arg, problem)
			}
			return
		}
		if (len(s.Query.Argv) == 0) == (s.Query.File == "") {
			t.Errorf("%q: %+v", arg, s)
		}
		for _, word := range s.Query.Argv {
			if strings.IndexByte(word, 0) >= 0 {
				t.Errorf("%q: %q", arg, word)
			}
		}
	})
}
