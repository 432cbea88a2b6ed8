package supervise

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

// silent is where a connection neither comes about nor fails: the queue of a listener
// that is full.
func silent(t *testing.T) string {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	t.Cleanup(func() { unix.Close(fd) })
	must(t, unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{203, 0, 113, 1}}))
	must(t, unix.Listen(fd, 0))
	at, err := unix.Getsockname(fd)
	must(t, err)
	for range 3 {
		c, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		must(t, err)
		unix.Connect(c, at)
		t.Cleanup(func() { unix.Close(c) })
	}
	return fmt.Sprint("203.0.113.1:", at.(*unix.SockaddrInet4).Port)
}

// connect holds connect(2) to what programs expect of it.
func (w internet) connect(t *testing.T, u testenv.User) {
	_, run := w.runner(t, u)
	quiet := silent(t)
	flags := []string{"--silent", "--host", "203.0.113.1"}
	for _, c := range [][3]string{
		{"nonblocking", "203.0.113.1:8080", "EINPROGRESS, then 0, peer 203.0.113.1:8080"},
		{"nonblocking", "203.0.113.1:81", "EINPROGRESS, then ECONNREFUSED"},
		{"nonblocking", "203.0.113.2:8080", "EACCES"},
		{"interrupted", quiet, "EINTR, again EALREADY"},
		{"own timeout", quiet, "EINPROGRESS"},
		{"unspecified", "203.0.113.1:8080", "0, then 0, then 0"},
	} {
		if got := run(flags, c[0], c[1]); got != c[2] {
			t.Errorf("%s to %s: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func connections(how, to string) error {
	runtime.LockOSThread()
	kind := unix.SOCK_STREAM
	if how == "nonblocking" {
		kind |= unix.SOCK_NONBLOCK
	}
	fd, err := unix.Socket(unix.AF_INET, kind, 0)
	if err != nil {
		return err
	}
	at := netip.MustParseAddrPort(to)
	sa := &unix.SockaddrInet4{Addr: at.Addr().As4(), Port: int(at.Port())}
	name := func(err error) string {
		if err == nil {
			return "0"
		}
		return unix.ErrnoName(err.(unix.Errno))
	}
	switch how {
	case "nonblocking":
		err := unix.Connect(fd, sa)
		fmt.Print(name(err))
		if err != unix.EINPROGRESS {
			return nil
		}
		unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, 10000)
		n, _ := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
		if n != 0 {
			fmt.Print(", then ", unix.ErrnoName(unix.Errno(n)))
			return nil
		}
		peer, err := unix.Getpeername(fd)
		if err != nil {
			return err
		}
		p := peer.(*unix.SockaddrInet4)
		fmt.Print(", then 0, peer ", netip.AddrPortFrom(netip.AddrFrom4(p.Addr), uint16(p.Port)))
	case "interrupted":
		signal.Notify(make(chan os.Signal, 9), unix.SIGUSR1)
		tid := unix.Gettid()
		go func() {
			time.Sleep(300 * time.Millisecond)
			unix.Tgkill(os.Getpid(), tid, unix.SIGUSR1)
		}()
		err := unix.Connect(fd, sa)
		unix.SetNonblock(fd, true)
		fmt.Print(name(err), ", again ", name(unix.Connect(fd, sa)))
	case "own timeout":
		short := unix.NsecToTimeval(5e8)
		unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &short)
		err := unix.Connect(fd, sa)
		now, _ := unix.GetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO)
		if *now != short {
			return fmt.Errorf("SO_SNDTIMEO is %v", now)
		}
		fmt.Print(name(err))
	case "unspecified":
		none := func() error {
			var a unix.RawSockaddrAny
			_, _, errno := unix.Syscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&a)), 16)
			if errno != 0 {
				return errno
			}
			return nil
		}
		fmt.Print(name(unix.Connect(fd, sa)), ", then ", name(none()), ", then ", name(unix.Connect(fd, sa)))
	}
	return nil
}

// many makes connections one beside the other, direct and through the relay. None is lost.
func (w internet) many(t *testing.T, u testenv.User) {
	_, run := w.runner(t, u)
	total := "1000"
	if os.Getenv("NONO_LONG") != "" {
		total = "10000"
	}
	for _, url := range []string{"http://good.example:8080/", "http://good.example/", "https://good.example/"} {
		if got := run([]string{"--silent", "--host", "good.example"}, "many", url, total); got != total+" answered" {
			t.Errorf("%s: %s", url, got)
		}
	}
}

func many(client *http.Client, url, total string) error {
	n, err := strconv.Atoi(total)
	if err != nil {
		return err
	}
	transport := client.Transport.(*http.Transport)
	transport.DisableKeepAlives, transport.ForceAttemptHTTP2 = true, false
	transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	client.Timeout = 5 * time.Minute
	turns := make(chan bool, 1000)
	var all sync.WaitGroup
	var answered atomic.Int64
	var first atomic.Value
	for range n {
		turns <- true
		all.Go(func() {
			defer func() { <-turns }()
			a, err := client.Get(url)
			if err == nil {
				_, err = io.Copy(io.Discard, a.Body)
				a.Body.Close()
			}
			if err != nil {
				first.CompareAndSwap(nil, err.Error())
				return
			}
			answered.Add(1)
		})
	}
	all.Wait()
	fmt.Print(answered.Load(), " answered")
	if text := first.Load(); text != nil {
		fmt.Print("; ", text)
	}
	return nil
}

// swaps has a second thread change the address while the supervisor decides about it. The
// other host counts who comes.
func (w internet) swaps(t *testing.T, u testenv.User) {
	dir, run := w.runner(t, u)
	l, err := net.Listen("tcp", "203.0.113.2:0")
	must(t, err)
	defer l.Close()
	var came atomic.Int64
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			came.Add(1)
			c.Close()
		}
	}()
	tries := "3000"
	if os.Getenv("NONO_LONG") != "" {
		tries = "1000000"
	}
	forbidden := l.Addr().String()
	got := run([]string{"--silent", "--host", "203.0.113.1:8080"}, "swap", "203.0.113.1:8080", forbidden, tries)
	var there, refused int
	if _, err := fmt.Sscanf(got, "%d connected, %d refused", &there, &refused); err != nil || there == 0 || refused == 0 {
		t.Errorf("the race was none: %q", got)
	}
	if n := came.Load(); n != 0 {
		t.Errorf("%d of %s connections reached the other host", n, tries)
	}
	// The control: without a sandbox, the same race does reach it.
	r := newRun(t, u)
	c := u.Command(dir+"/client", "swap", "203.0.113.1:8080", forbidden, "3000")
	c.Env = append(r.env(), clientVar+"="+dir+"/ca.pem")
	out, err := c.CombinedOutput()
	if err != nil || came.Load() == 0 {
		t.Errorf("without a sandbox nothing reached it: %v, %s", err, out)
	}
}

func swap(allowed, forbidden, tries string) error {
	n, err := strconv.Atoi(tries)
	if err != nil {
		return err
	}
	raw := func(text string) (a unix.RawSockaddrInet4) {
		at := netip.MustParseAddrPort(text)
		a.Family, a.Addr = unix.AF_INET, at.Addr().As4()
		port := (*[2]byte)(unsafe.Pointer(&a.Port))
		port[0], port[1] = byte(at.Port()>>8), byte(at.Port())
		return a
	}
	choices := [2]unix.RawSockaddrInet4{raw(allowed), raw(forbidden)}
	shared := choices[0]
	var stop atomic.Bool
	go func() {
		runtime.LockOSThread()
		for i := 0; !stop.Load(); i++ {
			shared = choices[i&1]
			for range 50 {
				atomic.LoadInt32(new(int32))
			}
		}
	}()
	there, refused := 0, 0
	for range n {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		if err != nil {
			return err
		}
		_, _, errno := unix.Syscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&shared)), unix.SizeofSockaddrInet4)
		switch errno {
		case 0:
			there++
			unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}) // no port waits
		case unix.EACCES:
			refused++
		}
		unix.Close(fd)
	}
	stop.Store(true)
	fmt.Printf("%d connected, %d refused", there, refused)
	return nil
}

// firstBytes looks at what a connection to the ports 80 and 443 begins with.
func (w internet) firstBytes(t *testing.T, u testenv.User) {
	_, run := w.runner(t, u)
	flags := []string{"--silent", "--host", "good.example"}
	for _, c := range [][3]string{
		{"split", "good.example:443", "200"},      // each byte of the first message in a segment of its own
		{"nameless", "good.example:443", "reset"}, // no SNI
		{"prior", "good.example:80", "403"},       // HTTP/2 without TLS
		{"pipeline", "good.example:80", "200 403"},
		{"connect", "good.example:80", "403"}, // a proxy at the host would lead on
	} {
		if got := run(flags, c[0], c[1]); !strings.Contains(got, c[2]) {
			t.Errorf("%s: %q, want %q", c[0], got, c[2])
		}
	}
	// Encrypted Client Hello: the outer name counts.
	for _, c := range [][3]string{{"other.example", "good.example", "rejected ECH"}, {"good.example", "other.example", "reset"}} {
		if got := run(flags, "hidden", "good.example:443", c[0], c[1]); !strings.Contains(got, c[2]) {
			t.Errorf("%s hidden behind %s: %q, want %q", c[0], c[1], got, c[2])
		}
	}
	// What --host …/raw lets through.
	if got := run([]string{"--silent", "--host", "good.example:443/raw"}, "nameless", "good.example:443"); !strings.Contains(got, "200") {
		t.Errorf("/raw: %q", got)
	}
}

func firstBytes(how, to string, pool *x509.CertPool) error {
	c, err := net.Dial("tcp", to)
	if err != nil {
		return err
	}
	host, _, _ := net.SplitHostPort(to)
	switch how {
	case "split":
		secure := tls.Client(slowly{c}, &tls.Config{ServerName: host, RootCAs: pool})
		return first(secure, host)
	case "nameless":
		return first(tls.Client(c, &tls.Config{InsecureSkipVerify: true}), host)
	case "prior":
		io.WriteString(c, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00")
		line, err := bufio.NewReader(c).ReadString('\n')
		fmt.Print(line)
		return err
	case "pipeline":
		fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s\r\n\r\nGET / HTTP/1.1\r\nHost: other.example\r\n\r\n", host)
		r := bufio.NewReader(c)
		for range 2 {
			a, err := http.ReadResponse(r, nil)
			if err != nil {
				return err
			}
			io.Copy(io.Discard, a.Body)
			fmt.Print(a.StatusCode, " ")
		}
	case "connect":
		fmt.Fprintf(c, "CONNECT other.example:443 HTTP/1.1\r\nHost: %s\r\n\r\n", host)
		line, err := bufio.NewReader(c).ReadString('\n')
		fmt.Print(line)
		return err
	}
	return nil
}

func first(c net.Conn, host string) error {
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", host)
	b, err := io.ReadAll(c)
	fmt.Print(string(b))
	return err
}

// slowly writes one byte at a time.
type slowly struct{ net.Conn }

func (s slowly) Write(b []byte) (int, error) {
	for i := range b {
		if _, err := s.Conn.Write(b[i : i+1]); err != nil {
			return i, err
		}
	}
	return len(b), nil
}
