package spec

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The first line of a document. Parse refuses other numbers. A document of version 2
// needs a supervisor: a nono that knows only version 1 must not start it.
const (
	Header           = "nono-spec 1"
	HeaderSupervised = "nono-spec 2"
)

// A SyntaxError describes a mistake in a document.
type SyntaxError struct {
	Line int // from 1; 0 for a mistake in the document as a whole
	Msg  string
}

func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return e.Msg
	}
	return "line " + strconv.Itoa(e.Line) + ": " + e.Msg
}

// Parse reads a document. It returns a *SyntaxError and no Spec for an unknown directive,
// a wrong or superfluous argument, a path that is not absolute and clean, a repeated or
// missing switch, a missing header or an unfinished last line. It is that strict because
// the user relies on every line that Parse accepts.
func Parse(doc []byte) (*Spec, error) {
	if len(doc) > MaxSize {
		return nil, &SyntaxError{0, "it is larger than " + strconv.Itoa(MaxSize>>20) + " MiB"}
	}
	first, rest, ok := strings.Cut(string(doc), "\n")
	supervised := first == HeaderSupervised
	if first != Header && !supervised || !ok {
		return nil, &SyntaxError{1, headerProblem(first)}
	}
	s := &Spec{Paths: make([]Path, 0, min(strings.Count(rest, "\n"), 4096))}
	seen := map[string]bool{}
	for n := 2; len(rest) > 0; n++ {
		var line string
		if line, rest, ok = strings.Cut(rest, "\n"); !ok {
			return nil, &SyntaxError{n, "the last line has no end: is the file cut short?"}
		}
		if msg := s.line(line, n, seen); msg != "" {
			return nil, &SyntaxError{n, msg}
		}
	}
	switch {
	case len(s.Ports) > 0 && s.LimitsHosts():
		return nil, &SyntaxError{0, "'port' opens a port at every address, so it does not go with 'host'"}
	case len(s.Ports) > 0 && s.Net:
		return nil, &SyntaxError{0, "a line 'port' goes with 'net block' alone"}
	case s.Supervised() && !supervised:
		return nil, &SyntaxError{1, "a document with a line 'supervise' begins with '" + HeaderSupervised + "'"}
	case len(s.Supervisor) > 0 && !s.Supervised():
		return nil, &SyntaxError{s.Supervisor[0].Line, "a line '" + s.Supervisor[0].Word + "' goes with a line 'supervise'"}
	case supervised && !s.Supervised():
		return nil, &SyntaxError{0, "it has no line 'supervise', as version 2 wants: is the file cut short?"}
	}
	for i := range SwitchTable {
		if w := &SwitchTable[i]; !seen[w.Word] && !w.Optional {
			return nil, &SyntaxError{0, "it has no line '" + w.Word + " block' or '" + w.Word + " allow': is the file cut short?"}
		}
	}
	return s, nil
}

func headerProblem(first string) string {
	if v, ok := strings.CutPrefix(first, "nono-spec "); ok && v != "1" && v != "2" && len(v) < 10 {
		return "this nono reads versions 1 and 2 of the format, not " + strconv.Quote(v)
	}
	return "the first line is neither '" + Header + "' nor '" + HeaderSupervised + "'"
}

// line adds line n to s, and returns the mistake in it, or "".
func (s *Spec) line(line string, n int, seen map[string]bool) string {
	comment := line == "" || line[0] == '#'
	// Quotes are no exception: strconv.Unquote would replace a byte that is not UTF-8 by
	// U+FFFD, and the path would be another one.
	if !text(line, comment) {
		return "the line has a control character, or a byte that is not UTF-8"
	}
	if comment {
		return ""
	}
	word, rest, _ := strings.Cut(line, " ")
	var usual [3]string // a path, "by" and the origin: no allocation for these
	args, msg := fields(usual[:0], rest)
	if msg != "" {
		return msg
	}
	for i := range SwitchTable {
		if SwitchTable[i].Word == word {
			return s.setSwitch(&SwitchTable[i], args, seen)
		}
	}
	switch word {
	case "keep-fd":
		return s.keepFD(args)
	case "port":
		return s.port(args)
	case "supervise":
		return s.supervise(args)
	case "host", "listen", "deny-host", "until", "ask", "unasked", "ends":
		s.Supervisor = append(s.Supervisor, Line{n, word, slices.Clone(args)})
		return ""
	}
	p, msg := ParsePath(word, args, n)
	if msg == "" {
		s.Paths = append(s.Paths, p)
	}
	return msg
}

// text reports whether line is UTF-8 without control characters; tabs allows tabs.
func text(line string, tabs bool) bool {
	for i := 0; i < len(line); i++ {
		if c := line[i]; c < ' ' && (c != '\t' || !tabs) || c == 0x7f {
			return false
		}
	}
	return utf8.ValidString(line)
}

func (s *Spec) setSwitch(w *Switch, args []string, seen map[string]bool) string {
	switch {
	case seen[w.Word]:
		return "'" + w.Word + "' is set a second time"
	case len(args) != 1 || args[0] != "allow" && args[0] != "block":
		return "'" + w.Word + "' needs 'allow' or 'block'"
	}
	seen[w.Word] = true
	*w.Of(&s.Switches) = args[0] == "allow"
	return ""
}

func (s *Spec) keepFD(args []string) string {
	if len(args) != 1 {
		return "'keep-fd' needs one number"
	}
	fd, err := strconv.Atoi(args[0])
	if err != nil || fd < 3 || fd > 1<<20 || strconv.Itoa(fd) != args[0] {
		return "'keep-fd' needs a number from 3 to 1048576, not " + Shown(args[0])
	}
	s.KeepFDs = append(s.KeepFDs, fd)
	return ""
}

// ParsePath makes a Path of line n: word is the directive, args the words after it. The
// text is the mistake in the line, or "".
func ParsePath(word string, args []string, n int) (Path, string) {
	name, optional := strings.CutSuffix(word, "?")
	p := Path{Kind: KindOf(name), Optional: optional, Line: n}
	switch {
	case p.Kind == 0:
		return p, "unknown directive " + Shown(word)
	case len(args) == 0:
		return p, "'" + name + "' needs a path"
	case len(args) == 3 && args[1] == "by":
		p.By = ParseOrigin(args[2])
	case len(args) != 1:
		return p, "after the path, only: by \"REASON\""
	}
	p.Path = args[0]
	return p, badPath(p.Path)
}

// badPath returns the reason why a document may not have path, or "".
func badPath(path string) string {
	switch {
	case path == "":
		return "an empty path"
	case strings.IndexByte(path, 0) >= 0:
		return "the path " + Shown(path) + " has a NUL byte"
	case path[0] != '/':
		return "the path " + Shown(path) + " is not absolute"
	case path != "/" && !clean(path):
		return "the path " + Shown(path) + " is not clean (no '//', '.', '..' or '/' at its end)"
	}
	return ""
}

// clean reports whether no component of an absolute path is empty, "." or "..".
func clean(path string) bool {
	for c := range strings.SplitSeq(path[1:], "/") {
		if c == "" || c == "." || c == ".." {
			return false
		}
	}
	return true
}

// fields splits rest into arguments and appends them to args. An argument is a word
// without a space, or a string in double quotes. One or more spaces separate them.
func fields(args []string, rest string) (_ []string, msg string) {
	for {
		rest = strings.TrimLeft(rest, " ")
		if rest == "" {
			return args, ""
		}
		if rest[0] != '"' {
			word, tail, _ := strings.Cut(rest, " ")
			if !plain(word) {
				return nil, "the argument " + Shown(word) + " must be quoted"
			}
			args, rest = append(args, word), tail
			continue
		}
		quoted, err := strconv.QuotedPrefix(rest)
		if err != nil {
			return nil, "a quoted argument does not end, or has a bad escape"
		}
		arg, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, "a quoted argument has a bad escape"
		}
		args, rest = append(args, arg), rest[len(quoted):]
		if rest != "" && rest[0] != ' ' {
			return nil, "a space is missing after a quoted argument"
		}
	}
}

// Shown quotes untrusted text for a message, and cuts it after 80 bytes.
func Shown(s string) string {
	const most = 80
	if len(s) > most {
		return strconv.Quote(s[:most]) + "…"
	}
	return strconv.Quote(s)
}
