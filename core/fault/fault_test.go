package fault

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"testing"
)

func TestError(t *testing.T) {
	for _, c := range []struct {
		err  *Error
		want string
	}{
		{&Error{Do: "start"}, "cannot start"},
		{&Error{Do: "open", Path: "/x"}, "cannot open '/x'"},
		{&Error{Do: "open", Path: "/x", Err: fs.ErrNotExist}, "cannot open '/x': file does not exist"},
		{&Error{Do: "open", Path: "/x", Err: &fs.PathError{Op: "open", Path: "/x", Err: fs.ErrNotExist}}, "cannot open '/x': file does not exist"},
		{&Error{Do: "copy to", Path: "/x", Err: &os.LinkError{Op: "rename", Old: "/y", New: "/x", Err: fs.ErrExist}}, "cannot copy to '/x': file already exists"},
		{&Error{Do: "look", Err: os.NewSyscallError("getcwd", fs.ErrNotExist)}, "cannot look: file does not exist"},
		{&Error{Do: "start", Err: &Error{Do: "open", Path: "/x", Err: &fs.PathError{Op: "open", Path: "/x", Err: fs.ErrNotExist}}},
			"cannot start: cannot open '/x': file does not exist"},
		{&Error{Do: "sandbox", Err: Text("it is Tuesday"), Hint: "wait"}, "cannot sandbox: it is Tuesday"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
		if c.err.Err != nil && !errors.Is(c.err, c.err.Err) {
			t.Errorf("%q hides its cause", c.want)
		}
	}
}

// What a path contains must neither move the cursor nor end the quotes.
func TestQuote(t *testing.T) {
	for in, want := range map[string]string{
		"":              "''",
		"/a b":          "'/a b'",
		"/é/世界":         "'/é/世界'",
		"it's":          `'it'\''s'`,
		`say "x"`:       `'say "x"'`,
		`back\slash`:    `'back\slash'`,
		"new\nline":     `$'new\012line'`,
		"\x1b[2Jgone":   `$'\033[2Jgone'`,
		"\r":            `$'\015'`,
		"\x7f":          `$'\177'`,
		"\xff":          `$'\377'`,
		"a\u202egpj":    `$'a\342\200\256gpj'`,
		"\u009b31m":     `$'\302\23331m'`,
		"\u2028":        `$'\342\200\250'`,
		"nul\x00":       `$'nul\000'`,
		"hidden\u200bx": `$'hidden\342\200\213x'`,
	} {
		if got := Quote(in); got != want {
			t.Errorf("Quote(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestLines(t *testing.T) {
	inner := &Error{Do: "open", Path: "/x", Err: Text("no"), Hint: "create it"}
	for _, c := range []struct {
		err  error
		want string
	}{
		{inner, "nono: error: cannot open '/x': no\nnono: hint: create it\n"},
		{fmt.Errorf("then %w", inner), "nono: error: then cannot open '/x': no\nnono: hint: create it\n"},
		{Text("odd"), "nono: error: odd\n"},
	} {
		if got := Lines(c.err); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	if HintOf(nil) != "" || HintOf(Text("odd")) != "" {
		t.Error("a hint where there is none")
	}
}
