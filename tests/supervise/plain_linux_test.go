package supervise

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// Without a supervised feature there is no fork, no supervisor and no listener:
// nono-run applies the spec to itself and becomes the command.
func TestPlainPath(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is missing: the calls cannot be looked at")
	}
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		dir := u.Dir(t)
		trace := filepath.Join(dir, "trace")
		cmd := u.Command(strace, "-f", "-qq", "-o", trace, "-e", "trace=process,prctl,seccomp,sendmsg,socketpair", s.Path("nono-run"), "-s", "--read", dir, "--", "/bin/true")
		cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + dir, "TMPDIR=" + dir}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Skipf("strace does not work here: %v\n%s", err, out)
		}
		text, err := os.ReadFile(trace)
		must(t, err)
		var programs, filters []string
		for line := range strings.Lines(string(text)) {
			if m := regexp.MustCompile(`execve\("([^"]+)"`).FindStringSubmatch(line); m != nil {
				programs = append(programs, filepath.Base(m[1]))
			}
			if m := regexp.MustCompile(`seccomp\((SECCOMP_SET_MODE_FILTER, \w+)`).FindStringSubmatch(line); m != nil {
				filters = append(filters, m[1])
			}
			for _, never := range []string{"sendmsg(", "socketpair(", "PR_SET_CHILD_SUBREAPER", "PR_SET_PDEATHSIG", "CLONE_VFORK", "wait4("} {
				if strings.Contains(line, never) {
					t.Errorf("%s", line)
				}
			}
		}
		if want := []string{"nono-run", "true"}; !slices.Equal(programs, want) {
			t.Errorf("it executes %q, not %q", programs, want)
		}
		if want := []string{"SECCOMP_SET_MODE_FILTER, 0"}; !slices.Equal(filters, want) {
			t.Errorf("it loads the filters %q, not %q", filters, want)
		}
	})
}
