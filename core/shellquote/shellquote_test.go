package shellquote

import (
	"os"
	"os/exec"
	"testing"
)

func TestWord(t *testing.T) {
	for arg, want := range map[string]string{
		"/plain-1.txt": "/plain-1.txt", "": "''", "/a b": "'/a b'", "/it's": `'/it'\''s'`, "/ü": "'/ü'",
		"/new\nline": `$'/new\012line'`, "/\xff'": `$'/\377\''`, "/\x1b[31m": `$'/\033[31m'`,
	} {
		if got := Word(arg); got != want {
			t.Errorf("%q is %s, want %s", arg, got, want)
		}
	}
}

// What a message names can be pasted: bash reads the same bytes back, and runs
// nothing on the way.
func TestShellsReadItBack(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not here")
	}
	for _, arg := range []string{"", "a b", "it's $(touch ran)", "`touch ran`\\", "!x \"$HOME\"", "\x01'\\n$(touch ran)", "\xff\xfe7", "\u009b31m\u202e'", "-n"} {
		for _, quoted := range []string{Word(arg), Quote(arg)} {
			cmd := exec.Command(bash, "-c", "printf '%s' "+quoted)
			cmd.Dir, cmd.Env = t.TempDir(), []string{"LC_ALL=C.UTF-8"}
			out, err := cmd.CombinedOutput()
			if err != nil || string(out) != arg {
				t.Errorf("%q is spelled %s, and bash reads %q (%v)", arg, quoted, out, err)
			}
			if left, _ := os.ReadDir(cmd.Dir); len(left) != 0 {
				t.Errorf("%s ran a command", quoted)
			}
		}
	}
}
