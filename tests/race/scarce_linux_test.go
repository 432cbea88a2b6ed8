package race

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
	"golang.org/x/sys/unix"
)

// whole says "started", and LEAK for what a whole sandbox would not allow.
const whole = `
echo started
{ read -r x <"$W/evil/file"; } 2>&- && echo 'LEAK a file outside'
{ echo x >"$W/evil/made"; } 2>&- && echo 'LEAK a file made outside'
while read -r key value; do
	case $key in
	Seccomp:) [ "$value" = 2 ] || echo 'LEAK no filter' ;;
	NoNewPrivs:) [ "$value" = 1 ] || echo 'LEAK new privileges' ;;
	esac
done </proc/self/status
echo finished
`

// judge sorts what a launch came to, and fails the test if the sandbox was not
// whole or nothing was said.
func judge(t *testing.T, what, out string, status int) string {
	t.Helper()
	switch {
	case strings.Contains(out, "LEAK"):
		t.Errorf("%s: the command ran with less:\n%s", what, out)
		return "leak"
	case strings.Contains(out, "started"):
		return "whole"
	case status == 125 && strings.Contains(out, "nono: error: "):
		return "refused"
	case status == 126 && strings.Contains(out, "nono: error: "):
		return "refused to start the command"
	case status == 2 && (strings.Contains(out, "fatal error: ") || strings.Contains(out, "runtime: ")), strings.Contains(out, "SIGSEGV"):
		return "ended by the Go runtime"
	case status != 0 && strings.Contains(out, "nono: error: "):
		t.Errorf("%s: status %d: %s", what, status, out)
	case status == 0:
		t.Errorf("%s: nothing ran, and the status is 0: %s", what, out)
	}
	if status == -1 {
		return "killed by the kernel at the exec"
	}
	return fmt.Sprintf("status %d", status)
}

func (st stage) nonoRun(s suite.Suite) []string {
	return []string{s.Path("nono-run"), "--silent", "--allow-command", "all", "--read", st.path("good"), "--", "/bin/sh", "-c", whole}
}

// TestLimits: with too little memory, too few descriptors and so on nothing is
// started with less.
func TestLimits(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		st := newStage(t, u)
		out, status := st.run("/bin/sh", "-c", whole)
		if strings.Count(out, "LEAK") != 4 {
			t.Fatalf("control: status %d: %s", status, out)
		}
		os.Remove(st.path("evil/made"))
		if out, status := st.run(st.nonoRun(s)...); judge(t, "no limit", out, status) != "whole" {
			t.Fatalf("status %d: %s", status, out)
		}
		for name, values := range map[string][]string{
			"-v": {"1000", "5000", "20000", "50000", "70000", "75000", "100000", "200000", "500000", "1000000"}, // KiB of address space
			"-n": {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "12", "16"},                          // descriptors
			"-f": {"0", "1", "8"},                                                                               // blocks of a file
			"-s": {"8", "64", "256"},
			"-c": {"0", "unlimited"},
			"-t": {"1"},
			"-l": {"0"},
			"-d": {"0", "10", "1000", "100000"},
		} {
			got := tally{}
			for _, v := range values {
				limit := "ulimit " + name + " " + v
				out, status := st.run(append([]string{"/bin/sh", "-c", limit + ` || exit 99; exec "$@"`, "sh"}, st.nonoRun(s)...)...)
				if status == 99 {
					got["not to be set"]++
					continue
				}
				got[judge(t, limit, out, status)]++
			}
			t.Logf("ulimit %s: %v", name, got)
		}
	})
}

// TestClosedDescriptors: without stdin, stdout or stderr the sandbox is whole,
// and nothing of nono's takes their place.
func TestClosedDescriptors(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		st := newStage(t, u)
		in := st.path("in")
		must(t, os.Mkdir(in, 0o755))
		u.Own(t, in)
		for _, closed := range []string{"<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"} {
			report := filepath.Join(in, "report")
			os.Remove(report)
			inside := "{ " + whole + "\nfor n in 0 1 2 3 4 5 6 7 8 9; do ls -l /proc/$$/fd/$n; done; } >" + report + " 2>&1"
			out, status := st.run("/bin/sh", "-c", `exec "$@" `+closed, "sh", s.Path("nono-run"), "--silent", "--allow-command", "all", "--allow", in, "--", "/bin/sh", "-c", inside)
			text, _ := os.ReadFile(report)
			if judge(t, closed, string(text)+out, status) != "whole" {
				t.Errorf("%s: status %d: %s%s", closed, status, out, text)
			}
			for _, ours := range []string{"memfd", "nono-spec", ".spec", "nono-exec-shim"} {
				if strings.Contains(string(text), ours) {
					t.Errorf("%s: a descriptor of nono's is open:\n%s", closed, text)
				}
			}
		}
	})
}

// TestMissingDirectories: without /proc or /dev, with a full or read-only place
// for temporary files, it is refused or whole.
func TestMissingDirectories(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.RequireRoot(t, "mount")
	s := suite.Build(t, suite.Newest)
	hide := func(path string) func(stage) error {
		return func(stage) error { return unix.Mount("none", path, "tmpfs", 0, "mode=755") }
	}
	for _, test := range []struct {
		name  string
		mount func(stage) error
		want  string // the outcome, or "" for any that is safe
		says  string
	}{
		{"no /proc", hide("/proc"), "refused", "/proc"},
		{"no /dev", hide("/dev"), "whole", ""},
		{"no /etc", hide("/etc"), "whole", ""},
		{"read-only temp", func(st stage) error {
			return unix.Mount("none", st.path("tmp"), "tmpfs", unix.MS_RDONLY, "mode=777")
		}, "refused", "read-only file system"},
		{"full disk", func(st stage) error {
			if err := unix.Mount("none", st.path("tmp"), "tmpfs", 0, "mode=777,size=4k"); err != nil {
				return err
			}
			return os.WriteFile(st.path("tmp/filler"), make([]byte, 4096), 0o644)
		}, "refused", "no space left on device"},
		{"no inodes", func(st stage) error {
			return unix.Mount("none", st.path("tmp"), "tmpfs", 0, "mode=777,nr_inodes=2")
		}, "refused", "no space left on device"},
		{"noexec temp", func(st stage) error {
			return unix.Mount("none", st.path("tmp"), "tmpfs", unix.MS_NOEXEC, "mode=777")
		}, "whole", ""},
		{"everything read-only", func(stage) error {
			return unix.MountSetattr(unix.AT_FDCWD, "/", unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY})
		}, "refused", "read-only file system"},
	} {
		t.Run(test.name, func(t *testing.T) {
			testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
				st := newStage(t, u)
				var out string
				var status int
				var err error
				testenv.PrivateMounts(t, func() {
					if err = test.mount(st); err == nil {
						out, status = st.run(st.nonoRun(s)...)
					}
				})
				must(t, err)
				if got := judge(t, test.name, out, status); got != test.want || !strings.Contains(out, test.says) {
					t.Errorf("%s, want %s with %q; status %d:\n%s", got, test.want, test.says, status, out)
				}
			})
		})
	}
}
