package main

import (
	"maps"
	"os"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// processes is what the launches leave in memory, on disk and among the
// processes.
type processes struct {
	RunPeakKB  int        `json:"nono_run_peak_kb"`
	ShimPeakKB int        `json:"shim_peak_kb"`
	Sizes      []size     `json:"sizes"`
	LeftBehind int        `json:"processes_left_behind"`
	Launches   int        `json:"launches_looked_at"`
	Calls      []callLine `json:"calls"`
}

type size struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
}

// A callLine is one kind of system call: how often nono-run makes it with defaults and
// when nothing is masked, and the shim from a file of the same spec as the first.
type callLine struct {
	Name     string `json:"name"`
	Run      int    `json:"nono_run"`
	RunPlain int    `json:"nono_run_nothing_masked"`
	Shim     int    `json:"shim"`
	Why      string `json:"why"`
}

// examine follows some launches step by step (traces) and looks at what others
// leave behind (launches).
func (s *stage) examine(launches, traces int) (*processes, error) {
	p := &processes{Launches: launches}
	for _, b := range []string{"nono-run", "nono-exec-shim", "nono-why"} {
		if st, err := os.Stat(s.program(b)); err == nil {
			p.Sizes = append(p.Sizes, size{b, st.Size()})
		}
	}
	_, file, err := s.spec("examined", "--allow", ".")
	if err != nil {
		return nil, err
	}
	carved := s.run([]string{"--allow", "."}, trueProgram)
	tasks := []task{carved, s.run([]string{"--allow", ".", "--allow-command", "all"}, trueProgram), s.task(s.program("nono-exec-shim"), file, "--", trueProgram)}
	images := make([][]image, len(tasks))
	for range traces {
		for i := range tasks {
			of, err := tasks[i].trace()
			if err != nil {
				return nil, err
			}
			images[i] = append(images[i], of[0])
		}
	}
	p.RunPeakKB, p.ShimPeakKB = most(images[0]), most(images[2])
	p.Calls = lines(middle(images[0]), middle(images[1]), middle(images[2]))
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return nil, err
	}
	for range launches {
		if _, err := carved.once(); err != nil {
			return nil, err
		}
	}
	p.LeftBehind = orphans()
	return p, nil
}

// most is the peak of memory, the largest of any launch.
func most(images []image) (kb int) {
	for _, i := range images {
		kb = max(kb, i.peakKB)
	}
	return kb
}

// middle is the image with the median number of calls: Go's threads differ from
// run to run.
func middle(images []image) image {
	total := func(i image) (n int) {
		for _, c := range i.calls {
			n += c
		}
		return n
	}
	slices.SortFunc(images, func(a, b image) int { return total(a) - total(b) })
	return images[len(images)/2]
}

func lines(run, plain, shim image) []callLine {
	numbers := map[uint64]bool{}
	for _, i := range []image{run, plain, shim} {
		for nr := range i.calls {
			numbers[nr] = true
		}
	}
	var out []callLine
	for _, nr := range slices.Sorted(maps.Keys(numbers)) {
		name, why := explain(nr)
		out = append(out, callLine{name, run.calls[nr], plain.calls[nr], shim.calls[nr], why})
	}
	slices.SortStableFunc(out, func(a, b callLine) int { return b.Run + b.Shim - a.Run - a.Shim })
	return out
}

// orphans counts the processes that launches left to this one, dead or alive.
func orphans() int {
	n := 0
	for {
		pid, err := unix.Wait4(-1, nil, unix.WNOHANG|unix.WALL, nil)
		if err != nil {
			return n // no child is left
		}
		if pid == 0 {
			return n + alive()
		}
		n++
	}
}

// alive counts this process's children.
func alive() int {
	n := 0
	tasks, _ := os.ReadDir("/proc/self/task")
	for _, t := range tasks {
		text, _ := os.ReadFile("/proc/self/task/" + t.Name() + "/children")
		for _, b := range text {
			if b == ' ' {
				n++ // each child's pid ends in one
			}
		}
	}
	return max(n, 1)
}

func (s size) String() string { return s.Name + " " + strconv.FormatInt(s.Bytes, 10) }
