package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/query"
)

// An agent calls a hook after each of its tools, with JSON that says what the tool
// was given and what came of it (`nono run --install-hook`). The hook answers with
// what the sandbox refused, and with nothing where that is nothing.

// maxEvent is the size of an event in bytes beyond which it is not looked at: what
// a tool has printed is cut by the agents long before that.
const maxEvent = 8 << 20

// maxTold is the size in bytes of what the hook says, but for the summary that the
// first refusal of a session brings along.
const maxTold = 300

// hook answers one event. It never fails: a hook that does would stand in the way
// of the agent's tool.
func (w *sandbox) hook(in io.Reader, out io.Writer) error {
	text, err := io.ReadAll(io.LimitReader(in, maxEvent+1))
	if err != nil || len(text) > maxEvent || w.outside {
		return nil
	}
	e := strings.SplitN(ofHook(string(text), "read"), "\x00", 4)
	if len(e) < 4 {
		return nil
	}
	kind, session, dir, printed := e[0], e[1], e[2], e[3]
	if dir == "" {
		dir, _ = os.Getwd()
	}
	said := w.refused(printed, dir)
	if said == "" {
		return nil
	}
	if w.firstOf(session) {
		said += "\n" + w.summary()
	}
	return say(out, ofHook(said, "answer", kind))
}

// ofHook is what nono-hook, which knows the agents' JSON, makes of a text; it is empty
// where it could not make anything of it.
func ofHook(text string, words ...string) string {
	program, err := cli.OwnProgram("nono-hook")
	if err != nil {
		return ""
	}
	answer, ok, err := cli.AnswerOf(program, append([]string{"nono-hook"}, words...), text)
	if err != nil || !ok {
		return ""
	}
	return answer
}

// refused says in at most maxTold bytes what of a tool's output is the sandbox's
// doing, or "". The policy is asked about each path: what ordinary permissions
// refuse, or a database, is not the sandbox's.
func (w *sandbox) refused(output, dir string) string {
	var said string
	more := 0
	for _, r := range refusals(output, dir) {
		line := w.tell(r)
		switch {
		case line == "":
		case said == "":
			said = fit(line, maxTold-len(andMore))
		case len(said)+1+len(line) <= maxTold-len(andMore) && !strings.Contains(said, line):
			said += "\n" + line
		default:
			more++
		}
	}
	if more > 0 {
		said += andMore
	}
	return said
}

const andMore = "\nMore was refused too."

// tell says what the policy has to do with one refusal, or "".
func (w *sandbox) tell(r refusal) string {
	const begin = "Refused by the sandbox (nono): "
	if r.net {
		if w.spec.Net {
			return ""
		}
		return begin + "the network is blocked. Only the user can allow it: leave out --net-block."
	}
	for _, op := range r.ops {
		v, err := w.about(query.Question{Op: op, Path: r.path})
		if err != nil {
			return ""
		}
		if _, err := os.Lstat(r.path); op == query.Read && os.IsNotExist(err) {
			return "" // the line spoke of something else
		}
		if v.Status != query.Denied || v.Suggestion == nil && v.Line == nil && v.Reason != query.NotInAllowedPaths {
			continue
		}
		if v.Errno != "EACCES" && v.Errno != "EPERM" && v.Errno != "EXDEV" || v.EnforcedBy == "" {
			continue
		}
		flag := ""
		if v.Suggestion != nil {
			flag = ": " + v.Suggestion.String()
		}
		if v.Asks {
			return begin + string(op) + " " + fault.Quote(shorten(r.path, 80)) + ". The user was asked, and has not said yes."
		}
		return begin + string(op) + " " + fault.Quote(shorten(r.path, 80)) + ". Only the user can allow it" + fit(flag, 140) + "."
	}
	return ""
}

// shorten keeps the end of a path, which tells more of it than its beginning.
func shorten(path string, most int) string {
	if len(path) <= most {
		return path
	}
	return "…" + strings.ToValidUTF8(path[len(path)-most:], "")
}

// fit cuts a text to a number of bytes, and says so.
func fit(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most-len("…")], "") + "…"
}

// firstOf reports whether nothing has been told in an agent's session yet. The
// note of it is a file in the sandbox's own temp, beside which the spec lies; where
// none can be made the summary is left out, rather than told each time.
func (w *sandbox) firstOf(session string) bool {
	dir := strings.TrimSuffix(os.Getenv("NONO_SPEC"), ".spec")
	if dir == "" || session == "" {
		return false
	}
	var name strings.Builder
	for _, c := range []byte(session) {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' {
			name.WriteByte(c)
		}
	}
	f, err := os.OpenFile(filepath.Join(dir, ".told-"+fit(name.String(), 100)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return false
	}
	return f.Close() == nil
}
