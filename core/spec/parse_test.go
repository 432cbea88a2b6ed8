package spec

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// whole puts lines between a header and the scalars, from line 2 on.
func whole(lines string) string {
	return "nono-spec 1\n" + lines + "net block\nunix-sockets block\nrmdir block\n"
}

func TestParseErrors(t *testing.T) {
	long := strings.Repeat("x", 4096)
	for _, c := range []struct {
		name, doc string
		line      int
		msg       string
	}{
		{"empty", "", 1, "the first line is neither 'nono-spec 1' nor 'nono-spec 2'"},
		{"no header", "read /usr\n", 1, "the first line is neither 'nono-spec 1' nor 'nono-spec 2'"},
		{"header without its end", "nono-spec 1", 1, "the first line is neither 'nono-spec 1' nor 'nono-spec 2'"},
		{"header with more", "nono-spec 1 \n", 1, `this nono reads versions 1 and 2 of the format, not "1 "`},
		{"header of DOS", "nono-spec 1\r\n", 1, `this nono reads versions 1 and 2 of the format, not "1\r"`},
		{"byte order mark", "\ufeffnono-spec 1\n", 1, "the first line is neither 'nono-spec 1' nor 'nono-spec 2'"},
		{"later version", "nono-spec 3\n", 1, `this nono reads versions 1 and 2 of the format, not "3"`},
		{"a line of version 2 in version 1", whole("supervise exec\n"), 1, "a document with a line 'supervise' begins with 'nono-spec 2'"},
		{"version 2 without a line of its own", strings.Replace(whole(""), "1", "2", 1), 0, "it has no line 'supervise', as version 2 wants: is the file cut short?"},
		{"supervise nothing", whole("supervise\n"), 2, "'supervise' needs one group of system calls"},
		{"supervise an unknown group", whole("supervise all\n"), 2, `there is no group of system calls "all"`},
		{"supervise twice", whole("supervise exec\nsupervise exec\n"), 3, "there is a second line 'supervise exec'"},
		{"much later version", "nono-spec 999999999999\n", 1, "the first line is neither 'nono-spec 1' nor 'nono-spec 2'"},
		{"nothing but a header", "nono-spec 1\n", 0, "it has no line 'net block' or 'net allow': is the file cut short?"},
		{"one scalar missing", "nono-spec 1\nnet block\nunix-sockets block\n", 0, "it has no line 'rmdir block' or 'rmdir allow': is the file cut short?"},
		{"last line cut", whole("")[:len(whole(""))-1], 4, "the last line has no end: is the file cut short?"},
		{"path line cut", "nono-spec 1\nread /us", 2, "the last line has no end: is the file cut short?"},
		{"trailing byte", whole("") + "x", 5, "the last line has no end: is the file cut short?"},
		{"unknown", whole("grant /usr\n"), 2, `unknown directive "grant"`},
		{"unknown, long", whole(long + " /usr\n"), 2, `unknown directive "` + long[:80] + `"…`},
		{"upper case", whole("Read /usr\n"), 2, `unknown directive "Read"`},
		{"indented", whole(" read /usr\n"), 2, `unknown directive ""`},
		{"question mark alone", whole("? /usr\n"), 2, `unknown directive "?"`},
		{"two question marks", whole("read?? /usr\n"), 2, `unknown directive "read??"`},
		{"optional scalar", whole("ipc? block\n"), 2, `unknown directive "ipc?"`},
		{"line counted past comments", whole("# one\n\nread /usr\nnope\n"), 5, `unknown directive "nope"`},
		{"no path", whole("read\n"), 2, "'read' needs a path"},
		{"no path, optional", whole("deny? \n"), 2, "'deny' needs a path"},
		{"two paths", whole("read /usr /lib\n"), 2, `after the path, only: by "REASON"`},
		{"by without reason", whole("read /usr by\n"), 2, `after the path, only: by "REASON"`},
		{"two reasons", whole("read /usr by a b\n"), 2, `after the path, only: by "REASON"`},
		{"empty path", whole("read \"\"\n"), 2, "an empty path"},
		{"relative", whole("read usr\n"), 2, `the path "usr" is not absolute`},
		{"home", whole("read ~/x\n"), 2, `the path "~/x" is not absolute`},
		{"dot", whole("read .\n"), 2, `the path "." is not absolute`},
		{"dots within", whole("deny /a/../b\n"), 2, `the path "/a/../b" is not clean (no '//', '.', '..' or '/' at its end)`},
		{"dot within", whole("deny /a/./b\n"), 2, `the path "/a/./b" is not clean (no '//', '.', '..' or '/' at its end)`},
		{"dots at the end", whole("deny /a/..\n"), 2, `the path "/a/.." is not clean (no '//', '.', '..' or '/' at its end)`},
		{"slash at the end", whole("deny /a/\n"), 2, `the path "/a/" is not clean (no '//', '.', '..' or '/' at its end)`},
		{"two slashes", whole("deny //a\n"), 2, `the path "//a" is not clean (no '//', '.', '..' or '/' at its end)`},
		{"only slashes", whole("deny //\n"), 2, `the path "//" is not clean (no '//', '.', '..' or '/' at its end)`},
		{"NUL escaped", whole(`read "/a\x00b"` + "\n"), 2, `the path "/a\x00b" has a NUL byte`},
		{"NUL", whole("read /a\x00b\n"), 2, "the line has a control character, or a byte that is not UTF-8"},
		{"NUL in quotes", whole("read \"/a\x00b\"\n"), 2, "the line has a control character, or a byte that is not UTF-8"},
		{"NUL in a reason", whole("read /a by \"\x00\"\n"), 2, "the line has a control character, or a byte that is not UTF-8"},
		{"NUL in a comment", whole("# \x00\n"), 2, "the line has a control character, or a byte that is not UTF-8"},
		{"escape sequence in a comment", whole("# \x1b[2K\n"), 2, "the line has a control character, or a byte that is not UTF-8"},
		{"Latin-1", whole("read /caf\xe9\n"), 2, "the line has a control character, or a byte that is not UTF-8"},
		// Read as U+FFFD, it would deny another path than the one written.
		{"Latin-1 in quotes", whole("deny \"/caf\xe9\"\n"), 2, "the line has a control character, or a byte that is not UTF-8"},
		{"tab between", whole("read\t/usr\n"), 2, "the line has a control character, or a byte that is not UTF-8"},
		{"tab in quotes", whole("read \"/a\tb\"\n"), 2, "the line has a control character, or a byte that is not UTF-8"},
		{"carriage return", whole("read /usr\r\n"), 2, "the line has a control character, or a byte that is not UTF-8"},
		{"DEL", whole("read /a\x7f\n"), 2, "the line has a control character, or a byte that is not UTF-8"},
		{"backslash bare", whole(`read /a\b` + "\n"), 2, `the argument "/a\\b" must be quoted`},
		{"quote within", whole(`read /a"b"` + "\n"), 2, `the argument "/a\"b\"" must be quoted`},
		{"direction override bare", whole("read /a\u202eb\n"), 2, `the argument "/a\u202eb" must be quoted`},
		{"open quote", whole(`read "/usr` + "\n"), 2, "a quoted argument does not end, or has a bad escape"},
		{"bad escape", whole(`read "/usr\q"` + "\n"), 2, "a quoted argument does not end, or has a bad escape"},
		{"single quotes", whole("read '/usr'\n"), 2, `the path "'/usr'" is not absolute`},
		{"back quotes", whole("read `/usr`\n"), 2, "the path \"`/usr`\" is not absolute"},
		{"quotes that touch", whole(`read "/usr"by x` + "\n"), 2, "a space is missing after a quoted argument"},
		{"scalar twice", whole("net allow\n"), 3, "'net' is set a second time"},
		{"scalar twice alike", whole("net block\n"), 3, "'net' is set a second time"},
		{"ipc twice", whole("ipc allow\nipc allow\n"), 3, "'ipc' is set a second time"},
		{"scalar empty", whole("ipc\n"), 2, "'ipc' needs 'allow' or 'block'"},
		{"scalar yes", whole("ipc yes\n"), 2, "'ipc' needs 'allow' or 'block'"},
		{"scalar with more", whole("ipc allow now\n"), 2, "'ipc' needs 'allow' or 'block'"},
		{"scalar with a reason", whole("ipc allow by x\n"), 2, "'ipc' needs 'allow' or 'block'"},
		{"keep-fd empty", whole("keep-fd\n"), 2, "'keep-fd' needs one number"},
		{"keep-fd two", whole("keep-fd 3 4\n"), 2, "'keep-fd' needs one number"},
		{"keep-fd standard", whole("keep-fd 2\n"), 2, `'keep-fd' needs a number from 3 to 1048576, not "2"`},
		{"keep-fd negative", whole("keep-fd -1\n"), 2, `'keep-fd' needs a number from 3 to 1048576, not "-1"`},
		{"keep-fd too large", whole("keep-fd 1048577\n"), 2, `'keep-fd' needs a number from 3 to 1048576, not "1048577"`},
		{"keep-fd overflow", whole("keep-fd 18446744073709551619\n"), 2, `'keep-fd' needs a number from 3 to 1048576, not "18446744073709551619"`},
		{"keep-fd octal", whole("keep-fd 03\n"), 2, `'keep-fd' needs a number from 3 to 1048576, not "03"`},
		{"keep-fd signed", whole("keep-fd +3\n"), 2, `'keep-fd' needs a number from 3 to 1048576, not "+3"`},
		{"too large", whole("#" + strings.Repeat("x", MaxSize) + "\n"), 0, "it is larger than 16 MiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Parse([]byte(c.doc))
			var syntax *SyntaxError
			if s != nil || !errors.As(err, &syntax) {
				t.Fatalf("Parse = %v, %v; want a *SyntaxError and no Spec", s, err)
			}
			if syntax.Line != c.line || syntax.Msg != c.msg {
				t.Errorf("line %d: %s\nwant line %d: %s", syntax.Line, syntax.Msg, c.line, c.msg)
			}
		})
	}
}

func TestSyntaxErrorText(t *testing.T) {
	if got := (&SyntaxError{7, "odd"}).Error(); got != "line 7: odd" {
		t.Error(got)
	}
	if got := (&SyntaxError{0, "odd"}).Error(); got != "odd" {
		t.Error(got)
	}
}

func TestParseLines(t *testing.T) {
	s, err := Parse([]byte(whole("# a comment, with a tab:\tµ\n\nread?   /usr   by   \"a b\"\nkeep-fd 9\nipc allow\ndeny \"/a b\"\n")))
	if err != nil {
		t.Fatal(err)
	}
	want := &Spec{Switches: Switches{IPC: true}, KeepFDs: []int{9}, Paths: []Path{
		{Kind: Read, Path: "/usr", Optional: true, By: Origin{Listed, "a b"}, Line: 4},
		{Kind: Deny, Path: "/a b", Line: 7},
	}}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got %+v\nwant %+v", s, want)
	}
}

func TestParseSize(t *testing.T) {
	doc := whole("#" + strings.Repeat("x", MaxSize-len(whole("#\n"))) + "\n")
	if len(doc) != MaxSize {
		t.Fatal(len(doc))
	}
	if _, err := Parse([]byte(doc)); err != nil {
		t.Errorf("a document of just MaxSize: %v", err)
	}
}
