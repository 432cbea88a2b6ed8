package supervise

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

// figures measures what the supervisor costs: each row alternately without a sandbox and
// within, five times; what is told are the medians. It checks nothing: a time is the
// machine's.
func (w internet) figures(t *testing.T, u testenv.User) {
	rows := os.Getenv("NONO_FIGURES")
	if rows == "" {
		t.Skip("NONO_FIGURES is not set")
	}
	w.bulk(t)
	dir, run := w.runner(t, u)
	r := newRun(t, u)
	plain := func(ask ...string) string {
		c := exec.Command(dir+"/client", ask...)
		c.Env = append(r.env(), clientVar+"="+dir+"/ca.pem")
		out, _ := c.CombinedOutput()
		return string(out)
	}
	proxy := w.tinyproxy(t)
	runtime := w.sandboxRuntime(t, u, r, dir)
	for _, c := range [][]string{
		{"connect, direct port (µs)", "figure", "connect", "203.0.113.1:8080", "2000"},
		{"small request, direct port (µs)", "figure", "small", "good.example:8080", "1000"},
		{"small request, port 80 (µs)", "figure", "small", "good.example:80", "1000"},
		{"one more request of a connection, port 80 (µs)", "figure", "another", "good.example:80", "1000"},
		{"lookup and request by Go's client, port 80 (µs)", "figure", "request", "http://good.example/", "1000"},
		{"lookup, known name (µs)", "figure", "lookup", "good.example", "1000"},
		{"1 GiB, direct port (MiB/s)", "figure", "bulk", "bulk.example:9100", "1073741824"},
		{"1 GiB, port 443 (MiB/s)", "figure", "bulk", "bulk.example:443", "1073741824"},
	} {
		if rows != "all" && !strings.Contains(c[0], rows) {
			continue
		}
		var outside, inside []float64
		for range 5 {
			outside = append(outside, number(t, plain(c[1:]...)))
			inside = append(inside, number(t, run([]string{"--silent", "--host", "good.example", "--host", "bulk.example", "--host", "203.0.113.1"}, c[1:]...)))
		}
		slices.Sort(outside)
		slices.Sort(inside)
		text := fmt.Sprintf("plain %.1f, with --host %.1f", outside[2], inside[2])
		if what := c[2]; proxy != "" && (what == "small" || what == "another" || what == "bulk") {
			var by []float64
			for range 5 {
				by = append(by, number(t, plain(append(slices.Clone(c[1:]), proxy)...)))
			}
			slices.Sort(by)
			text += fmt.Sprintf(", plain through tinyproxy by CONNECT %.1f", by[2])
		}
		if what := c[2]; runtime != nil && (what == "small" || what == "another" || what == "bulk") && !strings.Contains(c[3], ":8080") {
			var by []float64
			for range 5 {
				by = append(by, number(t, runtime(c[1:]...)))
			}
			slices.Sort(by)
			text += fmt.Sprintf(", in sandbox-runtime by its proxy %.1f", by[2])
		}
		t.Logf("%s: %s: %s", u.Name, c[0], text)
	}
}

// tinyproxy starts a proxy of the field, which holds nothing, to be compared with. It returns
// where it is, or "".
func (w internet) tinyproxy(t *testing.T) string {
	if _, err := exec.LookPath("tinyproxy"); err != nil {
		t.Logf("tinyproxy is not here")
		return ""
	}
	const at = "127.0.0.1:8888"
	conf := filepath.Join(t.TempDir(), "conf")
	must(t, os.WriteFile(conf, []byte("Port 8888\nListen 127.0.0.1\nTimeout 60\nMaxClients 100\nLogLevel Critical\n"), 0o644))
	c := exec.Command("tinyproxy", "-d", "-c", conf)
	must(t, c.Start())
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	eventually(t, "tinyproxy listens", func() bool {
		conn, err := net.Dial("tcp", at)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	return at
}

// sandboxRuntime returns what runs the client in Anthropic's sandbox-runtime, which is bubblewrap
// with a proxy in JavaScript, or nil.
func (w internet) sandboxRuntime(t *testing.T, u testenv.User, r *run, dir string) func(ask ...string) string {
	srt, err := exec.LookPath("srt")
	if err != nil {
		t.Logf("sandbox-runtime is not here: npm install -g @anthropic-ai/sandbox-runtime")
		return nil
	}
	// It takes no name that leads to an address of this machine; so these are of none of its
	// devices, and still lead here.
	for _, a := range []string{"203.0.113.1", "203.0.113.4"} {
		for _, args := range [][]string{{"addr", "del", a + "/32", "dev", "lo"}, {"route", "add", "local", a + "/32", "dev", "lo"}} {
			if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
				t.Fatalf("ip %s: %v: %s", args, err, out)
			}
		}
	}
	settings := filepath.Join(r.dir, "settings.json")
	must(t, os.WriteFile(settings, []byte(`{"filesystem": {"denyRead": [], "allowWrite": ["`+r.dir+`"], "denyWrite": []},
		"network": {"allowedDomains": ["good.example", "bulk.example"], "deniedDomains": []}}`), 0o644))
	return func(ask ...string) string {
		c := u.Command(srt, "-s", settings, "-c", dir+"/client "+strings.Join(ask, " ")+` "$HTTPS_PROXY"`)
		c.Dir = r.dir
		c.Env = append(r.env(), clientVar+"="+dir+"/ca.pem", "PATH="+os.Getenv("PATH"))
		out, _ := c.Output()
		return string(out)
	}
}

// tunnel connects to a host by a proxy, HOST:PORT or a URL with a name and a password.
func tunnel(proxy, to string) (net.Conn, error) {
	proof := ""
	if at, err := url.Parse(proxy); err == nil && at.User != nil {
		password, _ := at.User.Password()
		proof = "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(at.User.Username()+":"+password)) + "\r\n"
		proxy = at.Host
	}
	c, err := net.Dial("tcp", proxy)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(c, "CONNECT "+to+" HTTP/1.1\r\nHost: "+to+"\r\n"+proof+"\r\n"); err != nil {
		return nil, err
	}
	answer := ""
	for b := make([]byte, 1); !strings.HasSuffix(answer, "\r\n\r\n"); {
		if _, err := c.Read(b); err != nil {
			return nil, fmt.Errorf("%q: %w", answer, err)
		}
		answer += string(b)
	}
	if !strings.Contains(answer, " 200 ") {
		return nil, errors.New(answer)
	}
	return c, nil
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		t.Fatalf("%q", text)
	}
	return f
}

// bulk serves zeros at 203.0.113.4: at once on the port 9100, and on 443 after the first
// message of TLS.
func (w internet) bulk(t *testing.T) {
	for _, port := range []string{"443", "9100"} {
		l, err := net.Listen("tcp", w.address(t, "203.0.113.4")+":"+port)
		must(t, err)
		t.Cleanup(func() { l.Close() })
		go func() {
			zeros := make([]byte, 1<<20)
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					defer c.Close()
					if port == "443" {
						c.Read(make([]byte, 4096))
					}
					for err == nil {
						_, err = c.Write(zeros)
					}
				}()
			}
		}()
	}
}

// figure prints one number: microseconds of one go, or MiB a second.
func figure(client *http.Client, what, at, amount, proxy string) error {
	n, err := strconv.Atoi(amount)
	if err != nil {
		return err
	}
	client.Transport.(*http.Transport).DisableKeepAlives = true
	var once func() error
	switch what {
	case "connect":
		once = func() error {
			c, err := net.Dial("tcp", at)
			if err == nil {
				c.(*net.TCPConn).SetLinger(0)
				c.Close()
			}
			return err
		}
	case "small", "another":
		var err error
		if once, err = asker(at, what == "another", proxy); err != nil {
			return err
		}
	case "request":
		once = func() error {
			a, err := client.Get(at)
			if err == nil {
				_, err = io.Copy(io.Discard, a.Body)
				a.Body.Close()
			}
			return err
		}
	case "lookup":
		once = func() error {
			_, err := net.DefaultResolver.LookupHost(context.Background(), at)
			return err
		}
	case "bulk":
		return throughput(at, n, proxy)
	default:
		return errors.New("no such figure")
	}
	took := make([]time.Duration, n)
	for i := range took {
		start := time.Now()
		if err := once(); err != nil {
			return err
		}
		took[i] = time.Since(start)
	}
	slices.Sort(took)
	fmt.Print(float64(took[n/2].Nanoseconds()) / 1000)
	return nil
}

// asker returns a function that asks for a page with no more system calls than that takes,
// by one connection or by a new one each time. The name is looked up before.
func asker(at string, one bool, proxy string) (func() error, error) {
	host, port, err := net.SplitHostPort(at)
	if err != nil {
		return nil, err
	}
	to := &unix.SockaddrInet4{}
	if proxy == "" {
		addrs, err := net.DefaultResolver.LookupNetIP(context.Background(), "ip4", host)
		if err != nil {
			return nil, err
		}
		to.Addr = addrs[0].As4()
	}
	if to.Port, err = strconv.Atoi(port); err != nil {
		return nil, err
	}
	fd := -1
	open := func() (err error) {
		if proxy != "" {
			c, err := tunnel(proxy, at)
			if err != nil {
				return err
			}
			defer c.Close()
			f, err := c.(*net.TCPConn).File()
			if err != nil {
				return err
			}
			defer f.Close()
			if fd, err = unix.Dup(int(f.Fd())); err != nil { // Fd has it block
				return err
			}
			return nil
		}
		if fd, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0); err != nil {
			return err
		}
		return unix.Connect(fd, to)
	}
	if one {
		err = open()
	}
	ask, answer := []byte("GET / HTTP/1.1\r\nHost: "+host+"\r\n\r\n"), make([]byte, 4096)
	return func() error {
		if !one {
			if err := open(); err != nil {
				return err
			}
			defer unix.Close(fd)
		}
		if _, err := unix.Write(fd, ask); err != nil {
			return err
		}
		n, err := unix.Read(fd, answer)
		if err == nil && !strings.HasSuffix(string(answer[:n]), "for "+at) && !strings.HasSuffix(string(answer[:n]), "for "+host) {
			err = fmt.Errorf("%q", answer[:n])
		}
		return err
	}, err
}

func throughput(at string, n int, proxy string) error {
	dial := func() (net.Conn, error) { return net.Dial("tcp", at) }
	if proxy != "" {
		dial = func() (net.Conn, error) { return tunnel(proxy, at) }
	}
	c, err := dial()
	if err != nil {
		return err
	}
	if host, port, _ := net.SplitHostPort(at); port == "443" {
		go tls.Client(writeOnly{c}, &tls.Config{ServerName: host}).Handshake()
	}
	start := time.Now()
	buf := make([]byte, 1<<20)
	for left := n; left > 0; {
		m, err := c.Read(buf)
		if err != nil {
			return err
		}
		left -= m
	}
	fmt.Print(float64(n) / (1 << 20) / time.Since(start).Seconds())
	return nil
}

// writeOnly keeps what comes back from who only says the first message.
type writeOnly struct{ net.Conn }

func (writeOnly) Read([]byte) (int, error) { select {} }
