package brief_test

import (
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

const show = "github.com/nono-sandbox/nono/core/entry/brief/testdata/show"

func TestMain(m *testing.M) { testenv.Main(m) }

// TestNextProgram: the runtime has one thread and a sleepy timer, and the next
// program has neither from it.
func TestNextProgram(t *testing.T) {
	at := testenv.Build(t, show, "-ldflags", "-E _nono_entry")
	slack, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	many := []string{}
	for i := range 200 {
		many = append(many, fmt.Sprint("V", i, "=", strings.Repeat("x", i)))
	}
	for _, c := range []struct {
		threads int
		env     []string
	}{
		{1, []string{}},
		{1, []string{"A=b"}},
		{1, []string{"", "G", "=", "GOMAXPRO", "GOMAXPROCS", "GOMAXPROC=4", "GOMAXPROCSS=4", "XGOMAXPROCS=4"}},
		{2, []string{"GOMAXPROCS=2"}},
		{2, append(many, "GOMAXPROCS=2")},
		{1, many},
	} {
		for _, args := range [][]string{nil, {"a"}, {"", "b c", "GOMAXPROCS=7"}, strings.Fields(strings.Repeat("x ", 301))} {
			cmd := exec.Command(at, args...)
			cmd.Env = c.env
			out, err := cmd.CombinedOutput()
			var want []string
			for _, kv := range c.env {
				if kv != "" { // Go leaves it out
					want = append(want, kv)
				}
			}
			if got := string(out); err != nil || got != fmt.Sprintf("%d 10000000 %d %q %q\n", c.threads, slack, args, want) {
				t.Errorf("environment %.60q, %d arguments: %v %.300s", c.env, len(args), err, got)
			}
		}
	}
}

// TestWithoutTheLinkersFlag: a build that begins in Go's own entry point works.
func TestWithoutTheLinkersFlag(t *testing.T) {
	cmd := exec.Command(testenv.Build(t, show), "a")
	cmd.Env = []string{"A=b"}
	out, err := cmd.CombinedOutput()
	if got := string(out); err != nil || !strings.HasPrefix(got, fmt.Sprint(runtime.GOMAXPROCS(0), " ")) || !strings.HasSuffix(got, ` ["a"] ["A=b"]`+"\n") {
		t.Errorf("%v %s", err, got)
	}
}
