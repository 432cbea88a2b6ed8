package supervise

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

var lineOfHost = regexp.MustCompile(`(?m)^(#   )?((?:host|net-block)\b[^#\n]*)`)

// learning holds nono learn to the hosts that a command connected to: each is a line, and
// with the lines alone the command does the same and reaches nothing else.
func (w internet) learning(t *testing.T, u testenv.User) {
	dir, run := w.runner(t, u)
	client, learn := filepath.Join(dir, "client"), suite.Build(t, suite.Newest).Path("nono-learn")
	home := u.Dir(t)
	for _, c := range []struct {
		ask, says    string
		lines, asked []string
	}{
		{"get https://good.example/", "203.0.113.1:443 for good.example", []string{"host good.example:443"}, nil},
		{"get http://good.example/", "203.0.113.1:80 for good.example", []string{"host good.example:80"}, nil},
		{"visit good.example:8080 other.example:8080 good.example:8080 203.0.113.2:8080", "open open open open", []string{"host 203.0.113.2:8080", "host good.example:8080", "host other.example:8080"}, nil},
		{"visit good.example:81", "closed", []string{"host good.example:81"}, nil},
		{"get http://[2001:db8::1]:8080/", "2001:db8::1:8080", []string{`host "[2001:db8::1]:8080"`}, nil},
		{"get http://inner.example:8080/", "10.1.2.3:8080", []string{"host inner.example:8080", "host 10.1.2.3:8080"}, nil},
		{"get http://nothing.example/", "no such host", nil, []string{"net-block"}},
		{"servers", "all answered", nil, []string{"net-block"}},
		// What is no reason to open anything.
		{"get http://localhost:8080/", "connection refused", nil, []string{"host localhost:8080", "net-block"}},
		{"get http://127.0.0.1:8080/", "connection refused", nil, []string{"host localhost:8080", "net-block"}},
		{"get http://169.254.169.254/", "permission denied", nil, []string{"host 169.254.169.254:80", "net-block"}},
		{"get http://meta.example/", "no such host", nil, []string{"host 169.254.169.254", "net-block"}},
		{"front https good.example other.example", "reset", nil, []string{"host good.example:443/raw", "net-block"}},
		{"hello good.example:443", "reset", nil, []string{"host good.example:443/raw", "net-block"}},
	} {
		words := strings.Fields(c.ask)
		cmd := u.Command(learn, append([]string{"--", client}, words...)...)
		cmd.Dir, cmd.Env = dir, []string{"PATH=/usr/bin:/bin", "HOME=" + home, "TMPDIR=" + home, clientVar + "=" + dir + "/ca.pem"}
		out, _ := cmd.CombinedOutput()
		got := string(out)
		var lines, asked []string
		for _, m := range lineOfHost.FindAllStringSubmatch(got, -1) {
			if line := strings.TrimSpace(m[2]); m[1] == "" {
				lines = append(lines, line)
			} else {
				asked = append(asked, line)
			}
		}
		if !strings.Contains(got, c.says) || !slices.Equal(lines, c.lines) || !slices.Equal(asked, c.asked) {
			t.Errorf("%s: %q, not granted %q, want %q and %q:\n%s", c.ask, lines, asked, c.lines, c.asked, got)
		}
		if len(lines) == 0 || t.Failed() {
			continue
		}
		flags := []string{"--silent"}
		for _, line := range lines {
			flags = append(flags, "--host", strings.Trim(strings.TrimPrefix(line, "host "), `"`))
		}
		if got := run(flags, words...); !strings.Contains(got, c.says) {
			t.Errorf("%s with %q: %q", c.ask, flags, got)
		}
		if got := run(flags, "visit", "203.0.113.1:82"); !strings.Contains(got, "shut") {
			t.Errorf("with %q another host is reached: %q", flags, got)
		}
	}
}
