package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"

	"golang.org/x/sys/unix"
)

// report is everything that was measured; with -json it is what is printed.
type report struct {
	Kernel     string     `json:"kernel"`
	CPUs       int        `json:"cpus"`
	User       int        `json:"user"`
	Rounds     int        `json:"rounds"`
	LoadBefore string     `json:"load_before"`
	LoadAfter  string     `json:"load_after"`
	Launches   []*launch  `json:"launches,omitempty"`
	Bars       []bar      `json:"bars,omitempty"`
	Cold       []*launch  `json:"cold,omitempty"`
	Processes  *processes `json:"processes,omitempty"`
	Inside     []*work    `json:"inside,omitempty"`
	Growth     []*curve   `json:"growth,omitempty"`
}

func newReport(rounds int) *report {
	var u unix.Utsname
	unix.Uname(&u)
	return &report{Kernel: unix.ByteSliceToString(u.Release[:]), CPUs: runtime.NumCPU(), User: os.Getuid(), Rounds: rounds, LoadBefore: load()}
}

// load is the machine's load averages over 1, 5 and 15 minutes.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(text))
	if err != nil || len(fields) < 3 {
		return "unknown"
	}
	return strings.Join(fields[:3], " ")
}

// print writes the tables for people, in Markdown, so that the documentation
// can have them as they are.
func (r *report) print(w io.Writer) error {
	fmt.Fprintf(w, "Linux %s, %d CPUs, user %d, %d rounds; load before %s, after %s\n", r.Kernel, r.CPUs, r.User, r.Rounds, r.LoadBefore, r.LoadAfter)
	if len(r.Launches) > 0 {
		printLaunches(w, "Launch", r.Launches)
	}
	if len(r.Cold) > 0 {
		printLaunches(w, "Launch with cold caches", r.Cold)
	}
	if len(r.Bars) > 0 {
		r.printBars(w)
	}
	if r.Processes != nil {
		r.Processes.print(w)
	}
	if len(r.Inside) > 0 {
		r.printInside(w)
	}
	if len(r.Growth) > 0 {
		r.printGrowth(w)
	}
	return nil
}

// table writes rows of cells as a Markdown table whose columns line up.
func table(w io.Writer, title string, rows [][]string) {
	fmt.Fprintf(w, "\n%s\n\n", title)
	t := tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)
	for i, row := range rows {
		fmt.Fprintf(t, "| %s\t|\n", strings.Join(row, "\t| "))
		if i == 0 {
			fmt.Fprintf(t, "|%s\n", strings.Repeat(" ---\t|", len(row)))
		}
	}
	t.Flush()
}

func printLaunches(w io.Writer, title string, list []*launch) {
	rows := [][]string{{"launch of /bin/true, ms", "median", "min", "q1", "q3", "to bare", "note"}}
	bare := math.NaN()
	for _, l := range list {
		if l.Name == "bare" {
			bare = l.Micros.Median
		}
		if l.Skipped != "" {
			rows = append(rows, []string{l.Name, "skipped", "", "", "", "", l.Skipped})
			continue
		}
		m := l.Micros
		rows = append(rows, []string{l.Name, ms(m.Median), ms(m.Min), ms(m.Q1), ms(m.Q3), number(m.Median/bare, 1), l.Note})
	}
	table(w, title, rows)
}

func (r *report) printBars(w io.Writer) {
	rows := [][]string{{"what", "of", "to", "at most", "median", "of minima"}}
	for _, b := range r.Bars {
		rows = append(rows, []string{b.What, b.Of, b.To, number(b.Most, 1), number(b.Median, 2), number(b.Min, 2)})
	}
	table(w, "Ratios, within each round", rows)
}

func (p *processes) print(w io.Writer) {
	rows := [][]string{{"what", "nono-run", "nono-exec-shim", "nono-why"}}
	sizes := []string{"size of the binary, MB"}
	for _, name := range []string{"nono-run", "nono-exec-shim", "nono-why"} {
		cell := "not built"
		for _, s := range p.Sizes {
			if s.Name == name {
				cell = number(float64(s.Bytes)/1e6, 2)
			}
		}
		sizes = append(sizes, cell)
	}
	rows = append(rows, sizes, []string{"peak memory, MiB", number(float64(p.RunPeakKB)/1024, 1), number(float64(p.ShimPeakKB)/1024, 1), ""})
	table(w, "Size", rows)
	fmt.Fprintf(w, "\nProcesses left behind after %d launches: %d\n", p.Launches, p.LeftBehind)
	rows = [][]string{{"system call", "nono-run", "nono-run, nothing masked", "shim", "what for"}}
	total := callLine{Name: "all"}
	for _, c := range p.Calls {
		rows = append(rows, []string{c.Name, count(c.Run), count(c.RunPlain), count(c.Shim), c.Why})
		total.Run, total.RunPlain, total.Shim = total.Run+c.Run, total.RunPlain+c.RunPlain, total.Shim+c.Shim
	}
	rows = append(rows, []string{total.Name, count(total.Run), count(total.RunPlain), count(total.Shim), ""})
	table(w, "System calls of one launch", rows)
}

func (r *report) printInside(w io.Writer) {
	rows := [][]string{{"inside", "policy", "outside", "inside", "longer by", "per cent", "of minima", "per cent", "note"}}
	for _, k := range r.Inside {
		if k.Skipped != "" {
			rows = append(rows, []string{k.Name, k.Policy, "skipped", "", "", "", "", "", k.Skipped})
			continue
		}
		rows = append(rows, []string{k.Name, k.Policy, span(k.Outside.Median), span(k.Inside.Median), span(k.Extra), number(k.Percent, 1), span(k.Fastest), number(100*k.Fastest/k.Outside.Min, 1), k.Note})
	}
	table(w, "Inside", rows)
}

func (r *report) printGrowth(w io.Writer) {
	rows := [][]string{{"growth", "number of", "launch, ms", "exponent", "µs each"}}
	for _, c := range r.Growth {
		var points []string
		for i := range c.N {
			points = append(points, fmt.Sprintf("%.0f: %s", c.N[i], ms(c.Micros[i])))
		}
		rows = append(rows, []string{c.Name, c.Of, strings.Join(points, ", "), number(float64(c.Exponent), 2), number(c.Each, 1)})
	}
	table(w, "Growth", rows)
}

func ms(micros float64) string { return number(micros/1e3, 2) }

// span is a time in a unit that suits it.
func span(nanos float64) string {
	switch abs := math.Abs(nanos); {
	case abs >= 1e9:
		return number(nanos/1e9, 2) + " s"
	case abs >= 1e6:
		return number(nanos/1e6, 1) + " ms"
	case abs >= 1e3:
		return number(nanos/1e3, 2) + " µs"
	}
	return number(nanos, 0) + " ns"
}

func number(v float64, digits int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	return fmt.Sprintf("%.*f", digits, v)
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}
