package supervise

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/testenv"
)

// log holds the log and the summary to what the network did.
func (w internet) log(t *testing.T, u testenv.User) {
	_, run := w.runner(t, u)
	path := filepath.Join(u.Dir(t), "log")
	for _, c := range []struct {
		flags, ask string
		want       audit.Event // of its fields those that are not empty
		summary    string
		hint       string
	}{
		{"--host good.example", "get https://good.example/",
			audit.Event{Kind: audit.Connected, Host: "good.example", Address: "203.0.113.1:443"}, "", ""},
		{"--host good.example", "get http://good.example:8080/",
			audit.Event{Kind: audit.Connected, Host: "good.example", Address: "203.0.113.1:8080"}, "", ""},
		{"--host good.example", "get http://good.example:81/",
			audit.Event{Kind: audit.Connected, Host: "good.example", Address: "203.0.113.1:81"}, "", ""},
		{"--host 203.0.113.2:80", "get http://203.0.113.2/",
			audit.Event{Kind: audit.Connected, Address: "203.0.113.2:80"}, "", ""},
		{"--host good.example", "get https://other.example/",
			audit.Event{Kind: audit.Refused, Op: "lookup", Host: "other.example", Reason: "host_not_granted"},
			"lookup of 'other.example': host not granted", "--host other.example"},
		{"--host good.example:443", "get http://good.example/",
			audit.Event{Kind: audit.Refused, Op: "tcp", Host: "good.example", Port: 80, Errno: "EACCES"},
			"tcp to 'good.example' port 80: host not granted", "--host good.example:80"},
		{"--host good.example", "get http://203.0.113.2:8080/",
			audit.Event{Kind: audit.Refused, Op: "tcp", Host: "203.0.113.2", Port: 8080},
			"tcp to '203.0.113.2' port 8080: host not granted", "--host 203.0.113.2:8080"},
		{"--host good.example", "front https good.example other.example",
			audit.Event{Kind: audit.Refused, Host: "good.example", Port: 443, To: "other.example", Reason: "asks_for_another_host", Errno: "ECONNRESET"},
			"tcp to 'good.example' port 443: asks for another host", "--host good.example:443/raw"},
		{"--host good.example", "second good.example other.example",
			audit.Event{Kind: audit.Refused, Host: "good.example", Port: 80, To: "other.example"},
			"tcp to 'good.example' port 80: asks for another host", "--host good.example:80/raw"},
		{"--host good.example", "hello good.example:443",
			audit.Event{Kind: audit.Refused, Host: "good.example", Reason: "names_no_host"},
			"tcp to 'good.example' port 443: names no host", "--host good.example:443/raw"},
		{"--host inner.example", "get http://inner.example/",
			audit.Event{Kind: audit.Refused, Op: "lookup", Host: "inner.example", Address: "10.1.2.3", Reason: "name_leads_to_private_addresses"},
			"lookup of 'inner.example': name leads to private addresses", "--host 10.1.2.3"},
	} {
		os.Remove(path)
		flags := append(strings.Fields(c.flags), "--summary", "text", "--audit-log", path)
		said := run(flags, strings.Fields(c.ask)...)
		f, err := os.Open(path)
		must(t, err)
		r := audit.NewReader(f)
		runs, err := r.Runs()
		f.Close()
		if err != nil || len(runs) != 1 || len(r.Problems) > 0 {
			t.Fatalf("%s: %d runs, %v, %v; it said:\n%s", c.ask, len(runs), err, r.Problems, said)
		}
		found := false
		for _, e := range runs[0].Events {
			found = found || like(e, c.want)
		}
		if !found {
			text, _ := os.ReadFile(path)
			t.Errorf("%s: the log has no %+v:\n%s", c.ask, c.want, text)
		}
		if c.summary == "" && strings.Contains(said, "refused:") || !strings.Contains(said, c.summary) {
			t.Errorf("%s: it said\n%s\nwant %q", c.ask, said, c.summary)
		}
		if c.hint != "" && !strings.Contains(said, "to allow it: "+c.hint+"\n") {
			t.Errorf("%s: it said\n%s\nwant the hint %q", c.ask, said, c.hint)
		}
		if c.hint == "" {
			continue
		}
		// What the hint says is what helps.
		said = run(append(append(strings.Fields(c.flags), strings.Fields(c.hint)...), "--summary", "text"), strings.Fields(c.ask)...)
		if strings.Contains(said, c.summary) {
			t.Errorf("%s with %s:\n%s", c.ask, c.hint, said)
		}
	}
}

// like reports whether e has all that want has.
func like(e, want audit.Event) bool {
	return e.Kind == want.Kind && (want.Op == "" || e.Op == want.Op) && (want.Host == "" || e.Host == want.Host) &&
		(want.Port == 0 || e.Port == want.Port) && (want.To == "" || e.To == want.To) && (want.Reason == "" || e.Reason == want.Reason) &&
		(want.Errno == "" || e.Errno == want.Errno) && (want.Address == "" || e.Address == want.Address)
}
