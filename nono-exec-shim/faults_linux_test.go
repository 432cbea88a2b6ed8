package main_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

// errors that system calls are made to fail with, one call at a time.
var injected = []string{"EPERM", "ENOSYS", "ENOMEM", "EINTR", "EMFILE"}

// TestFaults makes each system call of the shim fail in turn, once it has read
// its spec. The command must never run in less than the whole sandbox. Without
// NONO_LONG=1, it takes a sample.
func TestFaults(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("no strace(1): no system call can be made to fail")
	}
	step := 29
	if os.Getenv("NONO_LONG") == "1" {
		step = 1
	}
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		f := newFaultCase(t, u, strace)
		counts := map[string]int{}
		turn := 0
		for _, c := range f.calls(t) {
			for _, e := range injected {
				if turn++; turn%step != 0 {
					continue
				}
				counts[f.inject(t, c, e)]++
			}
		}
		for _, what := range slices.Sorted(maps.Keys(counts)) {
			t.Logf("%4d %s", counts[what], what)
		}
		if counts["refused with a message"] == 0 {
			t.Error("no fault ever had an effect")
		}
	})
}

// A socket that must not be handed over is not, whatever fails on the way to
// finding out what it is.
func TestFaultsOnInheritedSocket(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("no strace(1): no system call can be made to fail")
	}
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		f := newFaultCase(t, u, strace)
		f.stdin = os.NewFile(uintptr(socketOf(unix.AF_INET, unix.SOCK_DGRAM)(t)), "socket")
		defer f.stdin.Close()
		for n := 1; n <= 3; n++ {
			for _, e := range append(injected, "EACCES", "ENOPROTOOPT") {
				o, log := f.run(t, "-e", fmt.Sprintf("inject=getsockopt:error=%s:when=%d", e, n))
				if o.status != 125 || o.stdout != "" || !strings.HasPrefix(o.stderr, "nono: error: cannot ") {
					t.Errorf("getsockopt number %d fails with %s: %+v", n, e, o)
				}
				if n == 1 && !strings.Contains(log, "(INJECTED)") {
					t.Error("nothing was made to fail")
				}
			}
		}
	})
}

// A faultCase is a sandbox with everything in it that can go wrong.
type faultCase struct {
	*place
	strace string
	spec   string
	ops    []string
	want   []string // where a grant was lost, "EACCES" in place of "ok" is as good
	stdin  *os.File
	leak   *os.File // a descriptor that must not reach the command
}

func newFaultCase(t *testing.T, u testenv.User, strace string) *faultCase {
	p := newPlace(t, u, shimFor(t, 99))
	p.make(t, "f h/key; f h/rc; f h/src/f; f h/note; f out/f")
	support, err := kernel.Detect()
	if err != nil {
		t.Fatal(err)
	}
	leak, err := os.Open(filepath.Join(p.dir, "out/f"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { leak.Close() })
	f := &faultCase{place: p, strace: strace, leak: leak,
		spec: p.spec(t, "allow $D/h; deny $D/h/key; deny-write $D/h/rc; read? $D/none; allow-file /dev/ptmx")}
	pid := sleeper(t, u).Process.Pid
	for _, c := range []struct {
		op, want string
		abi      int
	}{
		{"read $D/h/src/f", "ok", 1},
		{"read $D/h/note", "ok", 1},
		{"read $D/h/key", "EACCES", 1},
		{"read $D/out/f", "EACCES", 1},
		{"write $D/h/rc", "EACCES", 1},
		{"create $D/h/new", "EACCES", 1},
		{"rename $D/h/key $D/h/src/key", "EACCES", 1},
		{"pty-number /dev/ptmx", "EACCES", 5},
		{"socket 2 1", "EPERM", 1},
		{"socket 2 2", "EPERM", 1},
		{"socket 1 1", "EPERM", 1},
		{"socketpair 2", "EPERM", 1},
		{fmt.Sprintf("call %d 1 0", unix.SYS_IO_URING_SETUP), "EPERM", 1},
		{fmt.Sprintf("call %d 0x10000000", unix.SYS_UNSHARE), "EPERM", 1},
		{fmt.Sprintf("kill %d 0", pid), "EPERM", 6},
		{"no-new-privs", "1", 1},
		{"fds", "0 1 2", 1},
		{"caps", "effective 0 permitted 0 inheritable 0", 1},
	} {
		if u.Root() && c.op == "caps" {
			c.want = "effective fb permitted fb inheritable 0"
		}
		if support.ABI >= c.abi {
			f.ops, f.want = append(f.ops, c.op), append(f.want, c.want)
		}
	}
	return f
}

// run starts the shim under strace, whose flags say what is to fail, and returns
// how it went and what strace saw.
func (f *faultCase) run(t *testing.T, flags ...string) (outcome, string) {
	t.Helper()
	log := filepath.Join(f.dir, "strace.log")
	os.Remove(log)
	args := append([]string{"-f", "-o", log}, flags...)
	args = append(append(args, f.shim, f.spec, "--", probePath(t)), f.words(f.ops)...)
	cmd := f.u.Command(f.strace, args...)
	cmd.ExtraFiles = []*os.File{f.leak}
	if f.stdin != nil {
		cmd.Stdin = f.stdin
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		if cmd.Process != nil {
			cmd.Process.Kill()
		}
	})
	defer stop()
	o := run(t, cmd)
	if ctx.Err() != nil {
		t.Errorf("strace %q: no end after a minute", flags)
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	return o, string(text)
}

// A nthCall is the n-th call of that name, counted by thread as strace does.
type nthCall struct {
	name string
	n    int
}

var (
	callLine = regexp.MustCompile(`^(\d+) +(?:<\.\.\. )?(\w+)[( ]`)
	started  = regexp.MustCompile(`execve\("[^"]*/probe"`)
)

// ofRuntime are calls that Go's runtime makes for itself, as often as it likes.
var ofRuntime = map[string]bool{"nanosleep": true, "futex": true, "sched_yield": true, "epoll_pwait": true, "gettid": true, "getpid": true,
	"tgkill": true, "rt_sigreturn": true, "rt_sigprocmask": true, "madvise": true}

// calls returns what the shim calls after its spec is read and until the
// command is executed, by watching one run.
func (f *faultCase) calls(t *testing.T) []nthCall {
	t.Helper()
	o, log := f.run(t)
	f.whole(t, "without a fault", o)
	seen := map[string]int{} // by thread and name
	var calls []nthCall
	after := false
	for line := range strings.SplitSeq(log, "\n") {
		m := callLine.FindStringSubmatch(line)
		if m == nil || strings.Contains(line, "resumed>") {
			continue
		}
		seen[m[1]+m[2]]++
		c := nthCall{m[2], seen[m[1]+m[2]]}
		if after && !slices.Contains(calls, c) && (c.n <= 2 || !ofRuntime[c.name]) {
			calls = append(calls, c)
		}
		if started.MatchString(line) {
			break
		}
		if !after && m[2] == "openat" && strings.Contains(line, f.spec) {
			after = true
		}
	}
	if len(calls) < 40 {
		t.Fatalf("only %d calls were seen:\n%s", len(calls), log)
	}
	t.Logf("%d system calls after the spec is opened", len(calls))
	return calls
}

// inject makes one call fail and says what came of it.
func (f *faultCase) inject(t *testing.T, c nthCall, errno string) string {
	t.Helper()
	what := fmt.Sprintf("%s number %d fails with %s", c.name, c.n, errno)
	f.make(t, "f h/key; f h/rc; f h/src/f; f h/note; f out/f")
	flags := []string{"-e", fmt.Sprintf("inject=%s:error=%s:when=%d", c.name, errno, c.n)}
	if c.name != "execve" {
		flags = append(flags, "-b", "execve") // let the command itself alone
	}
	o, log := f.run(t, flags...)
	switch {
	case !strings.Contains(log, "(INJECTED)"):
		f.whole(t, what, o)
		return "never came to that call"
	case o.stdout != "":
		return f.whole(t, what, o)
	case o.status == 125 || o.status == 126:
		if !strings.HasPrefix(o.stderr, "nono: error: cannot ") || strings.Count(o.stderr, "\n") > 2 {
			t.Errorf("%s: status %d without a clear message: %s", what, o.status, o.stderr)
		}
		return "refused with a message"
	case o.status == 2 && strings.Contains(o.stderr, "runtime"), o.status == 2 && strings.Contains(o.stderr, "fatal error"), o.status >= 128:
		return "Go's runtime gave up"
	}
	t.Errorf("%s: status %d\n%s%s", what, o.status, o.stdout, o.stderr)
	return "unclear"
}

// whole holds that the command ran to its end in the whole sandbox.
func (f *faultCase) whole(t *testing.T, what string, o outcome) string {
	t.Helper()
	got := strings.Split(strings.TrimSuffix(o.stdout, "\n"), "\n")
	if o.status != 0 || len(got) != len(f.ops)+1 || got[len(f.ops)] != "finished" {
		t.Errorf("%s: the command did not finish: status %d\n%s%s", what, o.status, o.stdout, o.stderr)
		return "unclear"
	}
	result := "ran in the whole sandbox"
	for i, want := range f.want {
		switch {
		case got[i] == want:
		case want == "ok" && got[i] == "EACCES":
			result = "ran in a sandbox with less granted"
		default:
			t.Errorf("%s: the command ran, and %s: %s, want %s", what, f.ops[i], got[i], want)
		}
	}
	return result
}
