//go:build linux

package oracle

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
)

// paste gives nono-run what nono-why suggests: then it works, and not with less.
// What undoes a --deny of the user's own says so.
func (c *run) paste(q query.Question, a *answer) {
	add, drop, _ := strings.Cut(a.Suggestion, "leave out ")
	add = strings.TrimSuffix(add, ", and ")
	flags := c.flags
	if drop != "" {
		flags = c.without(shellWords(drop))
		if len(flags) == len(c.flags) {
			c.t.Errorf("%s\n%s\nthere is no %s to be left out", c.about(), text(q, a), drop)
			return
		}
	}
	fail := func(what string) { c.t.Errorf("%s\n%s\nwith %s: %s", c.about(), text(q, a), a.Suggestion, what) }
	after, err := c.why(flags, add, []query.Question{q})
	if err != nil || after[0].Status != string(query.Allowed) {
		fail(fmt.Sprint("nono-why does not allow it: ", after, err))
		return
	}
	if got := c.attempt(flags, add, q, &after[0]); got != "" {
		fail(got)
		return
	}
	c.n.suggestions++
	words := shellWords(add)
	for i := range words {
		if !strings.HasPrefix(words[i], "-") || len(words) < 3 {
			continue
		}
		end := i + 1
		for end < len(words) && !strings.HasPrefix(words[end], "--") {
			end++
		}
		less := slices.Concat(flags, words[:i], words[end:])
		if v, err := c.why(less, "", []query.Question{q}); err == nil && v[0].Status == string(query.Allowed) {
			fail(fmt.Sprintf("it needs no %s: %+v", words[i], v[0]))
		}
	}
	for i := 1; i < len(words); i++ {
		for j := 0; j+1 < len(flags); j++ {
			reads := strings.HasPrefix(words[i-1], "--read")
			if flags[j] != "--deny" && (flags[j] != "--deny-write" || reads) || strings.Contains(a.Note, flags[j]) {
				continue
			}
			if denied := c.tree.real(flags[j+1]); words[i] == denied || spec.Beneath(words[i], denied) {
				fail("it does not say that it undoes " + flags[j] + " " + denied)
			}
		}
	}
}

// attempt tells what the kernel says that nono-why, which allows it, does not.
func (c *run) attempt(flags []string, add string, q query.Question, a *answer) string {
	k, err := c.start(flags, add)
	if err != nil {
		return "nono-run: " + err.Error()
	}
	defer k.end()
	errno, _, err := k.do(c.tree, q)
	if err == errIrreversible {
		return ""
	}
	if err != nil {
		return "the probe: " + err.Error()
	}
	return differ(c.tree, q, a.verdict(q), errno)
}

// without is the command line without the denies that words name, as typed or as
// they lead to.
func (c *run) without(words []string) []string {
	var kept []string
	for i := 0; i < len(c.flags); i++ {
		if !strings.HasPrefix(c.flags[i], "--deny") {
			kept = append(kept, c.flags[i])
			continue
		}
		name := c.flags[i+1]
		left := false
		for j := 0; j+1 < len(words); j++ {
			if words[j] == c.flags[i] && (words[j+1] == name || words[j+1] == c.tree.real(name) || words[j+1] == filepath.Clean(name)) {
				left = true
			}
		}
		if !left {
			kept = append(kept, c.flags[i], name)
		}
		i++
	}
	return kept
}

// shellWords is how a shell reads text.
func shellWords(text string) []string {
	cmd := exec.Command("bash", "-c", `printf '%s\0' `+text)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.Output()
	if text == "" || err != nil {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}
