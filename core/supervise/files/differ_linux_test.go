package files

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/nono-sandbox/nono/core/seccomp"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"golang.org/x/sys/unix"
)

// The test runs one list of random calls twice, in two directories: by the kernel, and by a
// Performer in the caller's place. Every result and what lies there in the end must be the same.

var groups = []spec.Trap{spec.TrapOpens, spec.TrapNames, spec.TrapMetadata}

func TestMain(m *testing.M) {
	switch os.Args[0] {
	case "supervisor":
		runtime.LockOSThread()
		supervisor()
	case "nono-exec-shim":
		runtime.LockOSThread()
		called()
	}
	os.Exit(m.Run())
}

// supervisor performs everything that its command calls.
func supervisor() {
	var performed, left atomic.Int64
	f := New()
	do := func(c *supervise.Call) (notify.Answer, bool) {
		a, ok := f.Perform(c, Hooks{Before: func(*Plan) Decision { return Do }})
		if ok {
			performed.Add(1)
		} else {
			left.Add(1)
		}
		return a, ok
	}
	s := &spec.Spec{}
	decide := map[string]supervise.Decider{}
	for _, g := range groups {
		s.AddTrap(g)
		for _, c := range seccomp.Trapped(g) {
			decide[c.Name] = do
		}
	}
	fd, _ := unix.MemfdCreate("spec", unix.MFD_CLOEXEC)
	end, err := supervise.Run(supervise.Launch{Spec: s, SpecFD: fd, Shim: os.Getenv("SELF"), Args: []string{"--", "trapped"},
		Env: os.Environ(), Features: []supervise.Feature{{Name: "all", Decide: decide, Slow: true}}})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Fprintf(os.Stderr, "performed %d left %d\n", performed.Load(), left.Load())
	os.Exit(end.Status)
}

// called makes the calls in its working directory, trapped if it is told where to send a
// listener.
func called() {
	seed, _ := strconv.ParseInt(os.Getenv("SEED"), 10, 64)
	many, _ := strconv.Atoi(os.Getenv("MANY"))
	p := &player{rand: rand.New(rand.NewSource(seed)), out: os.Stdout}
	p.begin()
	if id, err := strconv.Atoi(os.Getenv("BECOME")); err == nil {
		// Of this thread alone: the tests are about who calls.
		must(unix.Setgroups([]int{id + 1}))
		must(unix.Setresgid(id, id, id))
		must(unix.Setresuid(id, id, id))
		must(unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0))
	}
	unix.Umask(0o027)
	for _, a := range os.Args {
		if to, ok := strings.CutPrefix(a, "--notify="); ok {
			n, _ := strconv.Atoi(to)
			trap(n)
		}
	}
	for n := range many {
		p.step(n)
	}
	os.Exit(0)
}

func trap(to int) {
	s := &spec.Spec{}
	for _, g := range groups {
		s.AddTrap(g)
	}
	code, err := seccomp.Compile(runtime.GOARCH, seccomp.Traps(s))
	must(err)
	must(unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
	// A signal in between would have the call made twice, as the shim knows too.
	const waitKillable = 1 << 5
	l, err := seccomp.Load(code, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER|waitKillable)
	must(err)
	must(unix.Sendmsg(to, []byte{0}, unix.UnixRights(l), nil, 0))
	unix.Close(l)
	unix.Close(to)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// TestAsTheKernel compares.
func TestAsTheKernel(t *testing.T) {
	rounds, many := 6, "400"
	if os.Getenv("NONO_LONG") != "" {
		rounds, many = 200, "2000"
	}
	for _, who := range []string{"own", "user", "dropped"} {
		t.Run(who, func(t *testing.T) {
			if who != "own" && os.Getuid() != 0 {
				t.Skip("needs root")
			}
			seed := rand.Int63()
			for n := range rounds {
				compare(t, who, seed+int64(n), many)
			}
		})
	}
}

const somebody = 54321

func compare(t *testing.T, who string, seed int64, many string) {
	var out [2]string
	base, err := os.MkdirTemp("", "nono-files")
	must(err)
	defer os.RemoveAll(base)
	must(os.Chmod(base, 0o755))
	program := base + "/program" // which anybody may execute
	self, err := os.ReadFile("/proc/self/exe")
	must(err)
	must(os.WriteFile(program, self, 0o755))
	for n, trapped := range []bool{false, true} {
		dir := base + "/" + strconv.Itoa(n) // paths of one length
		work := dir + "/up/up/work"         // no path of the calls leads further up than two
		must(os.MkdirAll(work, 0o777))
		cmd := exec.Command(program, "--", "plain")
		cmd.Args[0] = "nono-exec-shim"
		if trapped {
			cmd.Args[0] = "supervisor"
		}
		cmd.Dir = work
		cmd.Env = []string{"SEED=" + fmt.Sprint(seed), "MANY=" + many, "EACH=" + os.Getenv("EACH"), "SELF=" + program}
		switch who {
		case "user":
			must(os.Chown(work, somebody, somebody))
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: somebody, Gid: somebody, Groups: []uint32{somebody + 1}}}
		case "dropped":
			must(os.Chown(work, somebody, somebody))
			cmd.Env = append(cmd.Env, "BECOME="+fmt.Sprint(somebody))
		}
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Run(); err != nil {
			t.Fatalf("seed %d: %v: %s", seed, err, stderr.String())
		}
		out[n] = strings.ReplaceAll(stdout.String()+tree(work), dir, "DIR")
		if trapped {
			t.Logf("%s", stderr.String())
			var performed, left int
			fmt.Sscanf(stderr.String(), "performed %d left %d", &performed, &left)
			if 3*performed < left {
				t.Errorf("seed %d: of %d calls only %d were made here", seed, performed+left, performed)
			}
		}
	}
	if out[0] == out[1] {
		return
	}
	want, got := strings.Split(out[0], "\n"), strings.Split(out[1], "\n")
	for n := range want {
		if n >= len(got) || want[n] != got[n] {
			t.Fatalf("%s, seed %d:\nkernel: %s\nhere:   %s", who, seed, want[n], append(got, "")[min(n, len(got))])
		}
	}
	t.Fatalf("%s, seed %d: more than the kernel made", who, seed)
}

// tree tells what lies beneath dir.
func tree(dir string) string {
	var b strings.Builder
	filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		var st unix.Stat_t
		if err != nil || unix.Lstat(path, &st) != nil {
			fmt.Fprintf(&b, "%q: %v\n", path, err)
			return nil
		}
		target, _ := os.Readlink(path)
		fmt.Fprintf(&b, "%q %o %d:%d %d %q", path, st.Mode, st.Uid, st.Gid, st.Nlink, target)
		if st.Mode&unix.S_IFMT == unix.S_IFREG {
			fmt.Fprintf(&b, " %d", st.Size)
		}
		if st.Mtim.Sec < 1e6 {
			fmt.Fprintf(&b, " %d.%d", st.Mtim.Sec, st.Mtim.Nsec)
		}
		value := make([]byte, 64)
		if n, err := unix.Lgetxattr(path, "user.test", value); err == nil {
			fmt.Fprintf(&b, " user.test=%q", value[:n])
		}
		b.WriteString("\n")
		return nil
	})
	return b.String()
}
