//go:build linux

package oracle

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/nono-sandbox/nono/core/advice"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
	"golang.org/x/sys/unix"
)

// Paths in procfs and what leads there; @ is the number of a process outside of
// the sandbox that belongs to the same user. What the
// descriptors 0 to 2 are is not asked: the test's are others than the probe's.
const inProcfs = `/proc/@ /proc/@/auxv /proc/@/environ /proc/@/maps /proc/@/mem /proc/@/numa_maps /proc/@/pagemap /proc/@/smaps
/proc/@/smaps_rollup /proc/@/io /proc/@/stack /proc/@/personality /proc/@/syscall /proc/@/timers /proc/@/timerslack_ns /proc/@/status
/proc/@/cmdline /proc/@/stat /proc/@/limits /proc/@/mountinfo /proc/@/comm /proc/@/wchan /proc/@/fd /proc/@/fd/0 /proc/@/fd/77
/proc/@/fdinfo /proc/@/fdinfo/0 /proc/@/map_files /proc/@/ns /proc/@/ns/net /proc/@/exe /proc/@/cwd /proc/@/root /proc/@/root/etc/passwd
/proc/@/cwd/etc /proc/@/task /proc/@/task/@/environ /proc/@/task/@/fdinfo/0 /proc/@/task/@/status /proc/@/net/dev /proc/@/nothing
/proc/self /proc/self/maps /proc/self/fd /proc/self/fd/250 /proc/self/fdinfo/0
/proc/self/ns/net /proc/self/cwd /proc/self/root /proc/self/root/etc/passwd /proc/self/task /proc/self/nothing /proc/self/../@/environ
/proc/self/root/proc/@/environ /proc/thread-self/maps /dev/fd/250 /dev/fd/x
/proc/kmsg /proc/kcore /proc/meminfo /proc/mounts /proc/net/dev /proc/nothing /proc/nothing/more /proc/sys/kernel/hostname`

// What tells of other processes is kept by other means than rules on paths. Each
// answer is held against a process in the sandbox and against one outside, which
// may do it but for the ordinary permissions.
func TestProcesses(t *testing.T) {
	testenv.RequireLandlock(t, kernel.ABITruncate)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		support, err := kernel.Detect()
		must(t, err)
		probe := testenv.Build(t, suite.Probe)
		s := &spec.Spec{Switches: spec.Switches{Net: true, UnixSockets: true}, Paths: []spec.Path{{Kind: spec.Read, Path: "/proc", By: spec.ParseOrigin("test")}, {Kind: spec.ReadFile, Path: "/etc/passwd", By: spec.ParseOrigin("test")},
			{Kind: spec.Read, Path: "/dev", By: spec.ParseOrigin("test")}}}
		shim := testenv.Build(t, "../../nono-exec-shim")
		t.Chdir("/") // where the probes are, so that /proc/self/cwd is the same for all
		inside, err := launch(t, shim, probe, s, u.UID)
		must(t, err)
		defer inside.end()
		outside, err := talk(t, exec.Command(probe), u.UID)
		must(t, err)
		defer outside.end()
		c := &trial{t: t, user: u.UID}
		kept, free := 0, 0
		for _, path := range strings.Fields(inProcfs) {
			path = strings.ReplaceAll(path, "@", strconv.Itoa(outside.cmd.Process.Pid))
			for op, act := range map[query.Op]string{query.Read: "cat", query.List: "list", query.Truncate: "truncate", query.Connect: "connect", query.Write: "write"} {
				if op == query.Write && isDirectory(path) {
					continue // asks whether something can be made there
				}
				if op == query.Read && isDirectory(path) {
					act = "list"
				}
				v := c.asking(s, support.ABI, query.Question{Op: op, Path: path})
				got, err := inside.ask(act, path, "")
				must(t, err)
				bare, err := outside.ask(act, path, "")
				must(t, err)
				refused := got == unix.EACCES || got == unix.EPERM || got == unix.EROFS
				switch {
				case got == bare && !refused && v.Status == query.Allowed: // what is wrong is so everywhere
				case got == unix.ENOENT && strings.HasSuffix(path, "/250") && v.Errno == "ENOENT":
				case (v.Status == query.Allowed) != (got == 0) || v.Status == query.Denied && refused && v.Errno != nameOf(got):
					t.Errorf("%s %s: the query says %s %q (%s), the kernel %q, outside %q", op, path, v.Status, v.Errno, v.Reason, nameOf(got), nameOf(bare))
				}
				if v.Reason == query.OutsideProcess {
					kept++
					if v.Suggestion != nil {
						t.Errorf("%s %s: nothing allows it, least of all %s", op, path, v.Suggestion)
					}
				}
				if got == 0 {
					free++
				}
			}
		}
		if kept < 20 || free < 20 {
			t.Errorf("%d kept, %d free: too little was compared", kept, free)
		}
	})
}

// asking makes up an answer as the trial's user.
func (c *trial) asking(s *spec.Spec, abi int, q query.Question) (v query.Verdict) {
	c.as(func() {
		asker, err := query.New(s, abi, "/")
		if err != nil {
			c.t.Error(err)
			return
		}
		v = asker.Ask(q)
		advice.New(advice.Sandbox{Spec: s, ABI: abi, Platform: "linux", Dir: "/"}, asker).Advise(q, &v)
	})
	return v
}

func isDirectory(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.IsDir()
}

// nameOf is "" for none.
func nameOf(errno syscall.Errno) string { return unix.ErrnoName(errno) }
