package race

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// TestCommandSwapped: the command's name is sometimes a script and sometimes a
// symlink to a secret that has been made executable. The script, should it be
// what is started in the end, cannot read what the symlink led to.
func TestCommandSwapped(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		st := newStage(t, u)
		script := "#!/bin/sh\necho started\n{ read -r x <$W/evil.file && echo $x; } 2>/dev/null\n"
		must(t, os.WriteFile(st.path("good/run"), []byte(script), 0o755))
		must(t, os.Chmod(st.path("evil.file"), 0o755))
		must(t, os.Symlink("../evil.file", st.path("good/other")))
		if out, status := st.run(st.path("good/run")); out != "started\nevil\n" || status != 0 {
			t.Fatalf("control: status %d: %s", status, out)
		}
		stop := swapEvery(t, 3*time.Millisecond, st.path("good/run"), st.path("good/other"))
		got, leak := tally{}, ""
		for range starts() {
			out, status := st.run(s.Path("nono-run"), "--silent", "--allow-command", "all", "--read", st.path("good"), "--", st.path("good/run"))
			switch {
			case strings.Contains(out, "evil\n"):
				leak = out
			case strings.Contains(out, "started"):
				got["started"]++
			case status == 126 || refused(out, status):
				got["refused"]++
			case status == 2 && strings.Contains(out, "cannot open"):
				got["started, and shut to its interpreter"]++
			default:
				t.Errorf("status %d: %s", status, out)
			}
		}
		stop()
		if leak != "" {
			t.Errorf("what the symlink led to was opened:\n%s", leak)
		}
		t.Logf("outcomes: %v", got)
	})
}
