package spec

import (
	"strings"
	"testing"
)

const laterSpec = "nono-spec 2\nsupervise opens\nsupervise names\nsupervise hosts\nnet block\nunix-sockets block\nrmdir block\n"

func TestUnasked(t *testing.T) {
	for lines, want := range map[string]string{
		"ask allow /\nunasked allow":                                 "",
		"ask allow /\nunasked allow by \"policy site\"":              "",
		"ask allow /\nunasked read-file \"/a b\" by \"policy site\"": "",
		"ask allow /\nunasked":                                       "line 9: 'unasked' wants a directive",
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
		} else if text := string(s.Append(nil)); !strings.Contains(text, "\n"+lines+"\n") {
			t.Errorf("%s\nis printed as\n%s", lines, text)
		}
		if got != want {
			t.Errorf("%s\nsays %q, want %q", lines, got, want)
		}
	}
}

func TestUnaskedFor(t *testing.T) {
	s := &Spec{Unasked: []Path{{Kind: Allow}, {Kind: Read, Path: "/a/b"}, {Kind: ReadFile, Path: "/f"}}}
	for _, c := range []struct {
		kind Kind
		path string
		want bool
	}{
		{Allow, "/x", true}, {Write, "/x", false}, {Read, "/a/b", true}, {Read, "/a", true}, {Read, "/", true},
		{Read, "/a/b/c", false}, {Read, "/a/bc", false}, {ReadFile, "/f", true}, {ReadFile, "/g", false}, {AllowFile, "/f", false},
	} {
		if got := s.UnaskedFor(c.kind, c.path) != nil; got != c.want {
			t.Errorf("%s %s: %v", c.kind, c.path, got)
		}
	}
}

func TestLaterHosts(t *testing.T) {
	for lines, want := range map[string]string{
		"host a.example\nuntil 5 host b.example:443 by \"--host b.example:443:1h\"": "",
		"until 5 host b.example":                                    "",
		"host a.example\nask host *\nask host ::/0":                 "",
		"host a.example\nask host b.example:443 by \"policy site\"": "",
		"until 0 host b.example":                                    "line 9: 'until' wants a number of seconds since the system started, not \"0\"",
		"until 5 host b.example:1h":                                 "line 9: the host \"b.example:1h\": a port is a number from 1 to 65535",
		"until 5 host":                                              "line 9: 'host' wants one host, and behind it only: by \"REASON\"",
		"ask host *":                                                "line 9: a line 'ask host' goes with a line 'host'",
	} {
		doc := laterSpec + "ask allow /\n" + lines + "\n"
		s, err := Parse([]byte(doc))
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			text := string(s.Append(nil))
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

func TestHostAskable(t *testing.T) {
	s := &Spec{AskableHosts: AnyHost(Origin{})}
	for _, text := range []string{"denied.example", "half.example:80", "192.0.2.9"} {
		h, _ := ParseHost(text)
		s.HostDenies = append(s.HostDenies, h)
	}
	for text, want := range map[string]bool{
		"a.example:443": true, "denied.example:443": false, "half.example:80": false, "half.example:443": true, "192.0.2.1:80": true, "192.0.2.9:80": false,
		"[2001:db8::1]:80": true, "localhost:80": false, "x.localhost:80": false, "127.0.0.1:80": false, "127.3.2.1:80": false, "[::1]:80": false, "0.0.0.0:80": false, "[::]:80": false,
	} {
		h, problem := ParseHost(text)
		if problem != "" || s.HostAskable(h) != want {
			t.Errorf("%s: %v, want %v %s", text, !want, want, problem)
		}
	}
}
