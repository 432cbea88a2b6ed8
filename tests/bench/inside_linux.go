package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"strconv"
)

// A work is something done inside a sandbox and outside, in turn.
type work struct {
	Name    string  `json:"name"`
	Policy  string  `json:"policy"`
	Outside summary `json:"outside_nanos"`
	Inside  summary `json:"inside_nanos"`
	Percent float64 `json:"percent"` // the median of what inside takes longer, round by round
	Extra   float64 `json:"extra_nanos"`
	// Fastest is the fastest inside less the fastest outside, which other work
	// on the machine disturbs least.
	Fastest float64 `json:"extra_nanos_of_minima"`
	Skipped string  `json:"skipped,omitempty"`
	Note    string  `json:"note,omitempty"`

	worker  []string             // the worker's arguments
	needs   string               // a program, or ""
	outside []string             // what stands before the worker's own path outside
	inside  []string             // and inside
	env     []string             // besides the stage's
	prepare func(s *stage) error // before each start
}

// measureInside does each work in turn inside and outside.
func (s *stage) measureInside(rounds int, only filter, scale int) ([]*work, error) {
	list, err := s.works(scale, only)
	if err != nil {
		return nil, err
	}
	for _, w := range list {
		if w.Skipped != "" {
			continue
		}
		if w.needs != "" {
			if _, err := exec.LookPath(w.needs); err != nil {
				w.Skipped = w.needs + " is not installed"
				continue
			}
		}
		var outside, inside, ratio, extra sample
		for i := range rounds + 1 {
			out, err := s.nanos(w, w.outside)
			if err != nil {
				w.Skipped = "outside: " + err.Error()
				break
			}
			in, err := s.nanos(w, w.inside)
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", w.Name, w.Policy, err)
			}
			if i == 0 {
				continue // the first round fills the caches
			}
			outside, inside = append(outside, out), append(inside, in)
			ratio, extra = append(ratio, 100*(in/out-1)), append(extra, in-out)
		}
		if w.Skipped == "" {
			w.Outside, w.Inside = outside.summary(), inside.summary()
			w.Percent, w.Extra = ratio.summary().Median, extra.summary().Median
			w.Fastest = w.Inside.Min - w.Outside.Min
		}
	}
	return list, nil
}

// nanos starts the worker behind the given words and returns what it prints.
func (s *stage) nanos(w *work, before []string) (float64, error) {
	if w.prepare != nil {
		if err := w.prepare(s); err != nil {
			return 0, err
		}
	}
	argv := append(append(append([]string{}, before...), s.self, "-worker"), w.worker...)
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = s.project, append(s.env(), w.env...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("%w: %s", err, firstLine(said.String()))
	}
	return strconv.ParseFloat(string(bytes.TrimSpace(out)), 64)
}

func firstLine(text string) string {
	line, _, _ := bytes.Cut(bytes.TrimSpace([]byte(text)), []byte("\n"))
	return string(line)
}
