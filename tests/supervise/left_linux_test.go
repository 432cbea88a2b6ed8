package supervise

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
)

// leaves is a command that leaves a daemon and a job in the background, and ends.
const leaves = `setsid sleep 600 >/dev/null 2>&1 </dev/null & sleep 600 >/dev/null 2>&1 </dev/null & exit 4`

// What outlives the command under supervision is named at the end; what ends by itself a
// moment later is not.
func TestLeftRunning(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u)
		for _, c := range []struct {
			name, script string
			flags        []string
			want, not    string
		}{
			{"ended", leaves, []string{"--summary", "text", "--inner-sockets"}, `nono: notice: the command has left running: 'sleep', 'sleep' (ended with the command; --wait-all waits)`, ""},
			{"as JSON", leaves, []string{"--summary", "json", "--audit-log", r.home + "/log"}, `"left":["sleep","sleep"]`, "notice"},
			{"waited for", `sleep 1 & exit 4`, []string{"--summary", "text", "--wait-all"}, `nono: notice: waiting for what the command has left running: 'sleep' (--wait-all)`, "ended"},
			{"nobody is told", leaves, []string{"--summary", "none", "--inner-sockets"}, "", "left"},
			{"nobody is left", `sleep 0.01 & wait; exit 4`, []string{"--summary", "text", "--inner-sockets"}, "", "left"},
		} {
			out, status := r.ran(t, c.flags, "sh", "-c", c.script)
			if status != 4 || !strings.Contains(out, c.want) || c.not != "" && strings.Contains(out, c.not) {
				t.Errorf("%s: status %d\n%s", c.name, status, out)
			}
		}
	})
}

// Without a supervisor a daemon outlives the command, and is in the sandbox as before.
func TestLeftRunningPlain(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u)
		key := r.home + "/key"
		must(t, os.WriteFile(key, []byte("SECRET\n"), 0o600))
		u.Own(t, key)
		out, status := r.ran(t, nil, "sh", "-c", `setsid sh -c 'echo $$ >new; mv new pid; until [ -e ended ]; do sleep 0.05; done
cat '`+key+`' >said 2>&1; sh -c ": >'`+r.home+`/made'" 2>>said; mv said tried; exec sleep 600' >/dev/null 2>&1 </dev/null & until [ -e pid ]; do sleep 0.01; done; exit 4`)
		if status != 4 || out != "" {
			t.Errorf("status %d\n%s", status, out)
		}
		text, err := os.ReadFile(r.dir + "/pid")
		must(t, err)
		pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
		must(t, err)
		if !alive(pid) {
			t.Error("the daemon has ended with the command")
		}
		defer syscall.Kill(pid, syscall.SIGKILL)
		must(t, os.WriteFile(r.dir+"/ended", nil, 0o600))
		var said []byte
		for end := time.Now().Add(time.Minute); time.Now().Before(end) && said == nil; time.Sleep(20 * time.Millisecond) {
			said, _ = os.ReadFile(r.dir + "/tried")
		}
		if strings.Contains(string(said), "SECRET") || strings.Count(string(said), "Permission denied") != 2 {
			t.Errorf("after the end it was said:\n%s", said)
		}
	})
}
