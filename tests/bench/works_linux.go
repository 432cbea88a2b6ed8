package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/spec"
)

// works prepares what is done inside: opening files, system calls, and real
// programs. scale divides the sizes, for a quick look.
func (s *stage) works(scale int, only filter) ([]*work, error) {
	var list []*work
	for _, part := range []func(int, filter) ([]*work, error){s.opens, s.calls, s.programs} {
		some, err := part(scale, only)
		if err != nil {
			return nil, err
		}
		for _, w := range some {
			if only(w.Name + ", " + w.Policy) {
				list = append(list, w)
			}
		}
	}
	return list, nil
}

// inside returns the words that start a command in nono's sandbox.
func (s *stage) inside(flags ...string) []string {
	return append(append([]string{s.program("nono-run"), "--silent"}, flags...), "--")
}

// opens opens a file near the grant and one deep beneath it, with few rules and
// with many.
func (s *stage) opens(scale int, only filter) ([]*work, error) {
	deep := strings.Repeat("d/", 11)
	if err := os.MkdirAll(filepath.Join(s.project, deep), 0o755); err != nil {
		return nil, err
	}
	var list []*work
	for _, at := range []struct{ depth, file string }{{"depth 1", "file"}, {"depth 12", deep + "file"}} {
		file := filepath.Join(s.project, at.file)
		if err := makeEntry(file); err != nil {
			return nil, err
		}
		add := func(policy string) *work {
			w := &work{Name: "open at " + at.depth, Policy: policy, worker: []string{"open", file, strconv.Itoa(100_000 / scale)}}
			list = append(list, w)
			return w
		}
		add("--allow .").inside = s.inside("--allow", ".")
		for _, n := range []int{30, 300, 3000} {
			w := add(strconv.Itoa(n) + " rules")
			if !only(w.Name + ", " + w.Policy) {
				continue
			}
			var err error
			if w.inside, err = s.ruled(n); err != nil {
				return nil, err
			}
		}
		s.least(add("30 rules, no filter"), s.rulesAlone)
	}
	return list, nil
}

// calls makes system calls that the filter judges in its different ways.
func (s *stage) calls(scale int, _ filter) ([]*work, error) {
	var list []*work
	for _, p := range probes {
		add := func(policy string) *work {
			w := &work{Name: "call " + p.name, Policy: policy, Note: p.path, worker: []string{"call", p.name, strconv.Itoa(1_000_000 / scale)}}
			list = append(list, w)
			return w
		}
		add("--allow .").inside = s.inside("--allow", ".")
		if p.name != "socket" { // refused there
			add("--allow . --net-block").inside = s.inside("--allow", ".", "--net-block")
		}
		s.least(add(p.least.what), func() (string, string, error) { return s.filterAlone(p.least) })
	}
	return list, nil
}

// rules is a policy of n rules: some for programs to start, the rest for
// directories that nobody looks at.
func (s *stage) rules(n int) (*spec.Spec, error) {
	policy := minimal(line(spec.Allow, s.project), line(spec.ReadFile, s.self))
	for i := len(policy.Paths); i < n; i++ {
		dir := s.path("rules/" + strconv.Itoa(i))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
		policy.Paths = append(policy.Paths, line(spec.Read, dir))
	}
	return policy, nil
}

// ruled returns the words that start a command in a sandbox of n rules.
func (s *stage) ruled(n int) ([]string, error) {
	policy, err := s.rules(n)
	if err != nil {
		return nil, err
	}
	file, err := s.write(strconv.Itoa(n)+"-rules", policy)
	if err != nil {
		return nil, fmt.Errorf("a spec of %d rules: %w", n, err)
	}
	return []string{s.program("nono-exec-shim"), file, "--"}, nil
}
