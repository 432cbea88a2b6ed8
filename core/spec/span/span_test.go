package span

import "testing"

func TestCutHostTime(t *testing.T) {
	for text, want := range map[string][2]string{
		"a.example": {"a.example", ""}, "a.example:443": {"a.example:443", ""}, "a.example:1h": {"a.example", ":1h"}, "a.example:443:1h30m": {"a.example:443", ":1h30m"},
		"a.example:443/raw:1h": {"a.example:443/raw", ":1h"}, "192.0.2.1:5s": {"192.0.2.1", ":5s"}, "2001:db8::5d": {"2001:db8::5d", ""}, "[2001:db8::5d]:5d": {"[2001:db8::5d]", ":5d"},
		"2001:db8::/32:1h": {"2001:db8::/32", ":1h"}, "a.example:always": {"a.example:always", ""}, "a.example:-5m": {"a.example", ":-5m"}, "": {"", ""},
	} {
		if host, tail := CutHost(text); host != want[0] || tail != want[1] {
			t.Errorf("%q: %q and %q, want %q", text, host, tail, want)
		}
	}
}
