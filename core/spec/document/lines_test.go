package document

import (
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec/reach"
)

const laterSpec = "nono-spec 2\nsupervise opens\nsupervise names\nsupervise hosts\nnet block\nunix-sockets block\nrmdir block\n"

func TestHostLines(t *testing.T) {
	const good = "nono-spec 2\nhost example.com:443 by \"--host example.com:443\"\nsupervise hosts\nipc block\nnet block\nunix-sockets block\nrmdir block\n"
	s, err := Parse([]byte(good))
	if err != nil || len(s.Hosts) != 1 || string(Append(nil, s)) != good {
		t.Fatalf("%v: %s", err, Append(nil, s))
	}
	const more = "nono-spec 2\nhost *.example.com\ndeny-host a.example.com:80 by \"--deny-host a.example.com:80\"\nlisten 127.0.0.1:8000\nsupervise hosts\nipc block\nnet block\nunix-sockets block\nrmdir block\n"
	if s, err := Parse([]byte(more)); err != nil || string(Append(nil, s)) != more {
		t.Fatalf("%v: %s", err, Append(nil, s))
	}
	for _, bad := range []string{
		"nono-spec 2\ndeny-host a.example\nsupervise hosts\nnet block\nunix-sockets block\nrmdir block\n",
		"nono-spec 2\nhost a.example\ndeny-host a.example:80/raw\nsupervise hosts\nnet block\nunix-sockets block\nrmdir block\n",
		"nono-spec 2\nhost a.example\nlisten a.example:80\nsupervise hosts\nnet block\nunix-sockets block\nrmdir block\n",
		"nono-spec 2\nhost a.example\nlisten 127.0.0.1\nsupervise hosts\nnet block\nunix-sockets block\nrmdir block\n",
		"nono-spec 2\nhost a.example\nlisten 8000\nsupervise hosts\nnet block\nunix-sockets block\nrmdir block\n",
		"nono-spec 2\nhost Example.com\nsupervise hosts\nnet block\nunix-sockets block\nrmdir block\n",
		"nono-spec 2\nhost example.com\nsupervise exec\nnet block\nunix-sockets block\nrmdir block\n",
		"nono-spec 2\nhost example.com\nsupervise hosts\nnet allow\nunix-sockets block\nrmdir block\n",
		"nono-spec 2\nhost a.example b.example\nsupervise hosts\nnet block\nunix-sockets block\nrmdir block\n",
		"nono-spec 1\nhost a.example\nnet block\nunix-sockets block\nrmdir block\n",
	} {
		if _, err := Parse([]byte(bad)); err == nil {
			t.Errorf("taken: %s", bad)
		}
	}
}

func TestUnasked(t *testing.T) {
	for lines, want := range map[string]string{
		"ask allow /\nunasked allow":                                 "",
		"ask allow /\nunasked allow by \"policy site\"":              "",
		"ask allow /\nunasked read-file \"/a b\" by \"policy site\"": "",
		"ask allow /\nunasked unix-socket by \"policy site\"":        "",
		"ask allow /\nunasked":                                       "line 9: 'unasked' needs a directive",
		"ask allow /\nunasked deny /a":                               "line 9: 'unasked' does not go with \"deny\"",
		"ask allow /\nunasked read? /a":                              "line 9: 'unasked' does not go with \"read?\"",
		"ask allow /\nunasked read a":                                "line 9: the path \"a\" is not absolute",
		"ask allow /\nunasked read /a by":                            "line 9: after the path, only: by \"REASON\"",
		"unasked allow":                                              "a line 'unasked' goes with a line 'ask'",
	} {
		doc := laterSpec + lines + "\n"
		s, err := Parse([]byte(doc))
		got := ""
		if err != nil {
			got = err.Error()
		} else if text := string(Append(nil, s)); !strings.Contains(text, "\n"+lines+"\n") {
			t.Errorf("%s\nis printed as\n%s", lines, text)
		}
		if got != want {
			t.Errorf("%s\nsays %q, want %q", lines, got, want)
		}
	}
}

func TestLaterHosts(t *testing.T) {
	for lines, want := range map[string]string{
		"host a.example\nuntil 5 host b.example:443 by \"--host b.example:443:1h\"": "",
		"until 5 host b.example":                                    "",
		"host a.example\nask host *\nask host ::/0":                 "",
		"host a.example\nask host b.example:443 by \"policy site\"": "",
		"until 0 host b.example":                                    "line 9: 'until' needs a number of seconds since the system started, not \"0\"",
		"until 5 host b.example:1h":                                 "line 9: the host \"b.example:1h\": a port is a number from 1 to 65535",
		"until 5 host":                                              "line 9: 'host' needs one host, and after it only: by \"REASON\"",
		"ask host *":                                                "line 9: a line 'ask host' goes with a line 'host'",
	} {
		doc := laterSpec + "ask allow /\n" + lines + "\n"
		s, err := Parse([]byte(doc))
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			text := string(Append(nil, s))
			for line := range strings.Lines(lines) {
				if !strings.Contains(text, "\n"+strings.TrimSuffix(line, "\n")+"\n") {
					t.Errorf("%s\nis printed as\n%s", lines, text)
				}
			}
		}
		if got != want {
			t.Errorf("%s\nsays %q, want %q", lines, got, want)
		}
	}
}

func TestPorts(t *testing.T) {
	const doc = "nono-spec 1\nport 443 by \"--port 443\"\nport 8000-8080 by \"profile x\"\nport 1\nipc block\nnet block\nunix-sockets block\nrmdir block\n"
	s, err := Parse([]byte(doc))
	if err != nil || string(Append(nil, s)) != doc {
		t.Fatalf("%v\n%s", err, Append(nil, s))
	}
	for port, want := range map[int]int{0: -1, 1: 2, 2: -1, 442: -1, 443: 0, 444: -1, 7999: -1, 8000: 1, 8080: 1, 8081: -1, 65535: -1} {
		got := -1
		if line := reach.Port(s, port); line != nil {
			got = int(line.First)
			for i := range s.Ports {
				if line == &s.Ports[i] {
					got = i
				}
			}
		}
		if got != want {
			t.Errorf("port %d: line %d, want %d", port, got, want)
		}
	}
}
