package supervise

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	askpkg "github.com/nono-sandbox/nono/core/ask"
	"github.com/nono-sandbox/nono/core/testenv"
)

// asking holds --ask beside --host to what it says: a host that nothing grants is asked
// about when something connects there, by its name, and the answer gives what it says.
func (w internet) asking(t *testing.T, u testenv.User) {
	_, run := w.runner(t, u)
	tools := u.Dir(t)
	program, log := filepath.Join(tools, "answer"), filepath.Join(tools, "log")
	const once, forRun, everyPort, word, no = `{"yes":true}`, `{"yes":true,"for":"run"}`, `{"yes":true,"for":"run","dir":true}`, `{"yes":true,"word":"reveal"}`, `{"yes":false}`
	for _, c := range []struct{ answer, flags, ask, want, asked string }{
		{once, "", "get https://good.example/", "203.0.113.1:443 for good.example", "good.example:443"},
		{once, "", "get http://good.example/", "203.0.113.1:80 for good.example", "good.example:80"},
		{once, "", "get http://good.example:8080/", "203.0.113.1:8080 for good.example:8080", "good.example:8080"},
		{once, "", "get http://203.0.113.2:8080/", "203.0.113.2:8080", "203.0.113.2:8080"},
		{once, "", "get http://[2001:db8::1]:8080/", "2001:db8::1:8080", "[2001:db8::1]:8080"},
		{once, "", "visit good.example:8080 good.example:8080 good.example:81", "open open closed", "good.example:8080 good.example:8080 good.example:81"},
		{forRun, "", "visit good.example:8080 good.example:8080 good.example:443", "open open open", "good.example:8080 good.example:443"},
		{everyPort, "", "visit good.example:8080 good.example:443 good.example:80 other.example:80", "open open open open", "good.example:8080 other.example:80"},
		{no, "", "visit good.example:8080 good.example:8080 good.example:443", "shut shut shut", "good.example:8080 good.example:443"},
		{`{"yes":false,"never":true}`, "", "visit good.example:8080 good.example:8080", "shut shut", "good.example:8080"},
		// What asks for another name than was shown is ended as without a question.
		{once, "", "front https good.example other.example", "reset", "good.example:443"},
		{once, "", "front http good.example other.example", "403", "good.example:80"},
		// Nobody asks about what is granted, denied, no TCP or on this machine.
		{no, "--host good.example", "get https://good.example/", "203.0.113.1:443", ""},
		{once, "--deny-host good.example", "get https://good.example/", "no such host", ""},
		{once, "--deny-host good.example:443", "get https://good.example/", "permission denied", ""},
		{once, "--deny-host 203.0.113.2", "get http://203.0.113.2:8080/", "permission denied", ""},
		{once, "", "udp 203.0.113.1:443", "connection refused", ""},
		{once, "", "get http://localhost:8080/", "connection refused", ""},
		{once, "", "get http://127.0.0.1:8080/", "connection refused", ""},
		{once, "", "get http://[::1]:8080/", "connection refused", ""},
		{once, "", "get http://0.0.0.0:8080/", "connection refused", ""},
		{once, "", "get http://[::]:8080/", "connection refused", ""},
		{once, "", "get http://[::ffff:127.0.0.1]:8080/", "connection refused", ""},
		// A name that leads to a private address stays shut, as one that is granted.
		{once, "", "get http://inner.example:8080/", "permission denied", "inner.example:8080"},
		{once, "", "get http://meta.example/", "permission denied", "meta.example:80"},
		{once, "", "get http://loop.example:8080/", "permission denied", "loop.example:8080"},
		{once, "", "get http://nothing.example/", "no route to host", "nothing.example:80"},
		// A private address itself takes the word.
		{once, "", "get http://10.1.2.3:8080/", "permission denied", "10.1.2.3:8080"},
		{word, "", "get http://10.1.2.3:8080/", "10.1.2.3:8080 for", "10.1.2.3:8080"},
		{once, "", "get http://169.254.169.254/", "permission denied", "169.254.169.254:80"},
		// What is no answer is no.
		{`no`, "", "get https://good.example/", "permission denied", "good.example:443"},
		{`{"yes":true,"id":99}`, "", "get https://good.example/", "permission denied", "good.example:443"},
		{`{"yes":true,"for":"always"}`, "", "get https://good.example/", "permission denied", "good.example:443"},
	} {
		must(t, os.WriteFile(program, []byte("#!/bin/sh\ncat >>"+log+"\necho '"+c.answer+"'\n"), 0o755))
		os.Remove(log)
		flags := append([]string{"--silent", "--host", "granted.example", "--ask-with", program}, strings.Fields(c.flags)...)
		got := run(flags, strings.Fields(c.ask)...)
		asked := ""
		text, _ := os.ReadFile(log)
		for line := range strings.Lines(string(text)) {
			var q askpkg.Question
			must(t, json.Unmarshal([]byte(line), &q))
			asked += " " + q.Host
			if q.Op != "connect" || q.Path != "" || q.Asker.PID == 0 || q.File != "host '"+q.Host+"'" && !strings.Contains(q.Host, "[") {
				t.Errorf("%s: %s", c.ask, line)
			}
		}
		if asked = strings.TrimSpace(asked); !strings.Contains(got, c.want) || asked != c.asked {
			t.Errorf("answered %s, %s: %q, asked %q, want %q and %q", c.answer, c.ask, got, asked, c.want, c.asked)
		}
	}
}
