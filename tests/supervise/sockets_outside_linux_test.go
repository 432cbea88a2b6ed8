package supervise

import (
	"bytes"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

// A directory stands for the sockets beneath it; and a name that is granted for the
// server that is there, not for another one that the command puts in its place.
func TestSocketDirectory(t *testing.T) {
	testenv.RequireLandlock(t, 6)
	const python = "/usr/bin/python3"
	if _, err := os.Stat(python); err != nil {
		t.Skip(python + " is missing")
	}
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := old(t, u)
		for _, dir := range []string{r.home + "/all", r.home + "/all/below", r.dir + "/open"} {
			must(t, os.Mkdir(dir, 0o755))
			u.Own(t, dir)
		}
		for _, path := range []string{r.home + "/all/one", r.home + "/all/below/two", r.home + "/all/shut", r.home + "/other",
			r.dir + "/first", r.dir + "/second", r.dir + "/third", r.dir + "/open/in"} {
			outside(t, u, path)
		}
		flags := []string{"--unix-socket", r.home + "/all", "--deny", r.home + "/all/shut", "--unix-socket", r.dir + "/first",
			"--unix-socket", r.dir + "/second", "--unix-socket", r.dir + "/open"}
		cmd := r.nonoRun(flags, python, "-c", `import os,socket,sys
def at(path):
    s = socket.socket(socket.AF_UNIX)
    try: s.connect(path); print(os.path.basename(path), s.recv(20).decode())
    except OSError as e: print(os.path.basename(path), e.strerror)
home = sys.argv[1]
for name in "all/one", "all/below/two", "all/shut", "other": at(home + "/" + name)
for name in "first", "second", "third", "open/in": at(name)
os.rename("first", "moved"); at("moved"); os.rename("moved", "first"); at("first")
os.rename("third", "first"); at("first")               # not the server that was granted
os.unlink("second"); os.link("first", "second"); at("second")
os.rename("first", "open/first"); at("open/first")     # nor one that its server made elsewhere
s = socket.socket(socket.AF_UNIX)
try: s.setsockopt(socket.SOL_SOCKET, 83, 1); print("the option can be changed")
except OSError as e: print("SO_PASSRIGHTS", e.strerror)
`, r.home)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		finish(t, cmd, &out)
		const want = `one outside
two outside
shut Permission denied
other Permission denied
first outside
second outside
third Permission denied
in outside
moved Permission denied
first outside
first Permission denied
second Permission denied
first Permission denied
SO_PASSRIGHTS Operation not permitted
`
		if out.String() != want {
			t.Errorf("it said:\n%s\nwant:\n%s", out.String(), want)
		}
	})
}

// Beside a credential, whose requests the supervisor sends on, the command reaches the ports
// that are open and no other.
func TestPortsBesideCredential(t *testing.T) {
	testenv.RequireLandlock(t, 6)
	const python = "/usr/bin/python3"
	if _, err := os.Stat(python); err != nil {
		t.Skip(python + " is missing")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	must(t, err)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := old(t, u)
		for open, want := range map[string]string{"9": "Permission denied\n", port: "connected\n"} {
			cmd := r.nonoRun([]string{"--port", open, "--credential", "anthropic", "--inner-sockets"}, python, "-c", `import socket,sys
try: socket.create_connection(("127.0.0.1", int(sys.argv[1]))); print("connected")
except OSError as e: print(e.strerror)`, port)
			cmd.Env = append(cmd.Env, "ANTHROPIC_API_KEY=none")
			var out, said bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &said
			finish(t, cmd, &said)
			if out.String() != want {
				t.Errorf("--port %s: %q, want %q; %s", open, out.String(), want, &said)
			}
		}
	})
}

// A server outside that is granted cannot pass a descriptor in, and one inside can.
func TestSocketDescriptors(t *testing.T) {
	testenv.RequireLandlock(t, 6)
	const python = "/usr/bin/python3"
	if _, err := os.Stat(python); err != nil {
		t.Skip(python + " is missing")
	}
	probe, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	must(t, err)
	defer unix.Close(probe)
	if unix.SetsockoptInt(probe, unix.SOL_SOCKET, unix.SO_PASSRIGHTS, 1) != nil {
		t.Skip("the kernel has no SO_PASSRIGHTS (Linux 6.16)")
	}
	const client = `import os,socket,sys
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
m, fds, _, _ = socket.recv_fds(s, 9, 4); print(m.decode(), len(fds))`
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := old(t, u)
		l, err := net.ListenUnix("unix", &net.UnixAddr{Name: r.home + "/giver", Net: "unix"})
		must(t, err)
		defer l.Close()
		must(t, os.Chmod(r.home+"/giver", 0o777))
		u.Own(t, r.home+"/giver")
		go func() {
			for {
				c, err := l.AcceptUnix()
				if err != nil {
					return
				}
				if _, _, err := c.WriteMsgUnix([]byte("given"), unix.UnixRights(0), nil); err != nil {
					c.Write([]byte("refused"))
				}
				c.Close()
			}
		}()
		run := func(words []string, inside bool) string {
			cmd := r.u.Command(words[0], words[1:]...)
			if inside {
				cmd = r.nonoRun([]string{"--unix-socket", r.home + "/giver"}, words...)
			}
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			finish(t, cmd, &out)
			return strings.TrimSpace(out.String())
		}
		words := []string{python, "-c", client, r.home + "/giver"}
		if got := run(words, true); got != "refused 0" {
			t.Errorf("inside: %q", got)
		}
		if got := run(words, false); got != "given 1" {
			t.Errorf("control, outside: %q", got)
		}
	})
}
