package supervise

import (
	"encoding/binary"
	"encoding/hex"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/kernel/clock"
	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

// The time of a grant goes on while the machine sleeps. No test can have it sleep, so
// strace(1) gives the supervisor the clock that it would see after that: CLOCK_BOOTTIME,
// which nobody can set, and not the clock of the day.
func TestGrantEndsAfterASleep(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	if _, err := exec.LookPath("strace"); err != nil || os.Geteuid() != 0 {
		t.Skip("needs strace, and root for it")
	}
	u := testenv.Ordinary()
	for _, c := range []struct {
		slept int64
		want  string
	}{
		{30 * 60, "text\ntext\n"},
		{60*60 + 10, "text\nrefused\n"},
	} {
		r := newRun(t, u)
		p := r.home + "/p"
		must(t, os.Mkdir(p, 0o755))
		must(t, os.WriteFile(p+"/f", []byte("text\n"), 0o644))
		cmd := r.nonoRun([]string{"--read", p + ":1h"}, "sh", "-c", "exec 2>/dev/null; cat "+p+"/f; echo >begun; until [ -e awake ]; do sleep 0.05; done; cat "+p+"/f || echo refused")
		var out strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &out
		must(t, cmd.Start())
		t.Cleanup(func() { cmd.Process.Kill() }) // where it does not come to its end
		eventually(t, "the command runs", func() bool { return unix.Access(r.dir+"/begun", unix.F_OK) == nil })
		after := binary.NativeEndian.AppendUint64(nil, uint64(clock.Boot()+c.slept))
		said := u.Dir(t) + "/strace"
		calls := said + ".calls"
		messages, err := os.Create(said)
		must(t, err)
		tracer := exec.Command("strace", "-f", "-o", calls, "-e", "trace=clock_gettime", "-e", "inject=clock_gettime:poke_exit=@arg2="+hex.EncodeToString(after)+strings.Repeat("00", 8), "-p", itoa(cmd.Process.Pid))
		tracer.Stderr = messages
		must(t, tracer.Start())
		eventually(t, "strace is there", func() bool { text, _ := os.ReadFile(said); return strings.Contains(string(text), "attached") })
		must(t, os.WriteFile(r.dir+"/awake", nil, 0o644))
		cmd.Wait()
		tracer.Wait()
		asked, _ := os.ReadFile(calls)
		if out.String() != c.want || !strings.Contains(string(asked), "CLOCK_BOOTTIME") {
			t.Errorf("after %d s it says %q, want %q; its clocks:\n%s", c.slept, out.String(), c.want, asked)
		}
	}
}
