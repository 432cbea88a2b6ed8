package agents

import (
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
)

// fixed are the places that agents use whatever TMPDIR is.
func fixed() []string {
	uid := strconv.Itoa(testenv.Ordinary().UID)
	return []string{"/tmp/openclaw", "/tmp/openclaw-state-locks-" + uid, "/tmp/opencode", "/tmp/claude-" + uid, "/tmp/cc-socks"}
}

// left are those of the fixed places that this run has made, and turn is what keeps
// another run from them meanwhile.
var (
	once sync.Once
	left []string
	turn net.Listener
)

// alone waits until no other run of these tests is there: two would take each other's
// fixed places away. The name is the kernel's, and goes with the process.
func alone(t *testing.T) {
	t.Helper()
	once.Do(func() {
		var err error
		for turn == nil {
			if turn, err = net.Listen("unix", "@nono-test-agents"); err != nil {
				fmt.Fprintln(os.Stderr, "waiting for another run of these tests to end:", err)
				time.Sleep(10 * time.Second)
			}
		}
		for _, path := range fixed() {
			if _, err := os.Lstat(path); os.IsNotExist(err) {
				left = append(left, path)
			}
		}
	})
}

// removeLeft removes what agents have put into the fixed places, where it was not there
// before.
func removeLeft() {
	for _, path := range left {
		os.RemoveAll(path)
	}
}

// usage is what the agents have used, by the test that started them.
type usage struct {
	mu     sync.Mutex
	starts map[string]int
	cpu    map[string]time.Duration
}

var used = usage{starts: map[string]int{}, cpu: map[string]time.Duration{}}

// add counts a command that has ended. What it left running, or started on a terminal of
// tmux's, is not in it.
func (u *usage) add(test string, ended *os.ProcessState) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.starts[test]++
	u.cpu[test] += ended.UserTime() + ended.SystemTime()
}

// report prints it, the dearest first.
func (u *usage) report() {
	var tests []string
	var starts int
	var cpu time.Duration
	for test := range u.starts {
		tests = append(tests, test)
		starts, cpu = starts+u.starts[test], cpu+u.cpu[test]
	}
	if len(tests) == 0 {
		return
	}
	slices.SortFunc(tests, func(a, b string) int {
		if d := u.cpu[b] - u.cpu[a]; d != 0 {
			return int(d / time.Millisecond)
		}
		return strings.Compare(a, b)
	})
	fmt.Printf("%d commands, %.0f s of CPU time\n", starts, cpu.Seconds())
	for _, test := range tests {
		fmt.Printf("%4d %7.1f s %s\n", u.starts[test], u.cpu[test].Seconds(), test)
	}
}
