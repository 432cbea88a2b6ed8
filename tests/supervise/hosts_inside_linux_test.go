package supervise

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/seccomp"
	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

// deny takes away from what --host gives, by name and by address.
func (w internet) deny(t *testing.T, u testenv.User) {
	_, run := w.runner(t, u)
	for _, c := range []struct{ flags, ask, want string }{
		{"--host *.pkg.example --deny-host api.pkg.example", "get https://api.pkg.example/", "no such host"},
		{"--host *.pkg.example --deny-host *.pkg.example:80", "get http://api.pkg.example/", "permission denied"},
		{"--host *.pkg.example --deny-host *.pkg.example:80", "get https://api.pkg.example/", "203.0.113.1:443"},
		{"--host good.example --deny-host 203.0.113.1", "get https://good.example/", "no such host"},
		{"--host good.example --deny-host 203.0.113.1:8080", "get http://good.example:8080/", "permission denied"},
		{"--host good.example --deny-host 203.0.113.1:443", "get https://good.example/", "reset"},
		{"--host 203.0.113.0/24 --deny-host 203.0.113.2", "get http://203.0.113.2:8080/", "permission denied"},
		{"--host 203.0.113.0/24 --deny-host 203.0.113.2", "get http://203.0.113.1:8080/", "203.0.113.1:8080"},
		{"--host 2001:db8::1", "get http://[2001:db8::1]:8080/", "2001:db8::1:8080"},
		{"--host [2001:db8::/32]:8080", "get http://[2001:db8::1]:8080/", "2001:db8::1:8080"},
		{"--host [2001:db8::1]:443", "get http://[2001:db8::1]:8080/", "permission denied"},
		{"--host 2001:db8::/32 --deny-host 2001:db8::1", "get http://[2001:db8::1]:8080/", "permission denied"},
		// A block is none of this machine's addresses.
		{"--host 0.0.0.0/0", "get http://127.0.0.1:8080/", "connection refused"},
		{"--host ::/0", "get http://127.0.0.1:8080/", "connection refused"},
		{"--host ::/0", "get http://[::1]:8080/", "connection refused"},
		{"--host 0.0.0.0/0", "get http://0.0.0.0:8080/", "connection refused"},
		{"--host ::/0", "get http://203.0.113.2:8080/", "203.0.113.2:8080"},
		{"--host 127.0.0.0/8", "get http://127.0.0.1:8080/", "127.0.0.1:8080"},
		{"--host localhost:8080", "get http://127.0.0.1:8080/", "127.0.0.1:8080"},
		{"--host localhost --deny-host localhost:8080", "get http://127.0.0.1:8080/", "connection refused"},
	} {
		got := run(append([]string{"--silent"}, strings.Fields(c.flags)...), strings.Fields(c.ask)...)
		if !strings.Contains(got, c.want) {
			t.Errorf("%s, %s: %q, want %q", c.flags, c.ask, got, c.want)
		}
	}
}

// inside has servers and clients within one sandbox.
func (w internet) inside(t *testing.T, u testenv.User) {
	_, run := w.runner(t, u)
	flags := []string{"--silent", "--host", "good.example"}
	if got := run(flags, "servers"); got != "all answered" {
		t.Errorf("%s", got)
	}
	if got := run(flags, "kept"); got != "all kept" {
		t.Errorf("%s", got)
	}
	for to, want := range map[string]string{
		"good.example:8080": "0.0.0.0 200, 127.0.0.1 200, 203.0.113.1 200, kept",
		"good.example:80":   "0.0.0.0 200, 127.0.0.1 200, 203.0.113.1 200, kept",
		"203.0.113.1:81":    "0.0.0.0 connection refused, 127.0.0.1 connection refused, 203.0.113.1 connection refused, kept",
		"203.0.113.2:8080":  "0.0.0.0 permission denied, 127.0.0.1 permission denied, 203.0.113.1 permission denied, kept",
	} {
		if got := run([]string{"--silent", "--host", "good.example", "--host", "203.0.113.1:81"}, "bound", to); got != want {
			t.Errorf("a socket that is bound and then connected to %s: %q, want %q", to, got, want)
		}
	}
}

// servers starts servers as programs do, and asks each for a page by every name that it
// has.
func servers(client *http.Client) error {
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "inside") })
	test := httptest.NewServer(page)
	defer test.Close()
	urls := []string{test.URL}
	for _, at := range []struct {
		network, address string
		hosts            []string
	}{
		{"tcp4", "127.0.0.1:0", []string{"127.0.0.1", "localhost"}}, {"tcp4", "0.0.0.0:0", []string{"127.0.0.1", "127.0.0.2", "localhost", "0.0.0.0"}},
		{"tcp6", "[::1]:0", []string{"[::1]"}}, {"tcp", "[::]:0", []string{"[::1]", "127.0.0.1", "localhost"}},
		{"tcp", "127.0.0.1:8080", []string{"127.0.0.1"}}, // outside somebody has it too
		{"tcp", "127.0.0.1:80", []string{"127.0.0.1"}},
	} {
		l, err := net.Listen(at.network, at.address)
		if err != nil {
			return fmt.Errorf("listen on %s: %w", at.address, err)
		}
		go http.Serve(l, page)
		_, port, _ := net.SplitHostPort(l.Addr().String())
		for _, host := range at.hosts {
			urls = append(urls, "http://"+host+":"+port)
		}
	}
	for _, url := range urls {
		a, err := client.Get(url)
		if err != nil {
			return fmt.Errorf("%s: %w", url, err)
		}
		b, _ := io.ReadAll(a.Body)
		a.Body.Close()
		if string(b) != "inside" {
			return fmt.Errorf("%s: %s", url, b)
		}
	}
	fmt.Print("all answered")
	return nil
}

// kept looks at what must be the same of a socket after bind and listen as without a
// supervisor.
func kept() error {
	for _, flags := range []int{0, unix.SOCK_CLOEXEC, unix.SOCK_NONBLOCK, unix.SOCK_CLOEXEC | unix.SOCK_NONBLOCK} {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|flags, 0)
		if err != nil {
			return err
		}
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
		if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
			return err
		}
		if err := unix.Listen(fd, 5); err != nil {
			return err
		}
		descriptor, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		status, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
		reuse, _ := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR)
		nodelay, _ := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY)
		if descriptor&unix.FD_CLOEXEC != 0 != (flags&unix.SOCK_CLOEXEC != 0) || status&unix.O_NONBLOCK != 0 != (flags&unix.SOCK_NONBLOCK != 0) || reuse != 1 || nodelay == 0 {
			return fmt.Errorf("flags %#x: descriptor %#x, status %#x, SO_REUSEADDR %d, TCP_NODELAY %d", flags, descriptor, status, reuse, nodelay)
		}
		again, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		if err != nil {
			return err
		}
		at, _ := unix.Getsockname(fd)
		if err := unix.Bind(again, at); err != unix.EADDRINUSE {
			return fmt.Errorf("a port is bound twice: %v", err)
		}
	}
	// Without an address the kernel chooses one.
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err == nil {
		err = unix.Listen(fd, 1)
	}
	if err != nil {
		return fmt.Errorf("listen without bind: %w", err)
	}
	at, _ := unix.Getsockname(fd)
	c, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", at.(*unix.SockaddrInet4).Port))
	if err != nil {
		return err
	}
	c.Close()
	// Datagrams between two sockets inside.
	a, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	b, err := net.Dial("udp", a.LocalAddr().String())
	if err != nil {
		return err
	}
	b.Write([]byte("x"))
	a.SetDeadline(time.Now().Add(10 * time.Second))
	if n, _, err := a.ReadFrom(make([]byte, 9)); n != 1 || err != nil {
		return fmt.Errorf("datagrams inside: %d, %v", n, err)
	}
	fmt.Print("all kept")
	return nil
}

// bound connects sockets that have an address of their own.
func bound(to string) error {
	for _, from := range []string{"0.0.0.0", "127.0.0.1", "203.0.113.1"} {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		c, err := d.Dial("tcp", to)
		if err != nil {
			var errno unix.Errno
			errors.As(err, &errno)
			fmt.Print(from, " ", errno, ", ")
			continue
		}
		host, _, _ := net.SplitHostPort(to)
		fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", host)
		a, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			return err
		}
		c.Close()
		fmt.Print(from, " ", a.StatusCode, ", ")
	}
	// A socket that waits for connections goes on waiting for them, and one that does not
	// block stays so, with the options that were set.
	l, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err == nil {
		err = unix.Listen(l, 1)
	}
	if err != nil {
		return err
	}
	if err := unix.Connect(l, &unix.SockaddrInet4{Addr: [4]byte{203, 0, 113, 1}, Port: 81}); err != unix.EISCONN && err != unix.EACCES {
		return fmt.Errorf("a listener is connected: %v", err)
	}
	s, err := unix.Socket(unix.AF_INET6, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	wait := unix.Timeval{Sec: 7}
	unix.SetsockoptTimeval(s, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &wait)
	if err := unix.Bind(s, &unix.SockaddrInet6{}); err != nil {
		return err
	}
	mapped := [16]byte{10: 0xff, 11: 0xff, 12: 203, 13: 0, 14: 113, 15: 1}
	unix.Connect(s, &unix.SockaddrInet6{Addr: mapped, Port: 81})
	descriptor, _ := unix.FcntlInt(uintptr(s), unix.F_GETFD, 0)
	status, _ := unix.FcntlInt(uintptr(s), unix.F_GETFL, 0)
	now, err := unix.GetsockoptTimeval(s, unix.SOL_SOCKET, unix.SO_RCVTIMEO)
	if err != nil || descriptor&unix.FD_CLOEXEC == 0 || status&unix.O_NONBLOCK == 0 || now.Sec != 7 {
		return fmt.Errorf("descriptor %#x, status %#x, SO_RCVTIMEO %v, %v", descriptor, status, now, err)
	}
	fmt.Print("kept")
	return nil
}

// serve is a server that ends when its standard input does.
func serve(at string) error {
	l, err := net.Listen("tcp", at)
	if err != nil {
		return err
	}
	fmt.Println("ready", l.Addr())
	go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "from inside") }))
	io.Copy(io.Discard, os.Stdin)
	return nil
}

// listen looks from outside at servers inside.
func (w internet) listen(t *testing.T, u testenv.User) {
	for _, c := range []struct{ flags, serve, ask, want string }{
		{"--host good.example", "127.0.0.1:7001", "127.0.0.1:7001", "connection refused"},
		{"--host good.example", "0.0.0.0:7001", "203.0.113.1:7001", "connection refused"},
		{"--host good.example", "[::]:7001", "[::1]:7001", "connection refused"},
		{"--host good.example --listen 7002", "127.0.0.1:7002", "127.0.0.1:7002", "from inside"},
		{"--host good.example --listen 7002", "[::]:7002", "127.0.0.1:7002", "from inside"},
		{"--host good.example --listen 7002", "[::1]:7002", "127.0.0.1:7002", "from inside"},
		{"--host good.example --listen 7002", "127.0.0.1:7002", "203.0.113.1:7002", "connection refused"},
		{"--host good.example --listen 7002", "127.0.0.1:7003", "127.0.0.1:7002", "EOF reset"},
		{"--host good.example --listen 203.0.113.1:7002", "127.0.0.1:7002", "203.0.113.1:7002", "from inside"},
	} {
		dir, _ := w.runner(t, u)
		r := newRun(t, u)
		cmd := u.Command(r.s.Path("nono-run"), append(append([]string{"--silent", "--allow", dir}, strings.Fields(c.flags)...), "--", dir+"/client", "serve", c.serve)...)
		cmd.Dir, cmd.Env = dir, append(r.env(), clientVar+"="+dir+"/ca.pem")
		in, err := cmd.StdinPipe()
		must(t, err)
		out, err := cmd.StdoutPipe()
		must(t, err)
		cmd.Stderr = os.Stderr
		must(t, cmd.Start())
		line, _ := bufio.NewReader(out).ReadString('\n')
		if !strings.HasPrefix(line, "ready") {
			t.Errorf("%s: the server says %q", c.flags, line)
		}
		got := page("http://" + c.ask + "/")
		found := false
		for _, want := range strings.Fields(strings.ReplaceAll(c.want, "connection refused", "refused")) {
			found = found || strings.Contains(got, want)
		}
		if !found || strings.Contains(got, "from inside") && c.want != "from inside" {
			t.Errorf("%s, %s asked from outside at %s: %q, want %q", c.flags, c.serve, c.ask, got, c.want)
		}
		in.Close()
		must(t, cmd.Wait())
	}
	// A port that is taken outside: nothing starts.
	_, run := w.runner(t, u)
	if got := run([]string{"--host", "good.example", "--listen", "8080"}, "serve", "127.0.0.1:8080"); !strings.Contains(got, "cannot listen on 127.0.0.1:8080") || strings.HasPrefix(got, "ready") {
		t.Errorf("a port that is taken: %q", got)
	}
}

func page(url string) string {
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	a, err := client.Get(url)
	if err != nil {
		return err.Error()
	}
	defer a.Body.Close()
	b, _ := io.ReadAll(a.Body)
	return string(b)
}

// unixSockets has both features that decide about connect(2) in one sandbox.
func (w internet) unixSockets(t *testing.T, u testenv.User) {
	outside := u.Dir(t)
	for _, name := range []string{"granted", "other"} {
		l, err := net.Listen("unix", filepath.Join(outside, name))
		must(t, err)
		must(t, os.Chmod(filepath.Join(outside, name), 0o777))
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				io.WriteString(c, "hello")
				c.Close()
			}
		}()
	}
	_, run := w.runner(t, u)
	for _, before := range [][]string{nil, {"nonamespace"}} {
		if before != nil {
			_, run = w.runner(t, u, before...)
		}
		flags := []string{"--silent", "--host", "good.example", "--unix-socket", filepath.Join(outside, "granted"), "--inner-sockets"}
		if got := run(flags, "unix", outside, "http://good.example:8080/"); got != "granted hello, other refused, inner hello, page 200" {
			t.Errorf("%v: %s", before, got)
		}
	}
}

func overUnix(client *http.Client, outside, url string) error {
	say := func(path string) string {
		c, err := net.Dial("unix", path)
		if err != nil {
			return "refused"
		}
		defer c.Close()
		b, _ := io.ReadAll(c)
		return string(b)
	}
	l, err := net.Listen("unix", "inner")
	if err != nil {
		return err
	}
	go func() {
		if c, err := l.Accept(); err == nil {
			io.WriteString(c, "hello")
			c.Close()
		}
	}()
	a, err := client.Get(url)
	if err != nil {
		return err
	}
	a.Body.Close()
	fmt.Printf("granted %s, other %s, inner %s, page %d", say(outside+"/granted"), say(outside+"/other"), say("inner"), a.StatusCode)
	return nil
}

// withoutNamespaces runs where no network namespace can be made, as in many containers.
func (w internet) withoutNamespaces(t *testing.T, u testenv.User) {
	_, run := w.runner(t, u, "nonamespace")
	flags := []string{"--silent", "--host", "good.example", "--host", "*.pkg.example:443"}
	for _, c := range []struct{ ask, want string }{
		{"get https://good.example/", "203.0.113.1:443"},
		{"get http://good.example:8080/", "203.0.113.1:8080"},
		{"get https://api.pkg.example/", "203.0.113.1:443"},
		{"get https://other.example/", "no such host"},
		{"get http://203.0.113.2/", "permission denied"},
		{"get http://127.0.0.1:8080/", "connection refused"},
		{"udp 203.0.113.1:443", "unreachable"},
		{"udp 203.0.113.53:53", "silence"},
		{"serve 127.0.0.1:7001", "permission denied"},
	} {
		if got := run(flags, strings.Fields(c.ask)...); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.ask, got, c.want)
		}
	}
	for _, name := range []string{"good.example", "other.example"} {
		want := map[string]string{"good.example": "198.18.0.1", "other.example": "2\n"}[name]
		if got := resolved(t, u, w, name); !strings.Contains(got, want) {
			t.Errorf("getent of %s: %q", name, got)
		}
	}
	if got := run([]string{"--host", "good.example", "--listen", "7001"}, "serve", "127.0.0.1:7001"); !strings.Contains(got, "cannot listen on") {
		t.Errorf("--listen: %q", got)
	}
}

// resolved asks glibc, which sets options of its sockets that pretended ones lack.
func resolved(t *testing.T, u testenv.User, w internet, name string) string {
	r := newRun(t, u)
	dir, _ := w.runner(t, u)
	c := u.Command(dir+"/client", "nonamespace", r.s.Path("nono-run"), "--silent", "--allow", r.dir, "--host", "good.example", "--", "sh", "-c", "getent hosts "+name+"; echo $?")
	c.Dir, c.Env = r.dir, append(r.env(), clientVar+"="+dir+"/ca.pem")
	out, _ := c.CombinedOutput()
	return string(out)
}

// nonamespace executes a command which, like all that it starts, can make no namespaces.
func nonamespace(argv []string) error {
	runtime.LockOSThread()
	clone := seccomp.Call{Name: "clone", AMD64: 56, ARM64: 220}
	unshare := seccomp.Call{Name: "unshare", AMD64: 272, ARM64: 97}
	code, err := seccomp.Compile(runtime.GOARCH, []seccomp.Rule{
		{Call: clone, Do: seccomp.Errno(uint16(unix.EPERM)), If: []seccomp.Test{seccomp.Has(0, unix.CLONE_NEWNET|unix.CLONE_NEWUSER)}},
		{Call: unshare, Do: seccomp.Errno(uint16(unix.EPERM)), If: []seccomp.Test{seccomp.Has(0, unix.CLONE_NEWNET|unix.CLONE_NEWUSER)}},
	})
	if err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	if _, err := seccomp.Load(code, 0); err != nil {
		return err
	}
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return err
	}
	return errors.Join(errors.New("exec"), unix.Exec(path, argv, os.Environ()))
}
