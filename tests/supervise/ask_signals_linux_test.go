package supervise

import (
	"os"
	"os/exec"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// While a question is open, a signal that ends the asker ends it, also behind one that
// has stopped it (as Ctrl-Z, fg and Ctrl-C send them), and a connection that waits is ended
// by a signal with a handler, as the kernel's own would be.
func TestAskSignals(t *testing.T) {
	testenv.RequireLandlock(t, 4)
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("python3 is not installed")
	}
	const alarm = `python3 -c 'import signal, socket
def ring(*a): raise SystemExit("rang")
signal.signal(signal.SIGALRM, ring)
signal.alarm(1)
socket.socket().connect(("192.0.2.77", 81))'; echo $?`
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		for _, c := range []struct{ name, signals, script, want string }{
			{"ends", "kill -TERM $pid", "cat $O/f; echo $?", "Terminated\n143\n"},
			{"stopped before", "kill -TSTP $pid; sleep 0.3; kill -CONT $pid; sleep 0.3; kill -INT $pid", "sh -c 'exec cat $0' $O/f; echo $?", "130\n"},
			{"handled", "", alarm, "rang\n1\n"},
		} {
			t.Run(c.name, func(t *testing.T) {
				late := u.Dir(t) + "/late"
				a := newAsked(t, u, `pid=$(printf '%s' "$q" | sed -n 's/.*"asker":{"pid":\([0-9]*\).*/\1/p')
`+c.signals+`
sleep 25; touch `+late+`; echo '{"yes":true}'`)
				a.says(t, c.want, c.script, "--host", "granted.example")
				if _, err := os.Lstat(late); err == nil {
					t.Error("the question stayed open until its answer")
				}
				if asked := a.questions(t, "op"); len(asked) != 1 {
					t.Errorf("asked about %q", asked)
				}
			})
		}
	})
}
