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
		for _, c := range []struct {
			name, needs, script, want string
			flags                     []string
		}{
			{"multiprocessing", "/usr/bin/python3", `cat >m.py <<'E'
import multiprocessing as m
if __name__ == "__main__":
    with m.Manager() as g:
        d = g.dict(); all = [m.Process(target=d.update, args=({n: n},)) for n in range(3)]
        for p in all: p.start()
        for p in all: p.join()
        print(sorted(d.keys()))
E
/usr/bin/python3 m.py`, "[0, 1, 2]\n", nil},
			{"tmux", "tmux", `export TMUX_TMPDIR=$TMPDIR TERM=xterm SHELL=/bin/sh; tmux -f /dev/null new-session -d 'echo inside >out; tmux wait-for -S done; exec sleep 100'
timeout 100 tmux wait-for done; tmux list-sessions -F '#{session_windows}'; tmux kill-server; cat out`, "1\ninside\n", nil},
			{"D-Bus", "dbus-daemon", `cat >bus.conf <<E
<busconfig><type>session</type><listen>unix:path=$TMPDIR/bus</listen><policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
E
dbus-run-session --config-file=$PWD/bus.conf -- dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus.NameHasOwner string:org.freedesktop.DBus`, "   boolean true\n", nil},
			// gpg-agent is one of those whose memory and descriptors nobody may look at.
			{"gpg-agent", "gpg-agent", `export GNUPGHOME=$PWD/g; mkdir -m 700 g
gpg --batch -q --pinentry-mode loopback --passphrase "" --quick-gen-key a@b ed25519 sign never
echo text | gpg --batch -q -s -a | gpg -q -d 2>/dev/null; gpgconf --kill all`, "text\n", nil},
			{"PostgreSQL", "/usr/lib/postgresql/15/bin/postgres", `PATH=/usr/lib/postgresql/15/bin:$PATH; { initdb -D pg && pg_ctl -D pg -w -o "-k $PWD -c listen_addresses=" -l pg.log start; } >init.log || cat init.log pg.log
psql -h $PWD postgres -Atc 'select 6*7'; pg_ctl -D pg -w -m fast stop >stop.log`, "42\n", []string{"--read", "/usr/lib/postgresql", "--allow-ipc"}},
			{"Chromium", "chromium", `export HOME=$PWD; chromium --headless --no-sandbox --disable-gpu --user-data-dir=$PWD/c --dump-dom 'data:text/html,<p>six'`,
				"<html><head></head><body><p>six</p></body></html>\n", nil},
			// Its lock lies in /tmp whatever TMPDIR says; its socket has an abstract name.
			{"Xvfb", "Xvfb", `Xvfb -displayfd 3 -nolisten tcp -nolisten unix -listen local -fbdir $TMPDIR 3>display 2>x.log & until [ -s display ]; do kill -0 $! || exit; sleep 0.05; done
DISPLAY=:$(cat display) xterm -e sh -c "echo inside >out" 2>xterm.log; cat out || cat x.log xterm.log; kill $!`, "inside\n", []string{"--allow", "/tmp", "--allow-beside-denied"}},
		} {
			t.Run(c.name, func(t *testing.T) {
				if _, err := exec.LookPath(c.needs); err != nil {
					t.Skip(c.needs + " is missing")
				}
				if (c.name == "PostgreSQL" || c.name == "Xvfb") && u.Root() {
					t.Skip("as root it does not start, or wants a directory in /tmp to be root's")
				}
				r := old(t, u)
				cmd := r.nonoRun(append(c.flags, "--inner-sockets"), "sh", "-c", c.script)
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
