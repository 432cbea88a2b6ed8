package nearest

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"allow", "allow-file", "read", "write", "net-block", "deny", "profile"}
	for word, want := range map[string]string{
		"alow": "allow", "allo": "allow", "allows": "allow", "llaow": "allow",
		"read": "read", "raed": "", "reed": "read", "rea": "read", "re": "",
		"netblock": "net-block", "net_block": "net-block", "block": "", "netblok": "net-block",
		"prof": "", "profiel": "profile", "allow-fil": "allow-file", "allowfiel": "",
		"": "", "unheard-of": "",
	} {
		if got := Name(word, names); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
	if got := Name("abcdx", []string{"abcd", "abcdy", "abcdx"}); got != "abcdx" {
		t.Errorf("the nearest of several is %q", got)
	}
	if got := Name("x", nil); got != "" {
		t.Errorf("of nothing: %q", got)
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"flaw", "lawn", 2}, {"same", "same", 0}, {"ab", "ba", 2}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("%q, %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
