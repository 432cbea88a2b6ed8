// Package race starts sandboxes while the paths that they are about change, and
// where memory, descriptors, disk or whole directories are missing: what is
// granted is what was checked, or nothing runs.
package race

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
	"golang.org/x/sys/unix"
)

func starts() int {
	if suite.Long() {
		return 1000
	}
	return 100
}

// A stage has a directory "good", that may be granted, and "evil", that must
// not be; one of them, or a symlink to evil, is at "path".
type stage struct {
	user testenv.User
	dir  string
	env  []string
}

func newStage(t *testing.T, u testenv.User) stage {
	t.Helper()
	st := stage{user: u, dir: u.Dir(t)}
	for _, name := range []string{"tmp", "good", "good/sub", "evil", "evil/sub"} {
		must(t, os.Mkdir(st.path(name), 0o755))
		u.Own(t, st.path(name))
	}
	for _, side := range []string{"good", "evil"} {
		for _, name := range []string{side + "/file", side + "/sub/file", side + ".file"} {
			must(t, os.WriteFile(st.path(name), []byte(side+"\n"), 0o644))
			u.Own(t, st.path(name))
		}
	}
	st.env = []string{"PATH=/usr/bin:/bin", "HOME=" + st.dir + "/nohome", "TMPDIR=" + st.path("tmp"), "W=" + st.dir}
	return st
}

func (st stage) path(name string) string { return filepath.Join(st.dir, name) }

// swap exchanges two names over and over until stop is called, which returns
// how often it did.
func swap(t *testing.T, a, b string) (stop func() int64) {
	t.Helper()
	return swapEvery(t, 0, a, b)
}

func swapEvery(t *testing.T, pause time.Duration, a, b string) (stop func() int64) {
	t.Helper()
	var count atomic.Int64
	var end atomic.Bool
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		for !end.Load() {
			if err := unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE); err != nil {
				t.Errorf("exchange: %v", err)
				return
			}
			count.Add(1)
			time.Sleep(pause)
		}
	}()
	return func() int64 {
		end.Store(true)
		wg.Wait()
		return count.Load()
	}
}

// tally counts outcomes.
type tally map[string]int

// run starts words and returns what was said and the status.
func (st stage) run(words ...string) (string, int) {
	cmd := st.user.Command(words[0], words[1:]...)
	cmd.Env = st.env
	cmd.Stdin = strings.NewReader("") // a pipe: there may be no /dev/null
	out, _ := cmd.CombinedOutput()
	return string(out), cmd.ProcessState.ExitCode()
}

// refused reports whether nono refused to start the command, in its own words.
func refused(out string, status int) bool {
	return status == 125 && strings.HasPrefix(out, "nono: error: ") && !strings.Contains(out, "started")
}

// look tries everything by all names that it may have at the moment, and says
// what could be read.
const look = `
echo started
for n in 1 2 3; do
	for f in $W/good/file $W/evil/file $W/path/file $W/other/file $W/good/sub/file $W/evil/sub/file $W/path/sub/file $W/other/sub/file \
		$W/good.file $W/evil.file $W/path.file $W/other.file; do
		{ read -r x <"$f" && echo "$x"; } 2>/dev/null
	done
done
while read -r line; do case $line in *'by "--'*) echo "$line" ;; esac; done 2>/dev/null <"${NONO_SPEC:-/dev/null}"
`

// TestSpecPathBecomesSymlink: a spec says "path", which is sometimes a directory
// and sometimes a symlink to another. That other one is never granted.
func TestSpecPathBecomesSymlink(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	for _, test := range []struct{ name, line, first, second string }{
		{"directory", "read %s/path", "good", "evil"},
		{"directory on the way", "read %s/path/sub", "good", "evil"},
		{"file", "read-file %s/path.file", "good.file", "evil.file"},
		{"file on the way", "read-file %s/path/sub/file", "good", "evil"},
		{"write", "allow %s/path", "good", "evil"},
		{"optional", "read? %s/path", "good", "evil"},
	} {
		t.Run(test.name, func(t *testing.T) {
			testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
				st := newStage(t, u)
				suffix := ""
				if strings.HasSuffix(test.first, ".file") {
					suffix = ".file"
				}
				must(t, os.Rename(st.path(test.first), st.path("path"+suffix)))
				must(t, os.Symlink(st.path(test.second), st.path("other"+suffix)))
				doc := "nono-spec 1\nread /usr\nread? /lib\nread? /lib64\nread-file? /etc/ld.so.cache\ndevice /dev/null\n" + fmt.Sprintf(test.line, st.dir) +
					"\nnet block\nunix-sockets block\nrmdir block\n"
				must(t, os.WriteFile(st.path("spec"), []byte(realPaths(t, doc)), 0o644))
				stop := swap(t, st.path("path"+suffix), st.path("other"+suffix))
				got := tally{}
				for range starts() / 4 {
					out, status := st.run(s.Path("nono-exec-shim"), st.path("spec"), "--", "/usr/bin/env", "sh", "-c", look)
					switch {
					case strings.Contains(out, "evil"):
						t.Fatalf("the symlink was followed:\n%s", out)
					case refused(out, status):
						got["refused"]++
					case strings.Contains(out, "started") && strings.Contains(out, "good"):
						got["good"]++
					case strings.Contains(out, "started"):
						got["nothing"]++
					default:
						t.Fatalf("status %d: %s", status, out)
					}
				}
				if stop() < 10 || got["good"] == 0 || got["refused"]+got["nothing"] == 0 {
					t.Logf("the race was not won both ways: %v", got)
				}
				t.Logf("outcomes: %v", got)
			})
		})
	}
}

// TestGrantSwapped: what nono-run resolved --read to is what is granted, even if
// the name leads elsewhere by then.
func TestGrantSwapped(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		st := newStage(t, u)
		must(t, os.Rename(st.path("good"), st.path("path")))
		must(t, os.Symlink("evil", st.path("other")))
		stop := swap(t, st.path("path"), st.path("other"))
		got := tally{}
		for range starts() / 2 {
			out, status := st.run(s.Path("nono-run"), "--silent", "--allow-command", "all", "--read", st.path("path"), "--", "/bin/sh", "-c", look)
			good, evil := strings.Contains(out, "good\n"), strings.Contains(out, "evil\n")
			checkedEvil := strings.Contains(out, "read "+st.path("evil")+" ")
			checkedGood := strings.Contains(out, "read "+st.path("path")+" ")
			switch {
			case refused(out, status):
				got["refused"]++
			case !strings.Contains(out, "started"):
				t.Fatalf("status %d: %s", status, out)
			case checkedEvil && good, checkedGood && evil, checkedEvil == checkedGood:
				t.Fatalf("granted is not what was checked:\n%s", out)
			case evil:
				got["evil, as checked"]++
			case good:
				got["good, as checked"]++
			default:
				got["nothing"]++
			}
		}
		stop()
		t.Logf("outcomes: %v", got)
	})
}

// TestDeniedSwapped: a denied directory and an open one change names all the
// time beneath a grant. The one at the denied name when the sandbox was built
// stays shut; never are both open.
func TestDeniedSwapped(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		st := newStage(t, u)
		must(t, os.Rename(st.path("evil"), st.path("path")))
		must(t, os.Rename(st.path("good"), st.path("other")))
		stop := swap(t, st.path("path"), st.path("other"))
		got := tally{}
		for range starts() / 4 {
			out, status := st.run(s.Path("nono-run"), "--silent", "--allow-command", "all", "--allow", st.dir, "--deny", st.path("path"), "--", "/bin/sh", "-c",
				strings.ReplaceAll(look, "$W/good.file $W/evil.file $W/path.file $W/other.file", ""))
			good, evil := strings.Contains(out, "good\n"), strings.Contains(out, "evil\n")
			switch {
			case refused(out, status):
				got["refused"]++
			case !strings.Contains(out, "started"):
				t.Fatalf("status %d: %s", status, out)
			case good && evil:
				got["both"]++
				t.Errorf("both are open:\n%s", out)
			case good:
				got["one"]++
			case evil:
				got["the other"]++
			default:
				got["neither"]++
			}
			if t.Failed() {
				break
			}
		}
		stop()
		t.Logf("outcomes: %v", got)
	})
}
