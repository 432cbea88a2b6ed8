package supervise

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// A client is a program of the field that connects to hosts.
type client struct {
	name, program string
	script        string // for sh; URL, HOST, PORT, CA and DIR are set
	reached       string // a pattern of what it says when it has reached the server
	slow          bool   // to start: what is no name is tried only at length, see suite.Long
	port          string // instead of 443
	long          bool
	flags         []string
}

var clients = []client{
	{name: "curl", program: "curl", script: `curl -sS --cacert $CA $URL`, reached: ":443 for "},
	{name: "wget", program: "wget", script: `wget -nv -O- -t1 --ca-certificate=$CA $URL`, reached: ":443 for "},
	{name: "git over https", program: "git", script: `GIT_SSL_CAINFO=$CA GIT_TRACE_CURL=1 git ls-remote $URL/x`, reached: "HTTP/[12.]+ 200"},
	{name: "ssh", program: "ssh", script: `ssh -F none -o BatchMode=yes -o ConnectTimeout=10 -p $PORT $HOST`, port: "8080", reached: "kex_exchange|banner|Connection closed by|protocol"},
	{name: "node fetch", program: "node", slow: true, script: `NODE_EXTRA_CA_CERTS=$CA node -e 'fetch(process.env.URL).then(r => r.text()).then(console.log, e => console.log(e.cause || e))'`, reached: ":443 for "},
	{name: "node https", program: "node", slow: true, script: `NODE_EXTRA_CA_CERTS=$CA node -e 'require("https").get(process.env.URL, r => r.pipe(process.stdout)).on("error", console.log)'`, reached: ":443 for "},
	{name: "node's own resolver", program: "node", script: `node -e 'require("dns").resolve4(process.env.HOST, (e, a) => console.log(e ? e.code : "has " + a))'`, reached: "has "},
	{name: "Python urllib", program: "/usr/bin/python3", script: `SSL_CERT_FILE=$CA /usr/bin/python3 -c 'import os, urllib.request as u; print(u.urlopen(os.environ["URL"]).read())'`, reached: ":443 for "},
	{name: "Python requests", program: "/usr/bin/python3", slow: true,
		script: `/usr/bin/python3 -c 'import os, requests; print(requests.get(os.environ["URL"], verify=os.environ["CA"]).text)'`, reached: ":443 for "},
	{name: "Python aiohttp", program: "/usr/bin/python3", slow: true, script: `/usr/bin/python3 -c '
import aiohttp, asyncio, os, ssl
async def main():
    async with aiohttp.ClientSession() as s:
        async with s.get(os.environ["URL"], ssl=ssl.create_default_context(cafile=os.environ["CA"])) as r:
            print(await r.text())
asyncio.run(main())'`, reached: ":443 for "},
	{name: "Python httpx", program: "/usr/bin/python3", slow: true,
		script: `/usr/bin/python3 -c 'import httpx, os; print(httpx.get(os.environ["URL"], verify=os.environ["CA"]).text)'`, reached: ":443 for "},
	{name: "pip", program: "/usr/bin/python3", long: true,
		script: `HOME=$DIR /usr/bin/python3 -m pip download --no-deps --no-cache-dir --retries 0 --timeout 9 --cert $CA -i $URL/simple -d $DIR/dl x`, reached: "Content-Type|Skipping page"},
	{name: "npm", program: "npm", long: true, script: `HOME=$DIR npm --strict-ssl=false --fetch-retries=0 --cache $DIR/npm --registry $URL/ view x`, reached: "(?i)json"},
	{name: "pnpm", program: "pnpm", long: true, script: `HOME=$DIR NODE_EXTRA_CA_CERTS=$CA npm_config_fetch_retries=0 pnpm_config_fetch_retries=0 timeout 60 pnpm --registry $URL/ view x`, reached: "(?i)json|DECODE_ERROR"},
	{name: "musl", program: "musl-gcc", script: `cat > $DIR/c.c <<'END'
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
int main(void) {
	struct addrinfo *a, hints = {.ai_socktype = SOCK_STREAM};
	int e = getaddrinfo(getenv("HOST"), getenv("PORT"), &hints, &a), s, n;
	char buf[999];
	if (e) { puts(gai_strerror(e)); return 1; }
	for (; a; a = a->ai_next) {
		s = socket(a->ai_family, SOCK_STREAM, 0);
		if (connect(s, a->ai_addr, a->ai_addrlen)) { perror("connect"); continue; }
		dprintf(s, "GET / HTTP/1.0\r\nHost: %s\r\n\r\n", getenv("HOST"));
		while ((n = read(s, buf, sizeof buf)) > 0) write(1, buf, n);
		return 0;
	}
	return 1;
}
END
musl-gcc -static -o $DIR/c $DIR/c.c && $DIR/c`, port: "80", reached: ":80 for "},
	{name: "go", program: "/usr/local/go/bin/go", long: true, flags: []string{"--read", "/usr/local/go"},
		script:  `HOME=$DIR GOPATH=$DIR/go GOCACHE=$DIR/gocache GOTELEMETRY=off GOFLAGS=-modcacherw SSL_CERT_FILE=$CA GOPROXY=$URL GONOSUMDB=* /usr/local/go/bin/go list -m -versions example.com/x@none 2>&1`,
		reached: "invalid character"},
	{name: "cargo", program: "/usr/bin/cargo", long: true, flags: []string{"--allow-rmdir"}, script: `mkdir -p $DIR/p && cd $DIR/p && : > lib.rs && cat > Cargo.toml <<'END'
[package]
name = "dependent"
version = "0.1.0"
edition = "2018"
[lib]
path = "lib.rs"
[dependencies]
wanted = "1"
END
HOME=$DIR CARGO_HOME=$DIR/cargo CARGO_HTTP_CAINFO=$CA CARGO_NET_RETRY=0 timeout 60 /usr/bin/cargo fetch --config 'source.crates-io.replace-with="s"' --config "source.s.registry=\"$URL/index\""`,
		reached: "(?i)content-type|invalid (pkt|response)|unexpected http|bad packet"},
	{name: "Java", program: "java", long: true, flags: []string{"--allow-rmdir"}, script: `cat > $DIR/A.java <<'END'
import java.net.*; import javax.net.ssl.*; import java.security.cert.*;
public class A { public static void main(String[] a) throws Exception {
  SSLContext c = SSLContext.getInstance("TLS");
  c.init(null, new TrustManager[]{new X509TrustManager() {
    public void checkClientTrusted(X509Certificate[] x, String s) {} public void checkServerTrusted(X509Certificate[] x, String s) {}
    public X509Certificate[] getAcceptedIssuers() { return null; } }}, null);
  HttpsURLConnection h = (HttpsURLConnection) new URL(System.getenv("URL")).openConnection();
  h.setSSLSocketFactory(c.getSocketFactory()); h.setHostnameVerifier((s, t) -> true);
  System.out.println(new String(h.getInputStream().readAllBytes())); } }
END
java $DIR/A.java`, reached: ":443 for "},
	{name: "Chromium", program: "chromium", long: true, flags: []string{"--profile", "browser", "--inner-sockets"},
		script: `HOME=$DIR timeout 60 chromium --headless --no-sandbox --disable-gpu --ignore-certificate-errors --user-data-dir=$DIR/chromium --dump-dom $URL`, reached: ":443 for "},
}

// clients holds for programs of the field what is promised of every program: the allowed
// host is reached, and neither another one nor an address.
func (w internet) clients(t *testing.T, u testenv.User) {
	for _, c := range clients {
		t.Run(c.name, func(t *testing.T) {
			if c.long && !suite.Long() {
				t.Skip("NONO_LONG is not set")
			}
			if _, err := exec.LookPath(c.program); err != nil {
				t.Skipf("%s is not here", c.program)
			}
			port := c.port
			if port == "" {
				port = "443"
			}
			reached := regexp.MustCompile(c.reached)
			if said := w.asClient(t, u, c, "good.example", port, false); !reached.MatchString(said) {
				t.Skipf("it is not here, or does not work outside a sandbox: %s", said)
			}
			for host, want := range map[string]bool{"good.example": true, "other.example": false, "203.0.113.2": false, "127.0.0.1": false} {
				if c.name == "node's own resolver" && strings.Contains(host, "1") {
					continue // an address is not looked up
				}
				if c.slow && !suite.Long() && strings.Contains(host, "1") {
					continue
				}
				if said := w.asClient(t, u, c, host, port, true); reached.MatchString(said) != want {
					t.Errorf("%s, reached should be %v: %s", host, want, said)
				}
			}
		})
	}
}

func (w internet) asClient(t *testing.T, u testenv.User, c client, host, port string, sandboxed bool, env ...string) string {
	r := newRun(t, u)
	ca := filepath.Join(r.dir, "ca.pem")
	must(t, os.WriteFile(ca, w.ca, 0o644))
	url := "https://" + host
	if port != "443" {
		url += ":" + port
	}
	args := []string{"sh", "-c", c.script + " 2>&1"}
	if sandboxed {
		before := append([]string{r.s.Path("nono-run"), "--silent", "--allow", r.dir, "--host", "good.example:" + port}, c.flags...)
		args = append(append(before, "--"), args...)
	}
	cmd := u.Command(args[0], args[1:]...)
	cmd.Dir = r.dir
	cmd.Env = append(append(r.env(), env...), "URL="+url, "HOST="+host, "PORT="+port, "CA="+ca, "DIR="+r.dir, "PATH=/usr/local/bin:/usr/bin:/bin")
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { cmd.Process.Kill() })
	defer stop()
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out)
}
