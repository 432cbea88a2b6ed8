package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "-worker" {
		exit(worker(os.Args[2:]))
	}
	os.Exit(testenv.Main(m))
}

// quick runs the program over a few rounds and returns its report.
func quick(t *testing.T, only string) *report {
	t.Helper()
	testenv.RequireLandlock(t, 1)
	bin := suite.Build(t, suite.Newest).Dir // before TMPDIR is this test's own
	t.Setenv("TMPDIR", t.TempDir())
	var out bytes.Buffer
	if err := run([]string{"-bin", bin, "-quick", "-json", "-only", only}, &out); err != nil {
		t.Fatal(err)
	}
	r := &report{}
	if err := json.Unmarshal(out.Bytes(), r); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "report.json")
	if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	var tables bytes.Buffer
	if err := run([]string{"-from", file}, &tables); err != nil || !strings.Contains(tables.String(), "| ---") {
		t.Errorf("no tables: %v\n%s", err, tables.String())
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("left in TMPDIR: %v %v", left, err)
	}
	return r
}

func TestLaunches(t *testing.T) {
	r := quick(t, `^launch: (bare|C floor|nono)`)
	if len(r.Launches) < 8 {
		t.Errorf("only %d launches", len(r.Launches))
	}
	for _, l := range r.Launches {
		switch {
		case strings.HasPrefix(l.Name, "C floor") && strings.Contains(l.Skipped, "gcc"):
			t.Logf("%s is skipped: %s", l.Name, l.Skipped)
		case l.Skipped != "":
			t.Errorf("%s: %s", l.Name, l.Skipped)
		case l.Micros.N != 3 || l.Micros.Min <= 0:
			t.Errorf("%s: %+v", l.Name, l.Micros)
		}
	}
}

// What does not depend on how busy the machine is can be held to.
func TestProcesses(t *testing.T) {
	p := quick(t, "^size").Processes
	if p.RunPeakKB == 0 || p.RunPeakKB > 8<<10 {
		t.Errorf("nono-run's peak memory is %d KiB", p.RunPeakKB)
	}
	if p.ShimPeakKB == 0 || p.ShimPeakKB > 4<<10 {
		t.Errorf("the shim's peak memory is %d KiB", p.ShimPeakKB)
	}
	if p.LeftBehind != 0 {
		t.Errorf("%d processes are left behind", p.LeftBehind)
	}
	for _, s := range p.Sizes {
		if s.Name == "nono-exec-shim" && s.Bytes > 2_500_000 {
			t.Errorf("the shim has %d bytes", s.Bytes)
		}
	}
	made := map[string]callLine{}
	for _, c := range p.Calls {
		made[c.Name] = c
		if c.Why == unexplained {
			t.Errorf("nobody has said why %s is called: nono-run %d, shim %d", c.Name, c.Run, c.Shim)
		}
	}
	enter, add := made["landlock_restrict_self"], made["landlock_add_rule"]
	if enter.Run != 1 || enter.Shim != 1 || add.Shim < 20 || add.Run < add.Shim {
		t.Errorf("the calls are not those of a launch: %+v", p.Calls)
	}
}

func TestInsideAndGrowth(t *testing.T) {
	r := quick(t, `^inside: (open at depth 12?, 30 rules|call (getppid|ioctl|clone|socket|read|prlimit64), --allow \.$)|^growth: denies, the shim`)
	if len(r.Inside) < len(probes)+1 || len(r.Growth) != 1 {
		t.Fatalf("%d done inside, %d curves", len(r.Inside), len(r.Growth))
	}
	for _, w := range r.Inside {
		if w.Skipped != "" || w.Inside.Median <= 0 || w.Outside.Median <= 0 {
			t.Errorf("%s, %s: %+v", w.Name, w.Policy, w)
		}
	}
	for i, y := range r.Growth[0].Micros {
		if y <= 0 {
			t.Errorf("%v denies take %v µs", r.Growth[0].N[i], y)
		}
	}
}

// A sandbox that cannot be started must stop the measurement, not be measured.
func TestFailureIsNoFigure(t *testing.T) {
	bin := t.TempDir()
	for _, name := range []string{"nono-run", "nono-exec-shim"} {
		if err := os.WriteFile(bin+"/"+name, []byte("#!/bin/sh\nexit 3\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	err := run([]string{"-bin", bin, "-quick"}, &bytes.Buffer{})
	if err == nil || !regexp.MustCompile("exit status 3").MatchString(err.Error()) {
		t.Errorf("the error is %v", err)
	}
	if err := run([]string{"-bin", t.TempDir()}, &bytes.Buffer{}); err == nil {
		t.Error("no programs, and no error")
	}
}
