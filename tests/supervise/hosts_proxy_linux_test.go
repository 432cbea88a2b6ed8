package supervise

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// forwarder is a proxy of HTTP that leads to every host of the zone and keeps what it was
// asked for. Asked for a host without credentials it answers 407 where that host is
// locked.example.
func (l *listing) forwarder(t *testing.T, at string) {
	server, err := net.Listen("tcp", at)
	must(t, err)
	t.Cleanup(func() { server.Close() })
	go func() {
		for {
			c, err := server.Accept()
			if err != nil {
				return
			}
			go l.forward(c)
		}
	}()
}

func (l *listing) forward(c net.Conn) {
	defer c.Close()
	in := bufio.NewReader(c)
	for {
		q, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		fmt.Fprintf(l, "%s %s\n", q.Method, q.RequestURI)
		host, port, err := net.SplitHostPort(q.Host)
		if err != nil {
			host, port = q.Host, "80"
		}
		if host == "locked.example" {
			if q.Header.Get("Proxy-Authorization") == "" {
				io.WriteString(c, "HTTP/1.1 407 Who\r\nContent-Length: 3\r\n\r\nwho")
				continue
			}
			host = "good.example"
		}
		if addr, ok := zone[host+"."]; ok {
			host = net.IP(addr[:]).String()
		}
		up, err := net.Dial("tcp", net.JoinHostPort(host, port))
		if err != nil {
			io.WriteString(c, "HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n")
			continue
		}
		if q.Method == http.MethodConnect {
			io.WriteString(c, "HTTP/1.1 200 Yes\r\n\r\n")
			go func() {
				io.Copy(up, in)
				up.(*net.TCPConn).CloseWrite()
			}()
			io.Copy(c, up)
			up.Close()
			return
		}
		q.Write(up)
		if a, err := http.ReadResponse(bufio.NewReader(up), q); err == nil {
			a.Write(c)
		}
		up.Close()
	}
}

// proxy holds the hosts that a proxy is asked for.
func (w internet) proxy(t *testing.T, u testenv.User) {
	var asked listing
	asked.forwarder(t, w.address(t, "203.0.113.6")+":3128")
	asked.forwarder(t, "10.1.2.3:3128")
	dir, run := w.runner(t, u)
	cases := []struct{ name, send, want string }{
		{"a URL", "GET http://good.example/ HTTP/1.1\r\nHost: good.example\r\n\r\n", "200 203.0.113.1:80 for good.example;"},
		{"a URL with a port", "GET http://good.example:8080/ HTTP/1.1\r\nHost: good.example:8080\r\n\r\n", "200 203.0.113.1:8080 for good.example:8080;"},
		{"two URLs", "GET http://good.example/ HTTP/1.1\r\nHost: good.example\r\n\r\nGET http://api.pkg.example/ HTTP/1.1\r\nHost: api.pkg.example\r\n\r\n", "200 203.0.113.1:80 for good.example;200 203.0.113.1:80 for api.pkg.example;"},
		{"another host later", "GET http://good.example/ HTTP/1.1\r\nHost: good.example\r\n\r\nGET http://other.example/ HTTP/1.1\r\nHost: other.example\r\n\r\n", "200 203.0.113.1:80 for good.example;403 "},
		{"another host", "GET http://other.example/ HTTP/1.1\r\nHost: other.example\r\n\r\n", "403 "},
		{"another host in Host", "GET http://good.example/ HTTP/1.1\r\nHost: other.example\r\n\r\n", "403 "},
		{"another host in the URL", "GET http://other.example/ HTTP/1.1\r\nHost: good.example\r\n\r\n", "403 "},
		{"another scheme", "GET https://good.example/ HTTP/1.1\r\nHost: good.example\r\n\r\n", "403 "},
		{"no URL", "GET / HTTP/1.1\r\nHost: good.example\r\n\r\n", "403 "},
		{"an address", "GET http://203.0.113.2/ HTTP/1.1\r\nHost: 203.0.113.2\r\n\r\n", "403 "},
		{"a number", "GET http://3405803778/ HTTP/1.1\r\nHost: 3405803778\r\n\r\n", "403 "},
		{"CONNECT to another host", "CONNECT other.example:443 HTTP/1.1\r\n\r\n", "403 "},
		{"CONNECT to another port", "CONNECT ported.example:443 HTTP/1.1\r\n\r\n", "403 "},
		{"CONNECT to an address", "CONNECT 203.0.113.2:8080 HTTP/1.1\r\n\r\n", "403 "},
		{"CONNECT to the proxy", "CONNECT proxy.example:3128 HTTP/1.1\r\n\r\n", "403 "},
		{"CONNECT to the proxy's address", "CONNECT 203.0.113.6:3128 HTTP/1.1\r\n\r\n", "403 "},
		{"CONNECT to loopback", "CONNECT localhost:8080 HTTP/1.1\r\n\r\n", "403 "},
		{"CONNECT behind a URL", "GET http://good.example/ HTTP/1.1\r\nHost: good.example\r\n\r\nCONNECT good.example:443 HTTP/1.1\r\n\r\n", "200 203.0.113.1:80 for good.example;403 "},
		{"CONNECT with another Host", "CONNECT good.example:443 HTTP/1.1\r\nHost: other.example:443\r\n\r\n", "403 "},
		{"a tunnel to port 8080", "CONNECT good.example:8080 HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: any.example\r\n\r\n", "200 HTTP/1.1 200 OK"},
		{"a tunnel to port 80", "CONNECT good.example:80 HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: good.example\r\n\r\n", "200 HTTP/1.1 200 OK"},
		{"another host in a tunnel to port 80", "CONNECT good.example:80 HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: other.example\r\n\r\n", "200 HTTP/1.1 403 Forbidden"},
		{"no TLS in a tunnel to port 443", "CONNECT good.example:443 HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: good.example\r\n\r\n", "200 ;"},
		{"407", "CONNECT locked.example:8080 HTTP/1.1\r\n\r\nCONNECT locked.example:8080 HTTP/1.1\r\nProxy-Authorization: Basic x\r\n\r\n", "407 who;200 ;"},
		{"502", "CONNECT good.example:81 HTTP/1.1\r\n\r\nCONNECT other.example:443 HTTP/1.1\r\n\r\n", "502 ;403 "},
	}
	var texts []string
	for _, c := range cases {
		texts = append(texts, c.send)
	}
	all, err := json.Marshal(texts)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "texts"), all, 0o644))
	flags := []string{"--silent", "--host", "proxy.example:3128/proxy", "--host", "good.example", "--host", "*.pkg.example", "--host", "locked.example:8080", "--host", "ported.example:80"}
	got := strings.Split(run(flags, "write", "proxy.example:3128", filepath.Join(dir, "texts")), "\n~\n")
	for i, c := range cases {
		if i >= len(got) || !strings.HasPrefix(got[i], c.want) || strings.HasSuffix(c.want, ";") && got[i] != c.want {
			t.Errorf("%s: want %q of %q", c.name, c.want, got)
		}
	}
	for _, word := range []string{"other.example", "203.0.113.2:", "ported", "localhost", "proxy.example", "3405803778", ":3128", " /"} {
		if strings.Contains(asked.seen(), word) {
			t.Errorf("the proxy was asked:\n%s", asked.seen())
		}
	}
	w.aroundProxy(t, run)
	w.proxyClients(t, u)
}

// aroundProxy looks at ways to the proxy on which what it is asked for would not be seen.
func (w internet) aroundProxy(t *testing.T, run func([]string, ...string) string) {
	const there = "http://proxy.example:3128"
	for _, c := range []struct{ flags, via, url, want string }{
		{"", there, "https://good.example/ good.example", "200 203.0.113.1:443 for good.example"},
		{"", there, "https://good.example/ other.example", "reset"},
		{"", there, "https://other.example/ other.example", "Forbidden"},
		{"--host good.example:443/raw", there, "https://good.example/ other.example", "200 "},
		{"", "http://203.0.113.6:3128", "https://other.example/ other.example", "permission denied"},
		{"--host alias.example", "http://alias.example:3128", "https://other.example/ other.example", "unreachable"},
		{"--host 203.0.113.0/24", "http://203.0.113.6:3128", "https://loop.example/ loop.example", "Forbidden"},
		{"--host 203.0.113.0/24", "http://203.0.113.6:3128", "https://good.example/ good.example", "200 203.0.113.1:443"},
		{"--host proxy.example", there, "https://other.example/ other.example", "Forbidden"},
		{"--host proxy.example:3128/raw", there, "https://other.example/ other.example", "200 203.0.113.2:443"},
		{"--host private-proxy.example:3128/proxy", "http://private-proxy.example:3128", "https://good.example/ good.example", "200 203.0.113.1:443"},
		{"--host private-proxy.example:3128/proxy", "http://private-proxy.example:8080", "https://good.example/ good.example", "permission denied"},
		{"--host good.example --host 10.1.2.3:3128/proxy", "http://10.1.2.3:3128", "https://good.example/ good.example", "200 203.0.113.1:443"},
		{"--host good.example --host 10.1.2.3:3128/proxy", "http://10.1.2.3:3128", "https://other.example/ other.example", "Forbidden"},
	} {
		flags := append([]string{"--silent", "--host", "proxy.example:3128/proxy", "--host", "good.example"}, strings.Fields(c.flags)...)
		url, name, _ := strings.Cut(c.url, " ")
		if got := run(flags, "proxied", c.via, url, name); !strings.Contains(got, c.want) {
			t.Errorf("%s %s: %s by %s: %q, want %q", c.flags, name, url, c.via, got, c.want)
		}
	}
}

// proxyClients runs programs that heed a proxy of the environment.
func (w internet) proxyClients(t *testing.T, u testenv.User) {
	for _, c := range []struct{ program, script, reached string }{
		{"curl", `curl -sS --cacert $CA $URL`, ":443 for "},
		{"wget", `wget -nv -O- -t1 --ca-certificate=$CA $URL`, ":443 for "},
		{"git", `GIT_SSL_CAINFO=$CA GIT_TRACE_CURL=1 git ls-remote $URL/x`, "HTTP/2 200"},
		{"/usr/bin/python3", `SSL_CERT_FILE=$CA /usr/bin/python3 -c 'import os, urllib.request as u; print(u.urlopen(os.environ["URL"]).read())'`, ":443 for "},
	} {
		if _, err := exec.LookPath(c.program); err != nil {
			t.Logf("%s is not here", c.program)
			continue
		}
		for host, want := range map[string]bool{"good.example": true, "other.example": false} {
			said := w.asClient(t, u, client{script: "export https_proxy=$HTTPS_PROXY; " + c.script}, host, "443", true, "HTTPS_PROXY=http://proxy.example:3128")
			if strings.Contains(said, c.reached) != want {
				t.Errorf("%s, %s: reached should be %v: %s", c.program, host, want, said)
			}
		}
	}
}

// proxied asks for a page by a proxy, and in TLS for a host.
func proxied(client *http.Client, proxy, page, host string) error {
	via, err := url.Parse(proxy)
	if err != nil {
		return err
	}
	client.Transport.(*http.Transport).Proxy = http.ProxyURL(via)
	if strings.Contains(page, host) {
		host = ""
	}
	return get(client, page, host)
}
