package main

import (
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/nono-sandbox/nono/core/spec"
)

// A curve is how the time of a launch grows with one number.
type curve struct {
	Name     string    `json:"name"`
	Of       string    `json:"of"` // what is counted
	N        []float64 `json:"n"`
	Micros   []float64 `json:"micros"` // of the fastest launch, which other work disturbs least
	Exponent figure    `json:"exponent"`
	Each     float64   `json:"micros_each"` // at the largest number

	points []task
}

// measureGrowth launches the sizes of a curve in turn, the small ones as often
// as the large ones.
func (s *stage) measureGrowth(rounds int, only filter, most int) ([]*curve, error) {
	var out []*curve
	for _, c := range []struct {
		name, of string
		sizes    []int
		task     func(n int) (task, error)
	}{
		{"grants, the shim", "grants", []int{1, 10, 100, 1000, 10_000}, s.grantsShim},
		{"grants, nono-run", "grants", []int{1, 10, 100, 1000, 10_000}, s.grantsRun},
		{"denies, the shim", "denies, each in a directory of its own", []int{1, 10, 100, 1000}, s.deniesShim},
		{"denies, nono-run", "denies, each in a directory of its own", []int{1, 10, 100, 1000}, s.deniesRun},
		{"a carved directory, the shim", "entries of the directory", []int{10, 100, 1000, 10_000, 50_000}, s.childrenShim},
	} {
		if !only(c.name) {
			continue
		}
		curve := &curve{Name: c.name, Of: c.of}
		for _, n := range c.sizes {
			if n > most && len(curve.N) > 1 {
				break
			}
			t, err := c.task(n)
			if err != nil {
				return nil, fmt.Errorf("%s, %d: %w", c.name, n, err)
			}
			if said, err := t.try(); err != nil {
				return nil, fmt.Errorf("%s, %d: %w: %s", c.name, n, err, firstLine(said))
			}
			curve.N, curve.points = append(curve.N, float64(n)), append(curve.points, t)
		}
		if err := curve.measure(rounds); err != nil {
			return nil, err
		}
		out = append(out, curve)
	}
	return out, nil
}

func (c *curve) measure(rounds int) error {
	took := make([]sample, len(c.N))
	for range rounds {
		for i := range c.points {
			d, err := c.points[i].once()
			if err != nil {
				return fmt.Errorf("%s, %v: %w", c.Name, c.N[i], err)
			}
			took[i] = append(took[i], float64(d.Nanoseconds())/1e3)
		}
	}
	for _, t := range took {
		c.Micros = append(c.Micros, t.summary().Min)
	}
	c.Exponent = figure(exponent(c.N, c.Micros))
	last := len(c.N) - 1
	c.Each = (c.Micros[last] - c.Micros[0]) / (c.N[last] - c.N[0])
	return nil
}

// shimWith is a task for the shim with these grants and denies.
func (s *stage) shimWith(name string, further []spec.Path) (task, error) {
	file, err := s.write(name, minimal(further...))
	return s.task(s.program("nono-exec-shim"), file, "--", trueProgram), err
}

// line is a directive of a spec.
func line(k spec.Kind, path string) spec.Path {
	return spec.Path{Kind: k, Path: path, By: spec.ParseOrigin("bench")}
}

// directories makes n of them and returns their paths.
func (s *stage) directories(kind string, n int) ([]string, error) {
	var out []string
	for i := range n {
		dir := s.path(filepath.Join("growth", kind, strconv.Itoa(i)))
		if err := makeEntry(dir + "/"); err != nil {
			return nil, err
		}
		out = append(out, dir)
	}
	return out, nil
}

func (s *stage) grantsShim(n int) (task, error) {
	dirs, err := s.directories("grants", n)
	var lines []spec.Path
	for _, d := range dirs {
		lines = append(lines, line(spec.Read, d))
	}
	if err != nil {
		return task{}, err
	}
	return s.shimWith("grants-"+strconv.Itoa(n), lines)
}

func (s *stage) grantsRun(n int) (task, error) {
	dirs, err := s.directories("grants", n)
	flags := []string{"--allow-command", "all"}
	for _, d := range dirs {
		flags = append(flags, "--read", d)
	}
	return s.run(flags, trueProgram), err
}

// denied makes n directories of four entries, one of which is to be denied, in
// a directory of directories.
func (s *stage) denied(n int) (root string, paths []string, err error) {
	root = s.path("growth/denies-" + strconv.Itoa(n))
	for i := range n {
		dir := filepath.Join(root, strconv.Itoa(i))
		for _, name := range []string{"secret", "a", "b", "c"} {
			if err := put(filepath.Join(dir, name), ""); err != nil {
				return "", nil, err
			}
		}
		paths = append(paths, filepath.Join(dir, "secret"))
	}
	return root, paths, nil
}

func (s *stage) deniesShim(n int) (task, error) {
	root, paths, err := s.denied(n)
	lines := []spec.Path{line(spec.Read, root)}
	for _, p := range paths {
		lines = append(lines, line(spec.Deny, p))
	}
	if err != nil {
		return task{}, err
	}
	return s.shimWith("denies-"+strconv.Itoa(n), lines)
}

func (s *stage) deniesRun(n int) (task, error) {
	root, paths, err := s.denied(n)
	flags := []string{"--allow-command", "all", "--read", root}
	for _, p := range paths {
		flags = append(flags, "--deny", p)
	}
	return s.run(flags, trueProgram), err
}

func (s *stage) childrenShim(n int) (task, error) {
	root := s.path("growth/children-" + strconv.Itoa(n))
	for i := range n {
		if err := put(filepath.Join(root, strconv.Itoa(i)), ""); err != nil {
			return task{}, err
		}
	}
	return s.shimWith("children-"+strconv.Itoa(n), []spec.Path{line(spec.Read, root), line(spec.Deny, filepath.Join(root, "0"))})
}
