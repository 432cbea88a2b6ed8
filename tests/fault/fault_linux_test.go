// Package fault makes the system calls of nono-run fail, one at a time, up to those with
// which it restricts itself, and proves that the command then never runs with less than was asked for.
package fault

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// errors are what every call is made to fail with.
var errnos = []string{"EPERM", "ENOSYS", "ENOMEM", "EINTR", "EMFILE"}

// probe says "ran", and "LEAK" for everything that it can do and should not.
const probe = `
leak() { echo "LEAK $1"; }
echo ran
{ read -r x <"$HOME/.ssh/id"; } 2>/dev/null && leak 'a protected file'
{ read -r x <"$OUT/secret"; } 2>/dev/null && leak 'a file outside'
{ echo x >>"$HOME/.bashrc"; } 2>/dev/null && leak 'a file that runs later'
{ echo x >>"$OUT/secret"; } 2>/dev/null && leak 'writing outside'
{ read -r x <"$DENIED/file"; } 2>/dev/null && leak 'a denied directory'
{ /usr/bin/unlink --version; } >/dev/null 2>&1 && leak 'a blocked command'
[ -z "$MY_TEST_TOKEN" ] || leak 'a credential'
while read -r key value; do
	case $key in
	Seccomp:) [ "$value" = 2 ] || leak 'no filter' ;;
	NoNewPrivs:) [ "$value" = 1 ] || leak 'new privileges' ;;
	CapEff:) case $value in *[1-9a-f]?????) leak "capabilities $value" ;; esac ;;
	esac
done </proc/self/status
echo finished
`

// A scene is what a user protects, and how the probe is started there.
type scene struct {
	user  testenv.User
	s     suite.Suite
	env   []string
	words []string // of nono-run
}

func newScene(t *testing.T, u testenv.User, s suite.Suite) scene {
	t.Helper()
	dir := u.Dir(t)
	file := func(name, text string) {
		path := filepath.Join(dir, name)
		for d := filepath.Dir(path); len(d) > len(dir); d = filepath.Dir(d) {
			if err := os.MkdirAll(d, 0o755); err != nil {
				t.Fatal(err)
			}
			u.Own(t, d)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		u.Own(t, path)
	}
	file("home/.ssh/id", "key\n")
	file("home/.bashrc", "\n")
	file("home/denied/file", "x\n")
	file("home/project/file", "x\n")
	file("out/secret", "secret\n")
	file("tmp/x", "")
	home := filepath.Join(dir, "home")
	return scene{user: u, s: s,
		env: []string{"PATH=/usr/bin:/bin", "HOME=" + home, "OUT=" + dir + "/out", "DENIED=" + home + "/denied",
			"TMPDIR=" + dir + "/tmp", "MY_TEST_TOKEN=t", "GOMAXPROCS=1"},
		words: []string{s.Path("nono-run"), "--silent", "--net-block", "--allow", home, "--deny", home + "/denied", "--", "/bin/sh", "-c", probe},
	}
}

// run starts the probe by the words in front, and returns what it said.
func (sc scene) run(words ...string) (string, int) {
	words = append(words, sc.words...)
	cmd := sc.user.Command(words[0], words[1:]...)
	cmd.Env = sc.env
	out, _ := cmd.CombinedOutput()
	return string(out), cmd.ProcessState.ExitCode()
}

// outcomes counts what came of the faults.
type outcomes struct {
	mu    sync.Mutex
	count map[string]int
}

func (o *outcomes) add(what string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.count[what]++
}

func TestFaults(t *testing.T) { everyCall(t) }

// What the parent of a supervised command cannot do widens nothing either: the command
// sees an error, or ends.
func TestSupervisedFaults(t *testing.T) {
	everyCall(t, "--audit-level", "all", "--allow-rmdir-own", "--audit-log")
}

// everyCall makes each call fail in turn. more are flags of nono-run; the last of them
// takes a file.
func everyCall(t *testing.T, more ...string) {
	testenv.RequireLandlock(t, 1)
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is missing: no fault can be injected")
	}
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		sc := newScene(t, u, s)
		if len(more) > 0 {
			sc.words = slices.Insert(sc.words, 1, append(slices.Clone(more), filepath.Join(u.Dir(t), "log"))...)
		}
		controls(t, sc)
		faults := discover(t, sc, strace)
		o := &outcomes{count: map[string]int{}}
		t.Run("calls", func(t *testing.T) {
			for _, f := range faults {
				t.Run(f.call, func(t *testing.T) {
					t.Parallel()
					for i, when := range f.when {
						for _, errno := range chosen(i, len(f.when), len(more) > 0, u.Root()) {
							sc.inject(t, strace, f.call, errno, when, o)
						}
					}
				})
			}
		})
		t.Logf("outcomes: %v", o.count)
	})
}

// chosen are the errnos of occurrence i of a call that has n: all of them if a long run is
// wanted; else so many that each occurrence fails with one and, unless few are wanted, the
// call with each. Of few, root has every other occurrence and the user the rest.
func chosen(i, n int, few, root bool) (some []string) {
	if few && n > 1 && !suite.Long() && root == (i%2 == 1) {
		return nil
	}
	for j, errno := range errnos {
		if suite.Long() || j == i%len(errnos) || !few && n < len(errnos) && j%n == i {
			some = append(some, errno)
		}
	}
	return some
}

// controls shows that the probe finds leaks where there are some, and none in a
// sandbox that was started without a fault.
func controls(t *testing.T, sc scene) {
	t.Helper()
	bare := sc
	bare.words = []string{"/bin/sh", "-c", probe}
	if out, _ := bare.run(); strings.Count(out, "LEAK") < 8 || !strings.Contains(out, "finished") {
		t.Fatalf("control: without nono the probe said:\n%s", out)
	}
	if out, status := sc.run(); out != "ran\nfinished\n" || status != 0 {
		t.Fatalf("control: without a fault, status %d:\n%s", status, out)
	}
}

// inject runs the probe with one call failing, and judges what came of it.
func (sc scene) inject(t *testing.T, strace, call, errno string, when int, o *outcomes) {
	t.Helper()
	trace := filepath.Join(sc.user.Dir(t), "trace")
	out, status := sc.run(strace, "-f", "-qq", "--seccomp-bpf", "-o", trace, "-e", "trace="+call,
		"-e", fmt.Sprintf("inject=%s:error=%s:when=%d", call, errno, when))
	text, _ := os.ReadFile(trace)
	what := fmt.Sprintf("%s number %d failing with %s", call, when, errno)
	switch {
	case !strings.Contains(string(text), "(INJECTED)"):
		o.add("not reached")
	case strings.Contains(out, "LEAK"):
		t.Errorf("%s: the command ran with less:\n%s", what, out)
		o.add("leak")
	case strings.HasSuffix(out, "ran\nfinished\n") && status == 0:
		o.add("whole sandbox")
	case strings.Contains(out, "ran\n"), strings.Contains(out, "error while loading shared libraries"),
		call == "write" && strings.Contains(out, "echo: I/O error") && strings.HasSuffix(out, "finished\n"):
		// The fault was in the probe itself, be it in saying that it ran, or the
		// kernel stopped it. One write fails, and a leak would be many lines.
		o.add("the command itself failed")
	case status == 125 && strings.HasPrefix(out, "nono: error: "):
		o.add("refused")
	case status == 125 && call == "write" && out == "":
		o.add("refused, the message being what failed")
	case (status == 126 || status == 127 || status == 2) && strings.HasPrefix(out, "nono: error: "):
		o.add("refused as the command's fault")
	case status == -1 && out == "":
		o.add("ended by a signal before the command began")
	case status == 2 && strings.Contains(out, "fatal error: "):
		o.add("ended by the runtime")
	default:
		t.Errorf("%s: status %d, and no message:\n%.500s", what, status, out)
		o.add("unclear")
	}
}
