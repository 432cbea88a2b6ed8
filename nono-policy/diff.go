package main

import (
	"io"
	"os"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
	"github.com/nono-sandbox/nono/core/spec/origins"
)

// diff prints the lines that one of two policies has and the other has not.
func diff(args []string, out io.Writer) (int, error) {
	if len(args) != 2 {
		return 0, cli.Misuse("compare policies", "give two policies", "nono policy diff A B")
	}
	var sides [2]map[string]string
	for i, a := range args {
		s, err := either(a)
		if err != nil {
			return 0, err
		}
		sides[i] = linesOf(s)
	}
	text := only(sides[0], sides[1], "- ") + only(sides[1], sides[0], "+ ")
	if text == "" {
		return 0, nil
	}
	return found, say(out, text)
}

// either reads a spec, or compiles a profile.
func either(arg string) (*spec.Spec, error) {
	if !strings.HasSuffix(arg, ".spec") {
		s, err := compile([]string{arg})
		if err != nil {
			return nil, err
		}
		return s.policy.Spec, nil
	}
	doc, err := os.ReadFile(arg)
	if err != nil {
		return nil, &fault.Error{Do: "read the spec", Path: arg, Err: err}
	}
	s, err := document.Parse(doc)
	if err != nil {
		return nil, &fault.Error{Do: "use the spec", Path: arg, Err: err}
	}
	return s, nil
}

// linesOf returns the lines of s, each with its origin. Whether a missing path is passed
// over makes no difference to what is granted.
func linesOf(s *spec.Spec) map[string]string {
	lines := map[string]string{}
	for _, p := range s.Paths {
		if !origins.OfOneStart(p.By) {
			lines[p.Kind.String()+" "+fault.Quote(p.Path)] = p.By.String()
		}
	}
	for _, l := range others(s) {
		lines[l] = ""
	}
	return lines
}

// only prints, in order, the lines of a that b has not.
func only(a, b map[string]string, mark string) string {
	var all []string
	for l, by := range a {
		if _, both := b[l]; both {
			continue
		}
		if by != "" {
			l += "  (" + by + ")"
		}
		all = append(all, mark+l+"\n")
	}
	slices.Sort(all)
	return strings.Join(all, "")
}
