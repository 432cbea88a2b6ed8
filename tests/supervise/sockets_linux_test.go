package supervise

import (
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// outside is a server that counts who comes.
func outside(t *testing.T, u testenv.User, path string) *atomic.Int32 {
	t.Helper()
	l, err := net.Listen("unix", path)
	must(t, err)
	must(t, os.Chmod(path, 0o777))
	u.Own(t, path)
	t.Cleanup(func() { l.Close() })
	came := &atomic.Int32{}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			came.Add(1)
			c.Write([]byte("outside"))
			c.Close()
		}
	}()
	return came
}

// old is a suite whose programs act as on a kernel whose Landlock cannot tell Unix
// sockets apart, as this one's may not.
func old(t *testing.T, u testenv.User) *run {
	t.Helper()
	r := newRun(t, u)
	r.s = suite.Build(t, 7)
	return r
}

func (r *run) attack(flags []string, words ...string) (string, int) {
	r.t.Helper()
	door := testenv.Build(r.t, "./attacker", "-ldflags", "-s -w")
	cmd := r.nonoRun(append([]string{"--read-file", door}, flags...), append([]string{door}, words...)...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	ws := finish(r.t, cmd, &out)
	return out.String(), ws.ExitStatus()
}

func tries() string {
	if suite.Long() {
		return "1000000"
	}
	return "1000"
}

// Whatever is exchanged while the supervisor looks, nobody outside is reached.
func TestSocketRaces(t *testing.T) {
	testenv.RequireLandlock(t, 6)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		for _, attack := range []string{"address", "descriptor", "symlink"} {
			r := old(t, u)
			came := outside(t, u, r.home+"/o")
			// Two names of one length.
			inside := r.dir + "/i" + strings.Repeat("x", max(0, len(r.home)-len(r.dir)))
			out, status := r.attack([]string{"--inner-sockets"}, attack, tries(), inside, r.home+"/o")
			if n := came.Load(); n != 0 || !strings.Contains(out, "outside 0\ndone") || status != 0 {
				t.Errorf("%s: %d came outside, status %d: %s", attack, n, status, out)
			}
			if strings.Contains(out, "connected 0,") {
				t.Errorf("%s: nothing was connected at all: %s", attack, out)
			}
			t.Logf("%s: %s", attack, strings.TrimSpace(out))
		}
		// An outside server's file in the granted directory itself.
		r := old(t, u)
		came := outside(t, u, r.dir+"/o")
		out, status := r.attack([]string{"--inner-sockets"}, "bind", tries(), "i", "o")
		if n := came.Load(); n != 0 || status != 0 {
			t.Errorf("bind: %d came outside, status %d: %s", n, status, out)
		}
		// The control: without nono the server outside is reached.
		came = outside(t, u, r.home+"/o")
		if c, err := net.Dial("unix", r.home+"/o"); err != nil {
			t.Errorf("control: %v", err)
		} else {
			io.ReadAll(c)
			c.Close()
		}
		if came.Load() == 0 {
			t.Error("control: nobody came")
		}
	})
}

// One socket is granted and no other, by whatever name, and servers inside work.
func TestSockets(t *testing.T) {
	testenv.RequireLandlock(t, 6)
	python := "/usr/bin/python3"
	if _, err := os.Stat(python); err != nil {
		t.Skip("/usr/bin/python3 is missing")
	}
	client := `import socket,sys
for path in sys.argv[1:]:
    s=socket.socket(socket.AF_UNIX)
    try:
        s.connect(path); print(s.recv(20).decode())
    except OSError as e: print(e.strerror)
`
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := old(t, u)
		outside(t, u, r.home+"/one")
		outside(t, u, r.home+"/two")
		outside(t, u, r.dir+"/three")
		must(t, os.Symlink(r.home+"/one", r.dir+"/to-one"))
		must(t, os.Symlink(r.home+"/two", r.dir+"/to-two"))
		must(t, os.Link(r.home+"/two", r.dir+"/hard-two"))
		words, want := []string{python, "-c", client}, ""
		for _, c := range []struct{ path, want string }{
			{r.home + "/one", "outside"}, {"to-one", "outside"}, {r.home + "/../" + filepath.Base(r.home) + "/one", "outside"},
			{r.home + "/two", "Permission denied"}, {"to-two", "Permission denied"}, {"hard-two", "Permission denied"},
			{"three", "Permission denied"}, {r.dir + "/none", "No such file or directory"}, {r.dir, "Connection refused"},
			{"/proc/self/cwd/three", "Too many levels of symbolic links"},
		} {
			words, want = append(words, c.path), want+c.want+"\n"
		}
		if got, _ := r.ran(t, []string{"--unix-socket", r.home + "/one"}, words...); got != want {
			t.Errorf("%q\nsaid:\n%s\nwant:\n%s", words[3:], got, want)
		}
		abstract := "outside" + filepath.Base(r.dir)
		for _, kind := range []string{"SOCK_STREAM", "SOCK_SEQPACKET"} {
			network := map[string]string{"SOCK_STREAM": "unix", "SOCK_SEQPACKET": "unixpacket"}[kind]
			server, err := net.Listen(network, "@"+abstract)
			must(t, err)
			defer server.Close()
			flags := []string{"--inner-sockets"}
			if kind == "SOCK_SEQPACKET" {
				flags = append(flags, "--port", "9") // where no other socket may listen
			}
			cmd := r.nonoRun(flags, python, "-c", `import os,socket
k=socket.`+kind+`
v=socket.socket(socket.AF_UNIX,k); v.bind("srv"); v.listen()
c=socket.socket(socket.AF_UNIX,k); c.connect(os.path.abspath("srv"))
p=v.accept()[0]; socket.send_fds(p,[b"x"],[1]); m,f,_,_=socket.recv_fds(c,9,2)
print(m,len(f),c.getpeername(),c.getsockopt(socket.SOL_SOCKET,socket.SO_PEERCRED,4)!=b"\0"*4)
d=socket.socket(socket.AF_UNIX,k); d.connect("srv"); print(d.getpeername())      # beside an open connection
os.unlink("srv")
v=socket.socket(socket.AF_UNIX,k); v.bind("\0inside`+filepath.Base(r.dir)+`"); v.listen()
c=socket.socket(socket.AF_UNIX,k); c.connect(v.getsockname()); v.accept()[0].send(b"abstract"); print(c.recv(20))
for name in "`+abstract+`", "nobody`+abstract+`":
    try: socket.socket(socket.AF_UNIX,k).connect("\0"+name); print("connected")
    except OSError as e: print(e.strerror)
try: socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM); print("a datagram socket")
except PermissionError: print("no datagram socket")
`)
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			finish(t, cmd, &out)
			if got := out.String(); got != "b'x' 1 srv True\nsrv\nb'abstract'\nOperation not permitted\nConnection refused\nno datagram socket\n" {
				t.Errorf("%s: %q", kind, got)
			}
		}
	})
}

// Arguments that nobody means end in the kernel's own errors, and hang nothing.
func TestOddArguments(t *testing.T) {
	testenv.RequireLandlock(t, 6)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := old(t, u)
		out, status := r.attack([]string{"--inner-sockets", "--explain"}, "odd")
		door := testenv.Build(t, "./attacker", "-ldflags", "-s -w")
		cmd := exec.Command(door, "odd")
		cmd.Dir = r.u.Dir(t)
		plain, err := cmd.CombinedOutput()
		must(t, err)
		if out != string(plain) || status != 0 {
			t.Errorf("status %d; inside:\n%s\nwithout nono:\n%s", status, out, plain)
		}
	})
}
