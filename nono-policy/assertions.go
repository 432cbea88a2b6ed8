package main

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/query"
)

// An assertion is one line of a file for `nono policy test`.
type assertion struct {
	line    int
	allowed bool
	text    string // as written, without the first word
	// One of the two is asked.
	question query.Question
	host     string
	port     int
}

// test asks the policy about every assertion of a file.
func test(args []string, out io.Writer) (int, error) {
	if len(args) == 0 {
		return 0, cli.Misuse("test a policy", "the file of assertions is missing", "nono policy test FILE PROFILE")
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return 0, &fault.Error{Do: "read the assertions", Path: args[0], Err: err}
	}
	with, all, err := parse(args[0], string(text))
	if err != nil {
		return 0, err
	}
	s, err := compile(append(args[1:len(args):len(args)], with...))
	if err != nil {
		return 0, err
	}
	for i := range all {
		s.complete(&all[i])
	}
	return s.check(all, out)
}

// check prints a line for each assertion that does not hold.
func (s *subject) check(all []assertion, out io.Writer) (int, error) {
	support, err := kernel.Detect()
	if err != nil {
		return 0, err
	}
	asker, err := query.ForPlatform(s.host.GOOS, s.policy.Spec, support.ABI, s.host.Dir)
	if err != nil {
		return 0, err
	}
	failed, report := 0, ""
	for _, a := range all {
		v := s.ask(asker, support.ABI, a)
		if (v.Status == query.Allowed) == a.allowed {
			continue
		}
		failed++
		report += "line " + strconv.Itoa(a.line) + ": " + a.text + ": it is " + string(v.Status) + " (" + strings.ReplaceAll(string(v.Reason), "_", " ")
		if v.Line != nil {
			report += ", " + line(*v.Line)
		}
		report += ")\n"
	}
	report += strconv.Itoa(len(all)-failed) + " of " + strconv.Itoa(len(all)) + " assertions hold\n"
	if failed > 0 {
		return found, say(out, report)
	}
	return 0, say(out, report)
}

func (s *subject) ask(asker *query.Asker, abi int, a assertion) query.Verdict {
	if a.host != "" {
		return query.Network(s.policy.Spec, abi, a.host, a.port, "tcp")
	}
	return asker.Ask(a.question)
}

// complete makes the paths of an assertion absolute: '~' is the home, and a command
// without a slash is looked up.
func (s *subject) complete(a *assertion) {
	for _, path := range []*string{&a.question.Path, &a.question.To} {
		switch *path = home(*path); {
		case *path == "" || filepath.IsAbs(*path):
		case a.question.Op == query.Execute && !strings.Contains(*path, "/"):
			if file := policy.FindCommand(*path, s.host.Env("PATH")); file != "" {
				*path = file
			} else {
				*path = filepath.Join(s.host.Dir, *path)
			}
		default:
			*path = filepath.Join(s.host.Dir, *path)
		}
	}
}

// parse reads a file of assertions: lines 'allowed OP PATH', 'denied OP PATH', the same
// with 'host NAME:PORT', and 'with FLAG …' for flags of the policy.
func parse(name, text string) (with []string, all []assertion, err error) {
	n := 0
	for l := range strings.Lines(text) {
		n++
		l = strings.TrimSpace(l)
		if l == "" || l[0] == '#' {
			continue
		}
		word, rest, _ := strings.Cut(l, " ")
		rest = strings.TrimSpace(rest)
		problem := ""
		switch word {
		case "with":
			flag, value, _ := strings.Cut(rest, " ")
			if problem = "'with' needs a flag of nono run after it"; strings.HasPrefix(flag, "--") {
				with, problem = append(with, flag), ""
				if value = strings.TrimSpace(value); value != "" {
					with = append(with, home(value))
				}
			}
		case "allowed", "denied":
			a := assertion{line: n, allowed: word == "allowed", text: l}
			if problem = a.read(rest); problem == "" {
				all = append(all, a)
			}
		default:
			problem = "a line begins with 'allowed', 'denied' or 'with', not " + fault.Quote(word)
		}
		if problem != "" {
			return nil, nil, &fault.Error{Do: "read line " + strconv.Itoa(n) + " of", Path: name, Err: fault.Text(problem)}
		}
	}
	if len(all) == 0 {
		return nil, nil, &fault.Error{Do: "test by", Path: name, Err: fault.Text("it has no assertion"), Hint: "a line is 'denied read ~/.ssh/id_rsa'"}
	}
	return with, all, nil
}

// home puts the home in the place of a leading '~'.
func home(path string) string {
	if path == "~" || strings.HasPrefix(path, "~/") {
		return filepath.Join(os.Getenv("HOME"), path[1:])
	}
	return path
}

// read takes what stands behind 'allowed' or 'denied', and returns what is wrong with it,
// or "".
func (a *assertion) read(rest string) string {
	word, rest, _ := strings.Cut(rest, " ")
	rest = strings.TrimSpace(rest)
	if word == "host" {
		name, port, ok := strings.Cut(rest, ":")
		n, err := strconv.Atoi(port)
		if !ok || name == "" || err != nil || n < 1 || n > 65535 {
			return "a host is 'NAME:PORT', not " + fault.Quote(rest)
		}
		a.host, a.port = name, n
		return ""
	}
	op, err := query.ParseOp(word)
	if err != nil {
		return err.Error()
	}
	a.question.Op = op
	var problem string
	if a.question.Path, rest, problem = path(rest, op.Two()); problem != "" {
		return problem
	}
	if op.Two() {
		if a.question.To, rest, problem = path(rest, false); problem != "" {
			return problem
		}
	}
	if rest != "" {
		return "it needs one path after " + fault.Quote(word)
	}
	return ""
}

// path takes one path: in double quotes as Go writes a string, or up to the end; where
// more follows, up to a space.
func path(s string, more bool) (path, rest, problem string) {
	if strings.HasPrefix(s, `"`) {
		quoted, err := strconv.QuotedPrefix(s)
		if err != nil {
			return "", "", "a quoted path does not end, or has a bad escape"
		}
		path, _ = strconv.Unquote(quoted)
		return path, strings.TrimSpace(s[len(quoted):]), ""
	}
	if more {
		path, rest, _ = strings.Cut(s, " ")
	} else {
		path = s
	}
	if path == "" {
		return "", "", "a path is missing"
	}
	return path, strings.TrimSpace(rest), ""
}
