// Command bench measures what nono costs: launching a program that does nothing,
// what happens inside the sandbox, and how both grow. What is compared is
// measured in turn, round after round, in one run.
//
//	make bench
//	go run ./bench -bin ../bin -rounds 300 -only launch
//
// Figures of different runs, or of a busy machine, are not to be compared;
// docs/speed.md says how to read them.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"runtime/debug"

	"golang.org/x/sys/unix"
)

func main() {
	// No collection in the middle of a measurement: little is allocated.
	debug.SetGCPercent(-1)
	if len(os.Args) > 1 && os.Args[1] == "-worker" {
		exit(worker(os.Args[2:]))
	}
	exit(run(os.Args[1:], os.Stdout))
}

func exit(err error) {
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

type settings struct {
	bin, tools          string
	rounds, insideTimes int
	growthTimes, scale  int
	most, traces        int
	json, cold          bool
	from                string
	only                *regexp.Regexp
}

func parse(args []string) (settings, error) {
	var c settings
	var quick bool
	var only string
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.StringVar(&c.bin, "bin", "../bin", "where nono-run and nono-exec-shim are")
	f.StringVar(&c.tools, "tools", "", "where other sandboxes are, besides PATH")
	f.IntVar(&c.rounds, "rounds", 300, "rounds of launches")
	f.IntVar(&c.insideTimes, "inside", 15, "rounds of what is done inside")
	f.IntVar(&c.growthTimes, "growth", 15, "rounds of the curves")
	f.StringVar(&only, "only", "", "measure only what matches: `REGEXP` over the names in the tables, with 'launch: ', 'size', 'inside: ' or 'growth: ' before them")
	f.BoolVar(&quick, "quick", false, "a few rounds over small trees, to see that it works")
	f.StringVar(&c.from, "from", "", "measure nothing, and print the tables of a `FILE` that -json made")
	f.BoolVar(&c.json, "json", false, "print JSON")
	f.BoolVar(&c.cold, "cold", false, "measure a tenth of the launches with cold caches too, as root; 'cold: ' is before their names")
	if err := f.Parse(args); err != nil {
		return c, err
	}
	if f.NArg() > 0 {
		return c, fmt.Errorf("what is %q for?", f.Arg(0))
	}
	c.scale, c.most, c.traces = 1, math.MaxInt, 5
	if quick {
		c.rounds, c.insideTimes, c.growthTimes, c.scale, c.most, c.traces = 3, 1, 1, 100, 10, 1
	}
	if min(c.rounds, c.insideTimes, c.growthTimes) < 1 {
		return c, errors.New("at least one round is wanted")
	}
	var err error
	c.only, err = regexp.Compile(only)
	return c, err
}

func run(args []string, out io.Writer) (err error) {
	c, err := parse(args)
	if err != nil {
		return err
	}
	if c.from != "" {
		return again(c.from, out)
	}
	// A descriptor that a shell has left open would give every program that is started
	// here a large table of them.
	if err := unix.CloseRange(smallTable, math.MaxInt32, 0); err != nil {
		return err
	}
	s, err := newStage(c.bin, c.tools)
	if s != nil {
		defer func() { err = errors.Join(err, s.remove()) }()
	}
	if err != nil {
		return err
	}
	r, err := c.measure(s)
	if err != nil {
		return err
	}
	if c.json {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	return r.print(out)
}

func (c settings) measure(s *stage) (*report, error) {
	r := newReport(c.rounds)
	var err error
	if r.Launches, err = s.measureLaunches(c.rounds, c.wants("launch: ")); err != nil {
		return nil, err
	}
	r.Bars = bars(r.Launches)
	if c.cold {
		if r.Cold, err = s.measureCold(max(1, c.rounds/10), c.wants("cold: ")); err != nil {
			return nil, err
		}
	}
	if c.only.MatchString("size") {
		if r.Processes, err = s.examine(min(c.rounds, 50), c.traces); err != nil {
			return nil, err
		}
	}
	if r.Inside, err = s.measureInside(c.insideTimes, c.wants("inside: "), c.scale); err != nil {
		return nil, err
	}
	if r.Growth, err = s.measureGrowth(c.growthTimes, c.wants("growth: "), c.most); err != nil {
		return nil, err
	}
	r.LoadAfter = load()
	return r, nil
}

// wants returns what reports whether a name is wanted in this part.
func (c settings) wants(part string) filter {
	return func(name string) bool { return c.only.MatchString(part + name) }
}

// A filter reports whether something of that name is to be measured.
type filter func(name string) bool

// again prints the tables of an earlier run.
func again(file string, out io.Writer) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	r := &report{}
	if err := json.Unmarshal(text, r); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return r.print(out)
}
