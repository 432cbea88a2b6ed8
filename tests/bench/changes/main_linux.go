// Command changes measures what --ephemeral and --undo cost: launching, the first write of
// a file, a build, keeping what was changed, and a large tree. What is compared is
// measured in turn, in one run.
//
//	make bench-changes
//	go run ./bench/changes -bin ../bin -rounds 20 -only '^launch'
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "-write" {
		exit(writeAll(os.Args[2]))
	}
	var b bench
	var only string
	flag.StringVar(&b.bin, "bin", "../bin", "where nono is")
	flag.IntVar(&b.rounds, "rounds", 15, "rounds of each row")
	flag.IntVar(&b.kept, "kept", 10_000, "how many files nono keep keeps")
	flag.IntVar(&b.large, "large", 300_000, "how many files the large tree has")
	flag.StringVar(&only, "only", "", "the rows whose names match this pattern")
	flag.Parse()
	exit(b.run(only))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "changes:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

type bench struct {
	bin         string
	rounds      int
	kept, large int    // how many files
	dir         string // of its own, for all that is made
	state       string
	self        string
	bwrap       bool // it has --overlay
}

func (b *bench) run(only string) error {
	match, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	if b.bin, err = filepath.Abs(b.bin); err != nil {
		return err
	}
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp("", "nono-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	// Not in one directory with what is worked in: nono trusts no state there.
	if b.state, err = os.MkdirTemp("", "nono-bench-state-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.state)
	b.bwrap = hasOverlay()
	if !b.bwrap {
		fmt.Println("bwrap --overlay: not measured, since this bwrap, if there is one, does not have it")
	}
	for _, row := range []struct {
		name string
		f    func() error
	}{{"launch", b.launch}, {"write", b.write}, {"build", b.build}, {"npm", b.npm}, {"keep", b.keep}, {"large", b.largeTree}} {
		if !match.MatchString(row.name) {
			continue
		}
		if err := row.f(); err != nil {
			return fmt.Errorf("%s: %w", row.name, err)
		}
	}
	return nil
}

// A way is one of those that are compared.
type way struct {
	name  string
	words []string
}

// ways are the ways to run something in the directory where changes are made.
func (b *bench) ways(dir string) []way {
	nono := func(flags ...string) []string {
		return append(append([]string{filepath.Join(b.bin, "nono"), "run", "--silent", "--allow", dir, "--allow-command", "all", "--allow-rmdir", "--read-file", b.self}, flags...), "--")
	}
	all := []way{{"outside", nil}, {"nono", nono()}, {"nono --undo", nono("--undo")}, {"nono --ephemeral", nono("--ephemeral=discard")}}
	if b.bwrap {
		all = append(all, way{"bwrap --overlay", []string{"bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--overlay-src", dir, "--tmp-overlay", dir}})
	}
	return all
}

// print prints the least and the median of the figures, and the median against that of
// the first way.
func print(row string, ways []way, figures [][]time.Duration) {
	var first time.Duration
	for i, w := range ways {
		slices.Sort(figures[i])
		least, median := figures[i][0], figures[i][len(figures[i])/2]
		if i == 0 {
			first = median
		}
		fmt.Printf("%-28s %-18s least %10s  median %10s  %6.2f times, %+.1f µs\n", row, w.name, least.Round(100*time.Nanosecond),
			median.Round(100*time.Nanosecond), float64(median)/float64(first), float64(median-first)/1000)
	}
}

// writeAll opens each file of a directory for writing, writes a byte and closes, and
// prints the median time of that.
func writeAll(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var all []time.Duration
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		begun := time.Now()
		fd, err := unix.Open(path, unix.O_WRONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		_, err = unix.Write(fd, []byte("x"))
		unix.Close(fd)
		if err != nil {
			return err
		}
		all = append(all, time.Since(begun))
	}
	slices.Sort(all)
	fmt.Println(int64(all[len(all)/2]))
	return nil
}
