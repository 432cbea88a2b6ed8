package supervise

import (
	"bytes"
	"os/exec"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// Programs that serve and use Unix sockets of their own work with --inner-sockets, on a
// kernel where the supervisor makes the connections.
func TestSocketPrograms(t *testing.T) {
	testenv.RequireLandlock(t, 6)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		for _, c := range []struct{ name, needs, script, want string }{
			{"multiprocessing", "/usr/bin/python3", `cat >m.py <<'E'
import multiprocessing as m
if __name__ == "__main__":
    with m.Manager() as g:
        d = g.dict(); all = [m.Process(target=d.update, args=({n: n},)) for n in range(3)]
        for p in all: p.start()
        for p in all: p.join()
        print(sorted(d.keys()))
E
/usr/bin/python3 m.py`, "[0, 1, 2]\n"},
			{"tmux", "tmux", `export TMUX_TMPDIR=$TMPDIR TERM=xterm SHELL=/bin/sh; tmux -f /dev/null new-session -d 'echo inside >out; tmux wait-for -S done; exec sleep 100'
timeout 100 tmux wait-for done; tmux list-sessions -F '#{session_windows}'; tmux kill-server; cat out`, "1\ninside\n"},
			{"D-Bus", "dbus-daemon", `cat >bus.conf <<E
<busconfig><type>session</type><listen>unix:path=$TMPDIR/bus</listen><policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
E
dbus-run-session --config-file=$PWD/bus.conf -- dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus.NameHasOwner string:org.freedesktop.DBus`, "   boolean true\n"},
		} {
			t.Run(c.name, func(t *testing.T) {
				if _, err := exec.LookPath(c.needs); err != nil {
					t.Skip(c.needs + " is missing")
				}
				r := old(t, u)
				cmd := r.nonoRun([]string{"--inner-sockets"}, "sh", "-c", c.script)
				var out, said bytes.Buffer
				cmd.Stdout, cmd.Stderr = &out, &said
				finish(t, cmd, &out)
				if got := out.String(); got != c.want {
					t.Errorf("%q, want %q; it said: %s", got, c.want, said.String())
				}
			})
		}
	})
}
