package reach

import (
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"example.com": "example.com", "Example.COM.": "example.com", "example.com:443": "example.com:443",
		"*.example.com": "*.example.com", "*.example.com:8443": "*.example.com:8443", "localhost:5432": "localhost:5432",
		"192.0.2.1": "192.0.2.1", "192.0.2.0/24:80": "192.0.2.0/24:80", "0.0.0.0/0": "0.0.0.0/0",
		"example.com:443/raw": "example.com:443/raw", "xn--bcher-kva.example": "xn--bcher-kva.example", "a_b.example": "a_b.example",
		"2001:DB8::1": "2001:db8::1", "[2001:db8::1]": "2001:db8::1", "[2001:db8:0:0::1]:443": "[2001:db8::1]:443", "2001:db8::/32": "2001:db8::/32", "[2001:db8::/32]:80": "[2001:db8::/32]:80",
		"::": "::", "::/0": "::/0", "[::1]:80": "[::1]:80", "::ffff:192.0.2.1": "192.0.2.1", "::ffff:192.0.2.0/24": "192.0.2.0/24", "1:0:0:2:0:0:0:3": "1:0:0:2::3", "1:0:2:3:4:5:6:7": "1:0:2:3:4:5:6:7",
		"[fe80::1]:443/raw":        "[fe80::1]:443/raw",
		"proxy.example:3128/proxy": "proxy.example:3128/proxy", "[::1]:3128/proxy": "[::1]:3128/proxy", "192.0.2.1:80/proxy": "192.0.2.1:80/proxy",
	} {
		h, msg := Parse(text)
		if msg != "" || Text(h) != want {
			t.Errorf("%q: %q, %s", text, Text(h), msg)
		}
	}
	for _, text := range []string{"", "*", "*.com", "*.*.example.com", "a*.example.com", "exa mple.com", "bücher.example", "-a.example", "a..b", ".a",
		"example.com:0", "example.com:65536", "example.com:x", "example.com:", "example.com:080", "example.com/raw", "example.com/proxy", "*.example.com:3128/proxy", "192.0.2.0/24:3128/proxy", "example.com:3128/proxy/raw", "example.com:3128/raw/proxy", "example.com/24", "1.2.3", "1.2.3.4.5",
		"256.1.1.1", "01.2.3.4", "192.0.2.1/24", "192.0.2.0/33", "http://example.com", "example.com\n", "a\x00b", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", ":::", "12345::", "g::", "::1%lo", "[::1", "[::1]x", "[::1]:0", "[example.com]:80", "[1.2.3.4]:80", "2001:db8::1/32", "::/129", "1.2.3.4::", "::1.2.3", "+1::", "[]:80", "[::1]/64", "1:2:3:4:5:6:7::8"} {
		if h, msg := Parse(text); msg == "" {
			t.Errorf("%q is taken as %q", text, Text(h))
		}
	}
}

// What is known of a host at a port counts more than a line that allows it only.
func TestHostsRank(t *testing.T) {
	for _, c := range []struct{ lines, want string }{
		{"a.example a.example:80/raw", "a.example:80/raw"}, {"a.example:80/proxy a.example", "a.example:80/proxy"},
		{"a.example:80/proxy a.example:80/raw", "a.example:80/raw"}, {"a.example:81/proxy a.example", "a.example"},
		{"192.0.2.1 192.0.2.1:80/proxy", "192.0.2.1:80/proxy"}, {"192.0.2.0/24:80/raw 192.0.2.1:80/proxy", "192.0.2.0/24:80/raw"},
	} {
		s := new(spec.Spec)
		for text := range strings.FieldsSeq(c.lines) {
			h, msg := Parse(text)
			if msg != "" {
				t.Fatal(msg)
			}
			s.Hosts = append(s.Hosts, h)
		}
		found := Named(s, "a.example", 80)
		if strings.HasPrefix(c.lines, "1") {
			addr, _ := parseAddr("192.0.2.1")
			found = At(s, addr, 80)
		}
		if found == nil || Text(*found) != c.want {
			t.Errorf("%s: %v", c.lines, found)
		}
	}
}

func TestHostsAllow(t *testing.T) {
	s := new(spec.Spec)
	for _, text := range []string{"example.com:443", "*.pkg.example", "192.0.2.0/24:80", "127.0.0.1", "[2001:db8::/32]:80"} {
		h, msg := Parse(text)
		if msg != "" {
			t.Fatal(msg)
		}
		s.Hosts = append(s.Hosts, h)
	}
	for _, text := range []string{"bad.pkg.example", "*.tracking.pkg.example", "half.pkg.example:80", "192.0.2.66", "127.0.0.1:25"} {
		h, _ := Parse(text)
		s.HostDenies = append(s.HostDenies, h)
	}
	for _, c := range []struct {
		name string
		port uint16
		want bool
	}{
		{"example.com", 443, true}, {"example.com", 0, true}, {"example.com", 80, false}, {"www.example.com", 443, false}, {"xexample.com", 443, false},
		{"a.pkg.example", 1, true}, {"a.b.pkg.example", 0, true}, {"pkg.example", 443, false}, {"xpkg.example", 443, false}, {".pkg.example", 1, false}, {"", 443, false},
		{"bad.pkg.example", 443, false}, {"bad.pkg.example", 0, false}, {"a.bad.pkg.example", 443, true}, {"x.tracking.pkg.example", 1, false},
		{"half.pkg.example", 80, false}, {"half.pkg.example", 443, true}, {"half.pkg.example", 0, true},
	} {
		if got := Named(s, c.name, c.port) != nil; got != c.want {
			t.Errorf("%s:%d: %v", c.name, c.port, got)
		}
	}
	for _, c := range []struct {
		addr string
		port uint16
		want bool
	}{
		{"192.0.2.77", 80, true}, {"192.0.2.77", 443, false}, {"192.0.3.1", 80, false}, {"127.0.0.1", 9, true}, {"127.0.0.2", 9, false},
		{"2001:db8::77", 80, true}, {"2001:db8::77", 443, false}, {"2001:db9::77", 80, false}, {"::1", 9, false}, {"192.0.2.66", 80, false}, {"127.0.0.1", 25, false},
	} {
		addr, ok := parseAddr(c.addr)
		if !ok {
			t.Fatal(c.addr)
		}
		if got := At(s, addr, c.port) != nil; got != c.want {
			t.Errorf("%v:%d: %v", c.addr, c.port, got)
		}
	}
}

func TestAskable(t *testing.T) {
	s := &spec.Spec{AskableHosts: AnyHost(spec.Origin{})}
	for _, text := range []string{"denied.example", "half.example:80", "192.0.2.9"} {
		h, _ := Parse(text)
		s.HostDenies = append(s.HostDenies, h)
	}
	for text, want := range map[string]bool{
		"a.example:443": true, "denied.example:443": false, "half.example:80": false, "half.example:443": true, "192.0.2.1:80": true, "192.0.2.9:80": false,
		"[2001:db8::1]:80": true, "localhost:80": false, "x.localhost:80": false, "127.0.0.1:80": false, "127.3.2.1:80": false, "[::1]:80": false, "0.0.0.0:80": false, "[::]:80": false,
	} {
		h, problem := Parse(text)
		if problem != "" || Askable(s, h) != want {
			t.Errorf("%s: %v, want %v %s", text, !want, want, problem)
		}
	}
}
