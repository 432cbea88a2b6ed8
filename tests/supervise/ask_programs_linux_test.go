package supervise

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

// What asks a person runs outside of the sandbox. An earlier run may have left programs in a
// directory of PATH in the project: none of them is started by what asks, and one in
// a directory that no sandbox can fill is.
func TestAskStartsNoProgramOfTheProject(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		a := newAsked(t, u, `helper; echo '{"yes":true}'`)
		marks := u.Dir(t) // outside of every grant
		planted, own := a.dir+"/.venv/bin", a.home+"/.local/bin"
		for _, dir := range []string{planted, own} {
			must(t, u.Command("mkdir", "-p", dir).Run())
		}
		program := func(dir, name, mark string) {
			t.Helper()
			must(t, os.WriteFile(dir+"/"+name, []byte("#!/bin/sh\ntouch "+marks+"/"+mark+"\n"), 0o755))
			u.Own(t, dir+"/"+name)
		}
		start := func(env []string, flags []string, script string) string {
			t.Helper()
			cmd := a.nonoRun(flags, "sh", "-c", script)
			cmd.Env = append(a.env(), "PATH="+planted+":.venv/bin:"+own+":/usr/bin:/bin")
			cmd.Env = append(cmd.Env, env...)
			out, _ := cmd.CombinedOutput()
			return string(out)
		}
		marked := func(mark string) bool { return unix.Access(marks+"/"+mark, unix.F_OK) == nil }

		program(planted, "helper", "planted-helper")
		program(planted, "tmux", "planted-tmux")
		program(planted, "asker", "planted-asker")
		program(own, "helper", "own-helper")
		program(own, "tmux", "own-tmux")

		if out := start(nil, []string{"--ask-with", a.program}, "cat "+a.other+"/f"); out != "the file\n" {
			t.Errorf("--ask-with: %s", out)
		}
		// The popup is begun while the question is open; the run lasts until that is shown.
		out := start([]string{"TMUX=/none,1,0"}, []string{"--ask", "--ask-timeout", "2s"}, "cat "+a.other+"/f")
		if !strings.Contains(out, "Permission denied") {
			t.Errorf("--ask: %s", out)
		}
		for end := time.Now().Add(20 * time.Second); !marked("own-tmux") && time.Now().Before(end); {
			time.Sleep(10 * time.Millisecond)
		}
		if out := start(nil, []string{"--ask-with", "asker"}, "echo started"); !strings.Contains(out, "no such command where no sandbox could have left it") || strings.Contains(out, "started") {
			t.Errorf("--ask-with asker: %s", out)
		}
		for _, mark := range []string{"own-helper", "own-tmux"} {
			if !marked(mark) {
				t.Errorf("%s was not started", mark)
			}
		}
		for _, mark := range []string{"planted-helper", "planted-tmux", "planted-asker"} {
			if marked(mark) {
				t.Errorf("%s was started outside", mark)
			}
		}
	})
}

// --ask takes nothing of what is granted: a directory of PATH in the project, and the
// directories above it, can be written as without.
func TestAskLeavesTheProjectOpen(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u)
		r.dir = r.home + "/project"
		must(t, u.Command("mkdir", "-p", r.dir+"/.venv/bin").Run())
		for _, flags := range [][]string{nil, {"--ask", "--ask-timeout", "1s"}} {
			cmd := r.nonoRun(flags, "sh", "-c", "echo x >new && echo y >.venv/bin/new && mkdir d && cat new .venv/bin/new; rm new .venv/bin/new; mv d e")
			cmd.Env = append(r.env(), "PATH="+r.dir+"/.venv/bin:/usr/bin:/bin")
			if out, err := cmd.CombinedOutput(); !strings.HasPrefix(string(out), "x\ny\n") {
				t.Errorf("%v: %v: %s", flags, err, out)
			}
			must(t, os.Remove(r.dir+"/d"))
		}
	})
}
