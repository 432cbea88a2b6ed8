package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A launch is one way to start a program that does nothing.
type launch struct {
	Name    string  `json:"name"`
	Micros  summary `json:"micros"` // from before the fork to after the wait
	Skipped string  `json:"skipped,omitempty"`
	Note    string  `json:"note,omitempty"`

	task task
	took sample
}

// launches prepares every way. One that cannot be had says why.
func (s *stage) launches() ([]*launch, error) {
	defaults := []string{"--allow", "."}
	all := []string{"--allow", ".", "--allow-command", "all"}
	carved, carvedFile, err := s.spec("default", defaults...)
	if err != nil {
		return nil, err
	}
	plain, plainFile, err := s.spec("all", all...)
	if err != nil {
		return nil, err
	}
	list := append([]*launch{{Name: "bare", task: s.task(trueProgram)}}, s.typed(carved)...)
	list = append(list,
		&launch{Name: runCarved, task: s.run(defaults, trueProgram)},
		&launch{Name: runPlain, task: s.run(all, trueProgram)},
		&launch{Name: runMany, task: s.run(defaults, trueProgram).holding(many), Note: "the caller holds descriptor 1000"},
		s.supervised(),
	)
	left, err := s.leftOver(defaults)
	if err != nil {
		return nil, err
	}
	list = append(list, left)
	floor, err := s.buildFloor()
	for _, f := range []struct {
		name string
		of   string
	}{{floorPlain, "all"}, {floorCarved, "default"}} {
		l := &launch{Name: f.name}
		list = append(list, l)
		if err != nil {
			l.Skipped = err.Error()
			continue
		}
		policy := plain
		if f.of == "default" {
			policy = carved
		}
		rules, filter, count, err := s.prepareFloor(f.of, policy)
		if err != nil {
			return nil, err
		}
		l.task, l.Note = s.task(floor, rules, filter, trueProgram), fmt.Sprintf("%d rules", count)
	}
	shim := s.program("nono-exec-shim")
	list = append(list,
		&launch{Name: shimPlain, task: s.task(shim, plainFile, "--", trueProgram)},
		&launch{Name: shimCarved, task: s.task(shim, carvedFile, "--", trueProgram)},
		&launch{Name: "nono-run --net-block", task: s.run([]string{"--net-block"}, trueProgram)},
		&launch{Name: "nono-run --allow ~", task: s.run([]string{"--allow", s.home}, trueProgram), Note: "a home of 200 entries"},
		&launch{Name: "nono-run --profile claude-code", task: s.run([]string{"--profile", "claude-code", "--allow-cwd"}, trueProgram)},
	)
	if _, err := os.Stat("/dev/shm"); err == nil {
		l := &launch{Name: "nono-run, TMPDIR on tmpfs", task: s.run(defaults, trueProgram)}
		if l.task.env, err = s.onTmpfs(); err != nil {
			return nil, err
		}
		list = append(list, l)
	}
	rivals, err := s.rivals(plain, carved)
	if err != nil {
		return nil, err
	}
	return append(list, rivals...), nil
}

// Names that the ratios at the end go by.
const (
	floorPlain  = "C floor, nothing masked"
	floorCarved = "C floor, commands masked"
	shimPlain   = "nono-exec-shim, nothing masked"
	shimCarved  = "nono-exec-shim, commands masked"
	runPlain    = "nono-run --allow . --allow-command all"
	runCarved   = "nono-run --allow ."
	runLeft     = "nono-run --allow ., a left-over of two minutes"
	runMany     = "nono-run --allow ., many descriptors"
	bwrapTyped  = "(1) bubblewrap, as typed"
	bwrapEqual  = "(2) bubblewrap, as typed, commands masked"
	bwrapKnown  = "bubblewrap, as typed, twenty commands masked"
	bwrapShort  = "bubblewrap, whole directories"
	bwrapPlain  = "bubblewrap, same paths"
	bwrapCarved = "bubblewrap, same paths, commands masked"
)

// leftOver is a launch as a person makes it now and then, who has the private temp of the
// one before left over, which this one removes. That takes a look at every process. The
// other launches follow one another at once, and leave such work to one in many.
func (s *stage) leftOver(flags []string) (*launch, error) {
	dir, err := os.MkdirTemp(s.tmp(), "left-")
	if err != nil {
		return nil, err
	}
	l := &launch{Name: runLeft, task: s.run(flags, trueProgram)}
	l.task.env = with(l.task.env, "TMPDIR", dir)
	l.task.before = func() error {
		then := time.Now().Add(-2 * time.Minute)
		entries, err := filepath.Glob(filepath.Join(dir, "nono-*", "*"))
		for _, e := range entries {
			if err == nil {
				err = os.Chtimes(e, then, then)
			}
		}
		return err
	}
	return l, nil
}

// with is env with one variable set to another value.
func with(env []string, name, value string) []string {
	env = slices.Clone(env)
	for i, kv := range env {
		if strings.HasPrefix(kv, name+"=") {
			env[i] = name + "=" + value
		}
	}
	return env
}

// onTmpfs is the usual environment with TMPDIR in memory.
func (s *stage) onTmpfs() ([]string, error) {
	dir, err := os.MkdirTemp("/dev/shm", "nono-bench-")
	if err != nil {
		return nil, err
	}
	s.also = append(s.also, dir)
	return with(s.env(), "TMPDIR", dir), nil
}

// measureLaunches starts one after the other, round after round, so that what
// else the machine does meets all alike.
func (s *stage) measureLaunches(rounds int, only filter) ([]*launch, error) {
	list, err := s.launches()
	if err != nil {
		return nil, err
	}
	var wanted []*launch
	for _, l := range list {
		if !only(l.Name) {
			continue
		}
		wanted = append(wanted, l)
		if l.Skipped != "" {
			continue
		}
		if said, err := l.task.try(); err != nil {
			l.Skipped = fmt.Sprintf("%v: %s", err, firstLine(said))
		}
	}
	for range rounds {
		for _, l := range wanted {
			if l.Skipped != "" {
				continue
			}
			if err := l.task.ready(); err != nil {
				return nil, err
			}
			took, err := l.task.once()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", l.Name, err)
			}
			l.took = append(l.took, float64(took.Nanoseconds())/1e3)
		}
	}
	for _, l := range wanted {
		if l.Skipped == "" {
			l.Micros = l.took.summary()
		}
	}
	return wanted, nil
}

// A bar is a ratio that launches are held to.
type bar struct {
	What   string  `json:"what"`
	Of     string  `json:"of"`
	To     string  `json:"to"`
	Most   float64 `json:"most"`
	Median float64 `json:"median"` // of the ratios within one round
	Min    float64 `json:"min"`    // of the fastest to the fastest
}

// bars compares what was measured in the same round, so that a burst of other
// work on the machine is in both.
func bars(list []*launch) []bar {
	byName := map[string]*launch{}
	for _, l := range list {
		byName[l.Name] = l
	}
	var out []bar
	for _, b := range []bar{
		{What: "nono-run as it comes", Of: runCarved, To: bwrapEqual, Most: 0.7},
		{What: "nono-run as it comes", Of: runCarved, To: bwrapKnown, Most: 1.3},
		{What: "nono-run, nothing masked", Of: runPlain, To: bwrapTyped, Most: 1.4},
		{What: "a caller with many descriptors", Of: runMany, To: runCarved, Most: 1.1},
		{What: "a launch now and then", Of: runLeft, To: runCarved, Most: 1.2},
		{What: "the shim alone", Of: shimPlain, To: floorPlain, Most: 2.5},
		{What: "the shim alone, carving", Of: shimCarved, To: floorCarved, Most: 2.5},
		{What: "nono-run, nothing masked", Of: runPlain, To: bwrapPlain, Most: 1},
		{What: "nono-run, nothing masked", Of: runPlain, To: bwrapShort, Most: 1},
		{What: "nono-run as it comes", Of: runCarved, To: bwrapCarved, Most: 1.2},
	} {
		of, to := byName[b.Of], byName[b.To]
		if of == nil || to == nil || of.Skipped != "" || to.Skipped != "" || len(of.took) == 0 {
			continue
		}
		var ratios sample
		for i := range of.took {
			ratios = append(ratios, of.took[i]/to.took[i])
		}
		b.Median, b.Min = ratios.summary().Median, of.Micros.Min/to.Micros.Min
		out = append(out, b)
	}
	return out
}
