package main

import (
	"path/filepath"
	"strings"

	"github.com/nono-sandbox/nono/core/query"
)

// A refusal is something that a line of a program's output says was refused.
// Whether the sandbox refused it is not known from the line: the policy is asked.
type refusal struct {
	path string // as the line has it, absolute where a working directory is known
	ops  []query.Op
	net  bool // it is about the network, and there is no path
}

// phrases are what programs print for EACCES and EPERM, in small letters.
var phrases = [...]string{"permission denied", "operation not permitted", "eacces", "eperm"}

// noNetwork are what programs print where there is no socket to be had.
var noNetwork = [...]string{"could not resolve host", "temporary failure in name resolution", "eai_again", "getaddrinfo", "network is unreachable"}

// mostLines is how many lines of one output are looked at, and mostRefusals how
// many refusals are told of: a search over a whole disk is refused a thousand
// times.
const (
	mostLines    = 4096
	mostRefusals = 8
)

// refusals finds in a program's output what it was refused. dir is where the
// program ran.
func refusals(output, dir string) []refusal {
	var out []refusal
	seen := map[string]bool{}
	n := 0
	for line := range strings.Lines(output) {
		if n++; n > mostLines || len(out) == mostRefusals {
			break
		}
		r, ok := refusalIn(strings.TrimRight(line, "\r\n"), dir)
		if key := r.path; ok && !seen[key] {
			seen[key] = true
			out = append(out, r)
		}
	}
	return out
}

func refusalIn(line, dir string) (refusal, bool) {
	if len(line) > 16<<10 {
		return refusal{}, false
	}
	small := strings.ToLower(line)
	for _, p := range noNetwork {
		if strings.Contains(small, p) {
			return refusal{net: true}, true
		}
	}
	at := -1
	for _, p := range phrases {
		if i := strings.Index(small, p); i >= 0 && (at < 0 || i < at) {
			at = i
		}
	}
	if at < 0 || len(small) != len(line) {
		return refusal{}, false
	}
	path := pathNear(line, at)
	if path == "" {
		for _, word := range [...]string{"socket", "connect", "network", "bind", "sendto"} {
			if strings.Contains(small, word) {
				return refusal{net: true}, true
			}
		}
		return refusal{}, false
	}
	if !filepath.IsAbs(path) {
		if dir == "" {
			return refusal{}, false
		}
		path = filepath.Join(dir, path)
	}
	return refusal{path: path, ops: likely(small)}, true
}

// pathNear returns the path that a line is about, which has its phrase at at: one
// in quotes, or the field before ": Permission denied", or the last absolute path.
// A bare word elsewhere, as in "permission denied for table users", is none.
func pathNear(line string, at int) string {
	before := strings.TrimRight(line[:at], " ([")
	field, closed := strings.CutSuffix(before, ":")
	if closed && atEnd(line[at:]) {
		if p := lastQuoted(field); p != "" {
			return p
		}
		program := ""
		if i := strings.LastIndex(field, ": "); i >= 0 {
			program, field = field[:i], field[i+2:]
		}
		if p := pathOf(field); strings.Contains(p, "/") || p != "" && (program != "" || p != field) {
			return p
		}
	}
	if p := lastQuoted(line); strings.Contains(p, "/") || p != "" && behind(line, at) {
		return p
	}
	for _, part := range [...]string{line[at:], before} {
		words := strings.Fields(part)
		for i := len(words) - 1; i >= 0; i-- {
			w := strings.Trim(words[i], `'"()[]<>,;:`)
			w = strings.TrimPrefix(w, "unix://")
			if strings.HasPrefix(w, "/") && len(w) > 1 && !strings.HasPrefix(w, "//") {
				return w
			}
		}
	}
	return ""
}

// atEnd reports whether nothing follows the phrase but the number of the error.
func atEnd(rest string) bool {
	small := strings.ToLower(rest)
	for _, p := range phrases {
		if tail, ok := strings.CutPrefix(small, p); ok {
			tail = strings.Trim(tail, " .")
			return tail == "" || strings.HasPrefix(tail, "(os error")
		}
	}
	return false
}

// behind reports whether a path in quotes follows the phrase at once, as in
// Python's "Permission denied: 'x'" and node's "permission denied, open 'x'".
func behind(line string, at int) bool {
	rest := line[at:]
	i := strings.IndexAny(rest, `'"`)
	if i < 0 {
		return false
	}
	head := rest[:i]
	return strings.HasSuffix(head, ": ") || strings.Contains(head, ", ") && strings.Count(head[strings.LastIndex(head, ", ")+2:], " ") == 1
}

// pathOf takes the path out of a field: all of it, or what follows the words of
// a shell or of a tool, as in "cannot create /x".
func pathOf(field string) string {
	if i := strings.Index(field, " /"); i >= 0 && !strings.HasPrefix(field, "/") {
		return field[i+1:]
	}
	for _, words := range [...]string{"cannot create ", "can't create ", "cannot open ", "can't open ", "open "} {
		if p, ok := strings.CutPrefix(field, words); ok {
			return p
		}
	}
	if field == "" || strings.ContainsAny(field, "()[]") {
		return ""
	}
	if strings.Contains(field, " ") && !strings.Contains(field, "/") {
		return ""
	}
	return field
}

// lastQuoted returns what the last pair of quotes in s holds, or "".
func lastQuoted(s string) string {
	best, end := "", -1
	for _, q := range [...][2]string{{"'", "'"}, {`"`, `"`}, {"`", "`"}, {"‘", "’"}} {
		j := strings.LastIndex(s, q[1])
		if j <= 0 {
			continue
		}
		i := strings.LastIndex(s[:j], q[0])
		if i >= 0 && j > end && j > i+len(q[0]) {
			best, end = s[i+len(q[0]):j], j
		}
	}
	return best
}

// likely are the operations that a line may speak of, the likeliest first.
func likely(small string) []query.Op {
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(small, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("mkdir", "create directory"):
		return []query.Op{query.Mkdir}
	case has("rmdir", "remove", "unlink", "delete"):
		return []query.Op{query.Delete}
	case has("connect"):
		return []query.Op{query.Connect, query.Read}
	case has("touch", "create", "writ", "rename", "move"):
		return []query.Op{query.Write}
	case has("open directory", "scandir", "readdir"):
		return []query.Op{query.List}
	case has("spawn", "exec", "sh: "):
		return []query.Op{query.Execute, query.Write, query.Read}
	}
	return []query.Op{query.Read, query.Write, query.Execute}
}
