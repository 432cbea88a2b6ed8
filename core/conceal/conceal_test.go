package conceal

import (
	"strings"
	"testing"
)

// What looks like a secret is shortened, and nothing else.
func TestSecrets(t *testing.T) {
	conceal, err := Secrets()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ in, out string }{
		{"git push origin main", "git push origin main"},
		{"curl -H x --token abcdefghijklmnopqrstuvwxyz", "curl -H x --token abcd…(26 bytes)"},
		{"x --api-key=0123456789abcdef0123", "x --api-key=0123…(20 bytes)"},
		{"env AWS_SECRET_ACCESS_KEY=0123456789abcdef0123 make", "env AWS_SECRET_ACCESS_KEY=0123…(20 bytes) make"},
		{"git clone https://u:p4ssw0rdp4ssw0rd@example.org/x", "git clone http…(40 bytes)"},
		{"x --password short", "x --password …"},
		{"x --token --other", "x --token --other"},
	} {
		if got := strings.Join(conceal(strings.Fields(c.in)), " "); got != c.out {
			t.Errorf("%s\n became %s\n want   %s", c.in, got, c.out)
		}
	}
}
