package fault

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// The runtime's own calls: it ends the process itself where these fail, or they
// fail all the time.
var runtimes = []string{"futex", "nanosleep", "epoll_pwait", "epoll_ctl", "epoll_create1", "eventfd2", "tgkill", "rt_sigreturn", "rt_sigprocmask",
	"sched_yield", "clone", "clone3", "madvise", "munmap", "mmap", "gettid", "sigaltstack", "getpid", "exit_group", "restart_syscall", "rt_sigaction"}

// A fault is one system call to fail, and at which occurrences.
type fault struct {
	call string
	when []int
}

var callLine = regexp.MustCompile(`^(\d+) +([a-z0-9_]+)\(`)

// probed are names that the probe tries: a call about one of them is never left
// out of the sample.
var probed = []string{".ssh", ".bashrc", "denied", "unlink\"", "/out"}

// discover traces one launch from its first look at the world to the command, or to
// the shim where a supervisor starts that.
func discover(t *testing.T, sc scene, strace string) []fault {
	t.Helper()
	trace := filepath.Join(sc.user.Dir(t), "trace")
	if out, status := sc.run(strace, "-f", "-o", trace); status != 0 {
		t.Skipf("strace does not work here: %s", out)
	}
	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{} // by thread and call, as strace counts
	when := map[string][]int{}
	always := map[string][]int{}
	started := false
	for line := range strings.Lines(string(text)) {
		m := callLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if m[2] == "execve" && (strings.Contains(line, "nono-exec-shim") || strings.Contains(line, `["/bin/sh"`)) {
			// strace itself makes the first, of nono-run.
			when["execve"] = []int{seen[m[1]+"execve"] + 1, seen[m[1]+"execve"]}
			break
		}
		started = started || m[2] == "getcwd"
		seen[m[1]+m[2]]++
		if n := seen[m[1]+m[2]]; started {
			when[m[2]] = append(when[m[2]], n)
			if slices.ContainsFunc(probed, func(name string) bool { return strings.Contains(line, name) }) {
				always[m[2]] = append(always[m[2]], n)
			}
		}
	}
	var faults []fault
	for call, all := range when {
		if slices.Contains(runtimes, call) {
			continue
		}
		faults = append(faults, fault{call, sample(all, always[call])})
	}
	if len(faults) < 10 {
		t.Fatalf("only %d system calls were found", len(faults))
	}
	return faults
}

// sample chooses among the occurrences of a call: all of a few, some of many,
// and those that matter most.
func sample(all, always []int) []int {
	most, matter := 3, 8
	if suite.Long() {
		most, matter = 150, 150
	}
	pick := func(from []int, most int) (out []int) {
		for i := range min(len(from), most) {
			if len(from) > most {
				i = i * (len(from) - 1) / (most - 1)
			}
			out = append(out, from[i])
		}
		return out
	}
	when := append(pick(all, most), pick(always, matter)...)
	slices.Sort(when)
	return slices.Compact(when)
}
