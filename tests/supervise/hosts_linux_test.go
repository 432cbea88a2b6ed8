package supervise

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/authority"
	"github.com/nono-sandbox/nono/tests/internal/suite"
	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/sys/unix"
)

// The tests of --host need a network of their own: the test binary starts itself in
// new namespaces, where it is the internet, and runs nono there. Addresses for
// documentation (RFC 5737) stand for hosts; a name server knows them.
const (
	internetVar = "NONO_TEST_INTERNET"
	clientVar   = "NONO_TEST_CLIENT"
)

// zone is what the name server says.
var zone = map[string][4]byte{
	"good.example.": {203, 0, 113, 1}, "api.pkg.example.": {203, 0, 113, 1}, "other.example.": {203, 0, 113, 2},
	"cname.example.": {203, 0, 113, 2}, "bulk.example.": {203, 0, 113, 4}, "web.example.": {203, 0, 113, 5},
	"proxy.example.": {203, 0, 113, 6}, "alias.example.": {203, 0, 113, 6}, "private-proxy.example.": {10, 1, 2, 3}, "loop.example.": {127, 0, 0, 1}, "meta.example.": {169, 254, 169, 254}, "inner.example.": {10, 1, 2, 3},
}

func TestHosts(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root makes the network in which this is tested")
	}
	testenv.RequireLandlock(t, 4)
	if os.Getenv(internetVar) == "" {
		pattern := "^TestHosts$"
		if part := flag.Lookup("test.run").Value.String(); strings.HasPrefix(part, pattern+"/") {
			pattern = part // what is asked for by its name
		}
		c := exec.Command("/proc/self/exe", "-test.run", pattern, "-test.v="+fmt.Sprint(testing.Verbose()))
		c.Env = append(os.Environ(), internetVar+"=1")
		c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWNET}
		out, err := c.CombinedOutput()
		if err != nil {
			t.Errorf("%v:\n%s", err, out)
		} else if testing.Verbose() {
			t.Logf("%s", out)
		}
		return
	}
	w := newInternet(t)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		t.Run("reach", func(t *testing.T) { w.test(t, u) })
		if u.Root() && !suite.Long() {
			return // root differs in what it may reach; the rest takes minutes
		}
		t.Run("log", func(t *testing.T) { w.log(t, u) })
		t.Run("deny", func(t *testing.T) { w.deny(t, u) })
		t.Run("ending", func(t *testing.T) { w.ending(t, u) })
		t.Run("asking", func(t *testing.T) { w.asking(t, u) })
		t.Run("learning", func(t *testing.T) { w.learning(t, u) })
		t.Run("connect", func(t *testing.T) { w.connect(t, u) })
		t.Run("clients", func(t *testing.T) { w.clients(t, u) })
		t.Run("Unix sockets", func(t *testing.T) { w.unixSockets(t, u) })
		t.Run("figures", func(t *testing.T) { w.figures(t, u) })
		t.Run("admin", func(t *testing.T) { w.admin(t, u) })
		t.Run("lookups", func(t *testing.T) { w.lookups(t, u) })
		t.Run("datagrams", func(t *testing.T) { w.datagrams(t, u) })
		t.Run("many", func(t *testing.T) { w.many(t, u) })
		t.Run("swaps", func(t *testing.T) { w.swaps(t, u) })
		t.Run("first bytes", func(t *testing.T) { w.firstBytes(t, u) })
		t.Run("web", func(t *testing.T) { w.web(t, u) })
		t.Run("proxy", func(t *testing.T) { w.proxy(t, u) })
		t.Run("inside", func(t *testing.T) { w.inside(t, u) })
		t.Run("listen", func(t *testing.T) { w.listen(t, u) })
		t.Run("without namespaces", func(t *testing.T) { w.withoutNamespaces(t, u) })
	})
}

// An internet is what the test's own process serves.
type internet struct {
	ca []byte // the authority of the certificate that all its servers have
}

func newInternet(t *testing.T) internet {
	for _, args := range [][]string{{"link", "set", "lo", "up"}, {"addr", "add", "203.0.113.1/32", "dev", "lo"}, {"addr", "add", "203.0.113.2/32", "dev", "lo"},
		{"addr", "add", "203.0.113.53/32", "dev", "lo"}, {"addr", "add", "10.1.2.3/32", "dev", "lo"}, {"addr", "add", "169.254.169.254/32", "dev", "lo"}, {"addr", "add", "2001:db8::1/128", "dev", "lo", "nodad"}} {
		if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
			t.Skipf("ip %s: %v: %s", args, err, out)
		}
	}
	must(t, unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""))
	for path, text := range map[string]string{"/etc/resolv.conf": "nameserver 203.0.113.53\n", "/etc/hosts": "127.0.0.1 localhost\n203.0.113.1 filed.example\n"} {
		file := filepath.Join(t.TempDir(), "file")
		must(t, os.WriteFile(file, []byte(text), 0o644))
		real, err := filepath.EvalSymlinks(path)
		must(t, err)
		must(t, unix.Mount(file, real, "", unix.MS_BIND, ""))
	}
	go nameServer(t, "203.0.113.53:53")
	go nameServer(t, "127.0.0.53:53")
	ca, cert := authority.New(t, "good.example", "other.example", "filed.example", "*.pkg.example")
	for _, ip := range []string{"203.0.113.1", "203.0.113.2", "127.0.0.1", "10.1.2.3", "169.254.169.254", "2001:db8::1"} {
		for _, port := range []string{"80", "443", "8080"} {
			l, err := net.Listen("tcp", net.JoinHostPort(ip, port))
			must(t, err)
			if port == "443" {
				l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2", "http/1.1"}})
			}
			go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Upgrade") == "websocket" {
					upgrade(w)
					return
				}
				fmt.Fprintf(w, "%s:%s for %s", ip, port, r.Host)
			}))
		}
	}
	return internet{pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca})}
}

// address gives this machine of the test's another address.
func (w internet) address(t *testing.T, a string) string {
	exec.Command("ip", "addr", "add", a+"/32", "dev", "lo").Run() // it may be there already
	return a
}

// upgrade speaks a protocol of its own, as WebSocket does.
func upgrade(w http.ResponseWriter) {
	c, rw, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer c.Close()
	io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	line, _ := rw.ReadString('\n')
	io.WriteString(c, "echo "+line)
}

func nameServer(t *testing.T, at string) {
	c, err := net.ListenPacket("udp", at)
	if err != nil {
		t.Error(err)
		return
	}
	buf := make([]byte, 4096)
	for {
		n, from, err := c.ReadFrom(buf)
		if err != nil {
			return
		}
		var p dnsmessage.Parser
		head, err := p.Start(buf[:n])
		if err != nil {
			continue
		}
		q, err := p.Question()
		if err != nil {
			continue
		}
		addr, known := zone[strings.ToLower(q.Name.String())]
		reply := dnsmessage.Header{ID: head.ID, Response: true}
		if !known {
			reply.RCode = dnsmessage.RCodeNameError
		}
		b := dnsmessage.NewBuilder(nil, reply)
		b.StartQuestions()
		b.Question(q)
		if known && q.Type == dnsmessage.TypeA {
			b.StartAnswers()
			owner := q.Name
			if q.Name.String() == "cname.example." {
				owner = dnsmessage.MustNewName("elsewhere.example.")
				b.CNAMEResource(dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 1}, dnsmessage.CNAMEResource{CNAME: owner})
			}
			b.AResource(dnsmessage.ResourceHeader{Name: owner, Class: q.Class, TTL: 1}, dnsmessage.AResource{A: addr})
		}
		out, _ := b.Finish()
		c.WriteTo(out, from)
	}
}

// runner returns what runs a question of the client in a sandbox with the flags, and
// returns what nono and the client say.
func (w internet) runner(t *testing.T, u testenv.User, before ...string) (dir string, run func(flags []string, ask ...string) string) {
	r := newRun(t, u)
	client := filepath.Join(r.dir, "client")
	ca := filepath.Join(r.dir, "ca.pem")
	must(t, os.WriteFile(ca, w.ca, 0o644))
	self, err := os.ReadFile("/proc/self/exe")
	must(t, err)
	must(t, os.WriteFile(client, self, 0o755))
	must(t, os.Chmod(client, 0o755))
	return r.dir, func(flags []string, ask ...string) string {
		t.Helper()
		args := append([]string{r.s.Path("nono-run"), "--allow-command", "all", "--allow", r.dir}, flags...)
		args = append(append(args, "--", client), ask...)
		if len(before) > 0 {
			args = append(append([]string{client}, before...), args...)
		}
		c := u.Command(args[0], args[1:]...)
		c.Dir = r.dir
		c.Env = append(r.env(), clientVar+"="+ca)
		out, _ := c.CombinedOutput()
		return string(out)
	}
}

// A question is what the client does in the sandbox, and what its answer contains.
type question struct{ ask, want string }

// each has one client ask all questions, one after the other, each as if it were the first.
func (w internet) each(t *testing.T, run func([]string, ...string) string, flags []string, all []question) {
	t.Helper()
	asks := []string{"each"}
	for _, q := range all {
		asks = append(asks, q.ask)
	}
	answers := strings.Split(run(flags, asks...), answerEnd)
	if len(answers) != len(all)+1 {
		t.Fatalf("%d answers to %d questions: %q", len(answers)-1, len(all), answers)
	}
	for i, q := range all {
		if strings.Contains(answers[i], q.want) {
			continue
		}
		if q.ask == "udp 203.0.113.53:53" && answers[i] == "silence" {
			continue // the supervisor's own name server, which takes this for no question
		}
		t.Errorf("%s: %q, want %q", q.ask, answers[i], q.want)
	}
}

// answerEnd stands behind each answer.
const answerEnd = "\x1e"

func (w internet) test(t *testing.T, u testenv.User) {
	_, run := w.runner(t, u)
	flags := []string{"--silent", "--host", "good.example", "--host", "*.pkg.example:443", "--host", "filed.example:443", "--host", "203.0.113.2:8080", "--host", "cname.example"}
	private := append(flags[:len(flags):len(flags)], "--host", "*.example.example", "--host", "loop.example", "--host", "meta.example", "--host", "inner.example")
	w.each(t, run, flags, []question{
		// What is allowed, by name, and looked at.
		{"get https://good.example/", "203.0.113.1:443 for good.example"},
		{"get https://GOOD.example./", "203.0.113.1:443 for "},
		{"get http://good.example/", "203.0.113.1:80 for good.example"},
		{"get http://good.example:8080/", "203.0.113.1:8080 for good.example:8080"},
		{"get https://api.pkg.example/", "203.0.113.1:443 for api.pkg.example"},
		{"get https://filed.example/", "203.0.113.1:443 for filed.example"},
		{"get http://cname.example:8080/", "203.0.113.2:8080 for cname.example"},
		{"get http://elsewhere.example:8080/", "no such host"},
		{"get http://203.0.113.2:8080/", "203.0.113.2:8080 for 203.0.113.2:8080"},
		{"upgrade good.example:80", "echo hello"},
		// Everything else.
		{"get https://other.example/", "no such host"},
		{"get http://api.pkg.example/", "permission denied"},
		{"get https://pkg.example/", "no such host"},
		{"get http://203.0.113.2/", "permission denied"},
		{"get http://203.0.113.1/", "permission denied"},
		{"get http://127.0.0.1:8080/", "connection refused"},
		{"get http://127.0.0.2:8080/", "connection refused"},
		{"get http://0.0.0.0:8080/", "connection refused"},
		{"get http://[::1]:8080/", "connection refused"},
		{"get http://[::]:8080/", "connection refused"},
		{"get http://[::ffff:127.0.0.1]:8080/", "connection refused"},
		{"get http://localhost:8080/", "connection refused"},
		{"get http://[2001:db8::1]:8080/", "permission denied"},
		{"get http://169.254.169.254/", "permission denied"},
		// An allowed connection that asks for another host.
		{"front https good.example other.example", "reset"},
		{"front http good.example other.example", "403"},
		{"second good.example other.example", "200 403"},
		{"hello good.example:443", "reset"},
		// What is no TCP, and what waits for connections.
		{"udp 203.0.113.1:443", "connection refused"},
		{"udp 203.0.113.53:53", "connection refused"},
	})
	// Names that lead to this machine, a private network or a cloud's own service.
	w.each(t, run, private, []question{
		{"get http://loop.example/", "no such host"},
		{"get http://meta.example/", "no such host"},
		{"get http://inner.example/", "no such host"},
	})
	// A private address that is granted too.
	if got := run([]string{"--silent", "--host", "inner.example:8080", "--host", "10.1.2.3:8080"}, "get", "http://inner.example:8080/"); !strings.Contains(got, "10.1.2.3:8080") {
		t.Errorf("a granted private address: %q", got)
	}
	// --net-block is stronger.
	if got := run(append([]string{"--net-block"}, flags...), "get", "http://good.example/"); strings.Contains(got, "203.0.113.1") {
		t.Errorf("with --net-block: %q", got)
	}
}

// clientMain is the command within the sandbox.
func clientMain(args []string) {
	if err := ask(args); err != nil {
		fmt.Print(err)
	}
}

func ask(args []string) error {
	switch args[0] {
	case "nonamespace":
		return nonamespace(args[1:])
	case "each":
		for _, one := range args[1:] {
			if err := ask(strings.Fields(one)); err != nil {
				fmt.Print(err)
			}
			fmt.Print(answerEnd)
		}
		return nil
	}
	ca, err := os.ReadFile(os.Getenv(clientVar))
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
	client := &http.Client{Transport: transport, Timeout: 20 * time.Second}
	switch args[0] {
	case "get":
		return get(client, args[1], "")
	case "front":
		return get(client, args[1]+"://"+args[2]+"/", args[3])
	case "second":
		return second(args[1], args[2])
	case "hello":
		return plainly(args[1])
	case "upgrade":
		return upgraded(args[1])
	case "udp":
		return datagram(args[1])
	case "nonblocking", "interrupted", "own timeout", "unspecified":
		return connections(args[0], args[1])
	case "unix":
		return overUnix(client, args[1], args[2])
	case "figure":
		return figure(client, args[1], args[2], args[3], strings.Join(args[4:], ""))
	case "many":
		return many(client, args[1], args[2])
	case "swap":
		return swap(args[1], args[2], args[3])
	case "split", "nameless", "prior", "pipeline", "connect":
		return firstBytes(args[0], args[1], pool)
	case "proxied":
		return proxied(client, args[1], args[2], args[3])
	case "hidden":
		return hidden(args[1], args[2], args[3], pool)
	case "write":
		return write(args[1], args[2])
	case "servers":
		return servers(client)
	case "kept":
		return kept()
	case "serve":
		return serve(args[1])
	case "administer":
		return administer(args[1])
	case "outlast":
		return outlast(args[1])
	case "visit":
		return visit(args[1:])
	case "bound":
		return bound(args[1])
	case "sorted":
		addrs, err := net.DefaultResolver.LookupHost(context.Background(), args[1])
		fmt.Print(addrs)
		return err
	}
	return fmt.Errorf("no such question")
}

// get asks for a page; host, if not empty, is another host to ask for.
func get(client *http.Client, url, host string) error {
	q, err := http.NewRequest("GET", url, nil)
	if err != nil {
		return err
	}
	if host != "" {
		q.Host = host
		if t := client.Transport.(*http.Transport); strings.HasPrefix(url, "https") {
			t.TLSClientConfig.ServerName = host
		}
	}
	a, err := client.Do(q)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	fmt.Printf("%d %s", a.StatusCode, b)
	return err
}

// second asks for two hosts on one connection.
func second(first, then string) error {
	c, err := net.Dial("tcp", first+":80")
	if err != nil {
		return err
	}
	r := bufio.NewReader(c)
	for _, host := range []string{first, then} {
		fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", host)
		a, err := http.ReadResponse(r, nil)
		if err != nil {
			return err
		}
		io.Copy(io.Discard, a.Body)
		fmt.Printf("%d ", a.StatusCode)
	}
	return nil
}

// plainly sends what is no TLS.
func plainly(to string) error {
	c, err := net.Dial("tcp", to)
	if err != nil {
		return err
	}
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: good.example\r\n\r\n")
	_, err = io.ReadAll(c)
	return err
}

func upgraded(to string) error {
	c, err := net.Dial("tcp", to)
	if err != nil {
		return err
	}
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", strings.TrimSuffix(to, ":80"))
	r := bufio.NewReader(c)
	if _, err := http.ReadResponse(r, nil); err != nil {
		return err
	}
	io.WriteString(c, "hello\n")
	line, err := r.ReadString('\n')
	fmt.Print(line)
	return err
}

func datagram(to string) error {
	c, err := (&net.Dialer{}).DialContext(context.Background(), "udp", to)
	if err != nil {
		return err
	}
	c.SetDeadline(time.Now().Add(2 * time.Second))
	if _, err := io.WriteString(c, "x"); err != nil {
		return err
	}
	if _, err := c.Read(make([]byte, 100)); os.IsTimeout(err) {
		fmt.Print("silence")
		return nil
	} else {
		return err
	}
}
