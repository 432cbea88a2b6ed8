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
	add := func(w *work) {
		if only(w.Name + ", " + w.Policy) {
			list = append(list, w)
		}
	}
	run := func(flags ...string) []string {
		return append(append([]string{s.program("nono-run"), "--silent"}, flags...), "--")
	}
	deep := strings.Repeat("d/", 12)
	if err := os.MkdirAll(filepath.Join(s.project, deep), 0o755); err != nil {
		return nil, err
	}
	files := map[string]string{"depth 1": "file", "depth 12": deep[:22] + "/file"}
	for _, f := range files {
		if err := makeEntry(filepath.Join(s.project, f)); err != nil {
			return nil, err
		}
	}
	opens := strconv.Itoa(100_000 / scale)
	for _, depth := range []string{"depth 1", "depth 12"} {
		for _, rules := range []int{0, 30, 300, 3000} {
			w := &work{Name: "open at " + depth, Policy: "--allow .", inside: run("--allow", "."),
				worker: []string{"open", filepath.Join(s.project, files[depth]), opens}}
			if rules > 0 {
				w.Policy = strconv.Itoa(rules) + " rules"
			}
			if !only(w.Name + ", " + w.Policy) {
				continue
			}
			if rules > 0 {
				var err error
				if w.inside, err = s.ruled(rules); err != nil {
					return nil, err
				}
			}
			list = append(list, w)
		}
	}
	for _, p := range probes {
		for _, flags := range [][]string{{"--allow", "."}, {"--allow", ".", "--net-block"}} {
			w := &work{Name: "call " + p.name, Policy: strings.Join(flags, " "), Note: p.path, inside: run(flags...),
				worker: []string{"call", p.name, strconv.Itoa(1_000_000 / scale)}}
			if len(flags) > 2 && p.name == "socket" {
				continue // refused there
			}
			add(w)
		}
	}
	programs, err := s.programs(scale, run, only)
	for _, w := range programs {
		add(w)
	}
	return list, err
}

// ruled returns the words that start a command in a sandbox of n rules: some
// for programs to start, the rest for directories that it never looks at.
func (s *stage) ruled(n int) ([]string, error) {
	policy := minimal(line(spec.Allow, s.project), line(spec.ReadFile, s.self))
	for i := len(policy.Paths); i < n; i++ {
		dir := s.path("rules/" + strconv.Itoa(i))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
		policy.Paths = append(policy.Paths, line(spec.Read, dir))
	}
	file, err := s.write(strconv.Itoa(n)+"-rules", policy)
	if err != nil {
		return nil, fmt.Errorf("a spec of %d rules: %w", n, err)
	}
	return []string{s.program("nono-exec-shim"), file, "--"}, nil
}
