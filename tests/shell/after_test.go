package shell

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// After a failure that may be a refusal the function says how to ask, with the same
// flags; after success, with --silent and after other failures it says nothing.
func TestAfterFailure(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	u := newUser(t)
	flags := "--allow " + u.home + "/project"
	const asks = "nono: hint: if something was refused, this says why: nono why "
	for _, argv := range [][]string{
		{"bash", "--norc", "-c", ". " + u.share("nono.bash")},
		{"zsh", "-f", "-c", ". " + u.share("nono.zsh")},
		{"fish", "--no-config", "-c", "source " + u.share("nono.fish")},
	} {
		t.Run(argv[0], func(t *testing.T) {
			if _, err := exec.LookPath(argv[0]); err != nil {
				t.Skip(argv[0] + " is not installed, so it was not driven")
			}
			for _, c := range []struct {
				command string
				status  int
				says    string // the flags behind `nono why`, or ""
			}{
				{"nono run " + flags + " -- true", 0, ""},
				{"nono run " + flags + " -- sh -c 'exit 1'", 1, flags + " PATH"},
				{"nono run " + flags + " --profile build --allow-rmdir -- sh -c 'exit 126'", 126, flags + " --profile build --allow-rmdir PATH"},
				{"nono run " + flags + " --workdir /usr sh -c 'exit 127'", 127, flags + " PATH"},
				{"nono run " + flags + " --allow=" + u.home + "/bin -- sh -c 'exit 243'", 243, flags + " --allow=" + u.home + "/bin PATH"},
				{"nono run " + flags + " --keep-fd=2 --host example.org -host=example.net --port=8080 -- sh -c 'exit 2'", 2, flags + " PATH"},
				{"nono run " + flags + " -- sh -c 'exit 128'", 128, flags + " PATH"},
				{"nono run " + flags + " -- sh -c 'exit 3'", 3, ""},
				{"nono run " + flags + " --no-such-flag -- true", 2, ""},
				{"nono run " + flags + " --no-such-flag=1 -- true", 2, ""},
				{"nono run " + flags + " --", 2, ""},
				{"nono run " + flags + " -- no-such-command", 127, ""},
				{"nono run -s " + flags + " -- sh -c 'exit 1'", 1, ""},
				{"nono run " + flags + " --silent -- sh -c 'exit 1'", 1, ""},
				{"nono why " + flags + " /nowhere", 1, ""},
				{"nono why " + flags + " PATH | grep -q 'put that one in its place'", 0, ""},
			} {
				args := append(argv[1:len(argv)-1:len(argv)-1], argv[len(argv)-1]+"; "+c.command)
				cmd := exec.Command(argv[0], args...)
				cmd.Env, cmd.Dir = u.env, filepath.Join(u.home, "project")
				out, err := cmd.CombinedOutput()
				if got := exitStatus(t, err); got != c.status {
					t.Errorf("%s: status %d\n%s", c.command, got, out)
				}
				if says := strings.Contains(string(out), asks); says != (c.says != "") || says && !strings.Contains(string(out), asks+c.says+"\n") {
					t.Errorf("%s:\n%s", c.command, out)
				}
			}
		})
	}
}
