package secrets

import (
	"bufio"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// A service is a stand-in of one that wants a key, and the user's own list names it.
type service struct {
	*httptest.Server
	asked atomic.Int64
}

func (w *world) service(t *testing.T) *service {
	t.Helper()
	s := &service{}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		fmt.Fprintf(w, "known: %v", r.Header.Get("X-Api-Key") == hidden)
	}))
	t.Cleanup(s.Close)
	w.listed(t, s.Server)
	return s
}

// listed writes the user's own list, which names that service "test".
func (w *world) listed(t *testing.T, s *httptest.Server) {
	t.Helper()
	config := filepath.Join(w.home, ".config/nono")
	must(t, os.MkdirAll(config, 0o755))
	ca := filepath.Join(config, "test.pem")
	must(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o644))
	list := filepath.Join(config, "services")
	must(t, os.WriteFile(list, []byte("# the test's own\ntest host="+s.Listener.Addr().String()+" auth=header:x-api-key key=TEST_API_KEY set=TEST_API_KEY=$TOKEN set=TEST_BASE_URL=$URL/v1 ca="+ca+"\n"), 0o644))
	w.user.Own(t, filepath.Join(w.home, ".config"), config, ca, list)
}

// client asks the endpoint as a client does that takes its address and its key from the
// environment.
const client = `
import os, sys, urllib.request, urllib.error
r = urllib.request.Request(os.environ["TEST_BASE_URL"] + "/messages", headers={"x-api-key": os.environ["TEST_API_KEY"]})
try:
    print(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(r).read().decode())
except urllib.error.HTTPError as e:
    print(e.code, e.read().decode())
except OSError as e:
    print(e)
`

// However much of the network is open, a client inside is answered by the service, with a
// key that nothing inside has.
func TestCredential(t *testing.T) {
	testenv.RequireLandlock(t, 4)
	tool(t, "python3")
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u, s)
		srv := w.service(t)
		program := w.script(filepath.Join(w.bin, "manager"), "echo "+hidden)
		script := filepath.Join(w.project, "client.py")
		must(t, os.WriteFile(script, []byte(client), 0o644))
		search := `python3 client.py; echo "$TEST_API_KEY"; env; cat "$NONO_SPEC"; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n'
			grep -rs . "$TMPDIR" . ; cat ~/.config/nono/services 2>&1`
		w.env = append(w.env, "TEST_API_KEY="+hidden)
		for _, c := range []struct{ network, credential []string }{
			{nil, []string{"--credential", "test"}},
			{nil, []string{"--credential", "test=exec:" + program}},
			{[]string{"--net-block"}, []string{"--credential", "test"}},
			{[]string{"--port", "9"}, []string{"--credential", "test"}},
			{[]string{"--host", "nowhere.example"}, []string{"--credential", "test"}},
		} {
			out, errs, status := w.nono(append(append(c.network, c.credential...), "--", "sh", "-c", search)...)
			if strings.Contains(errs, "network namespace") {
				t.Logf("%q: %s", c.network, errs)
				continue // what --host needs cannot be had here
			}
			if !strings.HasPrefix(out, "known: true\n") || !regexp.MustCompile(`\nnono-[0-9a-f]{64}\n`).MatchString(out) {
				t.Errorf("%q %q: status %d, %.300s %s", c.network, c.credential, status, out, errs)
			}
			if strings.Contains(out, hidden) {
				t.Errorf("%q %q: the key is inside", c.network, c.credential)
			}
		}
		// Outside the variable is what it was, and the service knows the key: the control.
		if out, _, _ := w.run("env"); !strings.Contains(out, "TEST_API_KEY="+hidden) {
			t.Error("the variable is not there outside")
		}
		// With no network, nothing but the endpoint can be reached.
		if out, _, _ := w.nono("--net-block", "--credential", "test", "--", "python3", "-c",
			"import socket; socket.create_connection(('127.0.0.1', "+port(srv.URL)+"))"); out != "" {
			t.Errorf("the service itself was reached: %s", out)
		}
	})
}

func port(url string) string { return url[strings.LastIndexByte(url, ':')+1:] }

// A made-up key is worth nothing to another run, at the service, or after its run.
func TestMadeUpKeyIsWorthNothing(t *testing.T) {
	testenv.RequireLandlock(t, 4)
	tool(t, "python3")
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u, s)
		srv := w.service(t)
		must(t, os.WriteFile(filepath.Join(w.project, "client.py"), []byte(client), 0o644))
		w.env = append(w.env, "TEST_API_KEY="+hidden)
		// The first run leaves its key and its endpoint in the project.
		_, errs, status := w.nono("--credential", "test", "--", "sh", "-c", `echo "$TEST_API_KEY" >key; echo "$TEST_BASE_URL" >url`)
		if status != 0 {
			t.Fatal(errs)
		}
		out, errs, _ := w.nono("--credential", "test", "--", "sh", "-c", `
			TEST_API_KEY=$(cat key) python3 client.py
			TEST_BASE_URL=$(cat url) python3 client.py
			TEST_BASE_URL=$(cat url) TEST_API_KEY=$(cat key) python3 client.py`)
		if lines := strings.Split(out, "\n"); len(lines) < 4 || !strings.HasPrefix(lines[0], "401 ") || strings.Contains(out, "known") {
			t.Errorf("%q %q", out, errs)
		}
		if n := srv.asked.Load(); n != 0 {
			t.Errorf("the service was asked %d times", n)
		}
	})
}

// No process but the supervisor has the key, or the socket of the endpoint, open: not the
// one that makes datagram sockets for --host either.
func TestKeyIsHeldByOneProcess(t *testing.T) {
	testenv.RequireLandlock(t, 4)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		for _, flag := range [][]string{{"--host", "nowhere.example"}, {"--ephemeral=discard"}, {"--undo"}} {
			t.Run(flag[0], func(t *testing.T) { keyIsHeldByOneProcess(t, newWorld(t, u, s), flag) })
		}
	})
}

func keyIsHeldByOneProcess(t *testing.T, w *world, flag []string) {
	w.t = t
	w.service(t)
	w.env = append(w.env, "TEST_API_KEY="+hidden)
	cmd := w.command(append(append([]string{"nono-run", "--silent", "--allow", w.project}, flag...), "--credential", "test", "--", "sh", "-c", `echo "$TEST_BASE_URL"; read wait`)...)
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	defer cmd.Wait()
	defer in.Close()
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Skip("what " + flag[0] + " takes does not start here")
	}
	socket := listening(t, strings.TrimSuffix(strings.TrimSpace(url), "/v1"))
	holders := 0
	all, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, fd := range all {
		to, err := os.Readlink(fd)
		if err != nil {
			continue
		}
		line, _ := os.ReadFile(filepath.Join(filepath.Dir(filepath.Dir(fd)), "cmdline"))
		if to == socket {
			holders++
			if !strings.Contains(string(line), "--confined") {
				t.Errorf("%q has the endpoint's socket", line)
			}
		}
		if strings.HasPrefix(to, "/memfd:") {
			if text, err := os.ReadFile(fd); err == nil && strings.Contains(string(text), hidden) {
				t.Errorf("%q has a file with the key open", line)
			}
		}
	}
	if holders != 1 {
		t.Errorf("%d processes have the endpoint's socket", holders)
	}
}

// listening returns what a descriptor of the socket that listens at url reads as (proc(5),
// /proc/net/tcp: the second field is the address, the fourth the state, the tenth the inode).
func listening(t *testing.T, url string) string {
	t.Helper()
	n, err := strconv.Atoi(port(url))
	must(t, err)
	text, err := os.ReadFile("/proc/net/tcp")
	must(t, err)
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) > 9 && f[3] == "0A" && f[1] == fmt.Sprintf("0100007F:%04X", n) {
			return "socket:[" + f[9] + "]"
		}
	}
	t.Fatalf("nothing listens at %s", url)
	return ""
}

// The log has what went through, and the limit holds.
func TestCredentialIsCounted(t *testing.T) {
	testenv.RequireLandlock(t, 4)
	tool(t, "python3")
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u, s)
		srv := w.service(t)
		must(t, os.WriteFile(filepath.Join(w.project, "client.py"), []byte(client), 0o644))
		w.env = append(w.env, "TEST_API_KEY="+hidden)
		log := filepath.Join(w.home, "log")
		out, errs, _ := w.nono("--audit-log", log, "--credential", "test:2/h", "--", "sh", "-c", "python3 client.py; python3 client.py; python3 client.py")
		if strings.Count(out, "known: ") != 2 || !strings.Contains(out, "429 nono: credential test: the limit of 2/h is reached") || srv.asked.Load() != 2 {
			t.Errorf("%q %q", out, errs)
		}
		text, err := os.ReadFile(log)
		must(t, err)
		for _, want := range []string{`"event":"refused"`, `"reason":"limit","host":`, `"event":"credential"`, `"credential":"test","requests":2,"denied":1,"received_bytes":22`} {
			if !strings.Contains(string(text), want) {
				t.Errorf("the log has no %s: …%s", want, text[max(0, len(text)-1500):])
			}
		}
		if strings.Contains(string(text), hidden) {
			t.Error("the key is in the log")
		}
		if out, errs, status := w.run("nono-audit", "verify", log); status != 0 {
			t.Errorf("%s%s", out, errs)
		}
		if out, _, _ := w.run("nono-audit", "show", log); !regexp.MustCompile(`credential +\d+ +test: 2 requests to 127\.0\.0\.1:\d+, 1 refused, 0 bytes sent, 22 received\n`).MatchString(out) {
			t.Errorf("%s", out)
		}
	})
}

func TestBadCredentials(t *testing.T) {
	testenv.RequireLandlock(t, 4)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u, s)
		w.service(t)
		for _, c := range []struct {
			args   []string
			want   string
			status int
		}{
			{[]string{"--credential", "none"}, "there is no service of that name", 125},
			{[]string{"--credential", "test"}, "the variable TEST_API_KEY is not set", 125},
			{[]string{"--credential", "test=pass"}, "the source begins with none of", 2},
			{[]string{"--credential", "test=file:x"}, "relative path", 2},
			{[]string{"--credential", "test:x"}, "a limit is a number", 2},
			{[]string{"--credential", "test:0/h"}, "a limit is a number", 2},
			{[]string{"--credential", "test:5/w"}, "the unit of a limit", 2},
			{[]string{"--credential", "Test"}, "it must begin with the name of a service", 2},
			{[]string{"--credential", "test", "--credential", "test"}, "is named twice", 2},
			{[]string{"--credential", "test=exec:/bin/false"}, "'/bin/false' ended with status 1", 125},
			{[]string{"--credential", "test=exec:/bin/true"}, "the answer is empty", 125},
			{[]string{"--credential", "test=file:/etc/hostname", "--allow-file", w.home + "/.config/nono/services"}, "the command may change", 125},
		} {
			out, errs, status := w.nono(append(c.args, "--", "touch", "started")...)
			if status != c.status || out != "" || !strings.Contains(errs, c.want) || strings.Count(errs, "nono: hint: ") != 1 {
				t.Errorf("%q: status %d, %q", c.args, status, errs)
			}
			w.nothingLeft(t)
		}
		if out, _, status := w.nono("--credential", "test:5/h=pass:x", "--dry-run", "--", "true"); status != 0 || !regexp.MustCompile(`credential test: the key from pass:x stays outside, for 127\.0\.0\.1:\d+ alone, at most 5/h\n`).MatchString(out) {
			t.Error(out)
		}
	})
}
