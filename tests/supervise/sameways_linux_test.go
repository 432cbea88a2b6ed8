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

// restricting are the calls with which a process restricts itself.
const restricting = "trace=prctl,seccomp,capset,setpgid,landlock_create_ruleset,landlock_add_rule,landlock_restrict_self,close_range"

// What differs from process to process, but not from sandbox to sandbox: numbers of
// processes and descriptors, addresses, what the runtime calls its memory, and how long the
// filter is, which has a rule for each process group that there is outside at the moment.
var differing = regexp.MustCompile(`^\d+ +|\d+(<)|\{len=\d+, (filter=)0x[0-9a-f]+|(=) \d+<.*$`)

// restrictions are the calls among the lines of a trace that make the sandbox.
func restrictions(t *testing.T, trace string) []string {
	t.Helper()
	text, err := os.ReadFile(trace)
	must(t, err)
	var calls []string
	for line := range strings.Lines(string(text)) {
		line = differing.ReplaceAllString(strings.TrimSuffix(line, "\n"), "$1$2$3")
		switch {
		case strings.HasPrefix(line, "prctl(") && !strings.HasPrefix(line, "prctl(PR_SET_NO_NEW_PRIVS") && !strings.HasPrefix(line, "prctl(PR_CAP"):
		case strings.HasPrefix(line, "close_range(") && !strings.Contains(line, "CLOSE_RANGE_CLOEXEC"):
		case strings.Contains(line, "("):
			calls = append(calls, line)
		}
	}
	return calls
}

// nono-run restricts itself by the very calls that nono-exec-shim makes for the same
// document: the same rules for the same files, in the same order, and a filter at the end.
func TestShimDoesTheSame(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is missing: the calls cannot be looked at")
	}
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		for _, flags := range [][]string{
			{"--allow", "project"},
			{"--allow", "project", "--allow-command", "all", "--net-block"},
			{"--allow", ".", "--deny", "project/secret", "--allow-unix-sockets", "--allow-rmdir"},
		} {
			dir := u.Dir(t)
			must(t, os.MkdirAll(filepath.Join(dir, "project/secret"), 0o755))
			must(t, os.WriteFile(filepath.Join(dir, "project/spec"), nil, 0o666))
			u.Own(t, filepath.Join(dir, "project"))
			u.Own(t, filepath.Join(dir, "project/spec"))
			run := func(words ...string) []string {
				trace := filepath.Join(dir, "trace")
				words = append([]string{"-f", "-qq", "-y", "-s", "9999", "-o", trace, "-e", restricting}, words...)
				cmd := u.Command(strace, words...)
				cmd.Dir, cmd.Env = dir, []string{"PATH=/usr/bin:/bin", "HOME=" + dir + "/home", "TMPDIR=" + dir}
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				return restrictions(t, trace)
			}
			const command = `cat "$NONO_SPEC" >project/spec`
			byRun := run(slices.Concat([]string{s.Path("nono-run"), "--silent"}, flags, []string{"--", "/bin/sh", "-c", command})...)
			// The document is handed over as it is to the shim of a supervised command.
			version, err := exec.Command(s.Path("nono-run"), "--version").Output()
			must(t, err)
			byShim := run("/bin/sh", "-c", `exec "$0" --fd=3 --from="$1" --exec=/bin/sh -- /bin/sh -c : 3<project/spec`,
				s.Path("nono-exec-shim"), strings.Fields(string(version))[1])
			if len(byShim) < 40 {
				t.Fatalf("%q: the shim makes %d calls", flags, len(byShim))
			}
			for i := range max(len(byRun), len(byShim)) {
				if i >= len(byRun) || i >= len(byShim) || byRun[i] != byShim[i] {
					t.Errorf("%q: nono-run makes %d calls and the shim %d; they differ first at\n%s\n%s", flags, len(byRun), len(byShim),
						strings.Join(byRun[i:min(i+1, len(byRun))], ""), strings.Join(byShim[i:min(i+1, len(byShim))], ""))
					break
				}
			}
		}
	})
}
