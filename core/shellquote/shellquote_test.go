package shellquote

import "testing"

func TestWord(t *testing.T) {
	for arg, want := range map[string]string{
		"/plain-1.txt": "/plain-1.txt", "": "''", "/a b": "'/a b'", "/it's": `'/it'\''s'`, "/ü": "'/ü'",
		"/new\nline": `$'/new\012line'`, "/\xff'": `$'/\377\''`, "/\x1b[31m": `$'/\033[31m'`,
	} {
		if got := Word(arg); got != want {
			t.Errorf("%q is %s, want %s", arg, got, want)
		}
	}
}
