package secrets

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// Whatever a source answers that is no secret, the command is not started, and nothing
// of the run is left behind.
func TestBadAnswers(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u, s)
		for _, c := range []struct{ name, script, want, hint string }{
			{"empty", "exit 0", "the answer is empty", "see what it answers: "},
			{"line break", "echo", "the answer is empty", "see what it answers: "},
			{"two lines", "echo one; echo two", "the answer has more than one line", "see what it answers: "},
			{"carriage return", `printf 'one\rtwo\n'`, "the answer has more than one line", "see what it answers: "},
			{"NUL", `printf 'one\0two\n'`, "the answer has a NUL byte", "see what it answers: "},
			{"not UTF-8", `printf 'one\377\n'`, "the answer is not UTF-8", "see what it answers: "},
			{"long", "yes ''", "the answer is longer than 64 KiB", "see what it answers: "},
			{"fails", "echo secret; exit 3", "ended with status 3", "see what it answers: "},
			{"killed", "echo secret; kill -9 $$", "ended by a signal", "see what it answers: "},
		} {
			t.Run(c.name, func(t *testing.T) {
				file := w.script(filepath.Join(w.bin, "answer"), c.script)
				out, errs, status := w.nono("--secret", "TOKEN=exec:"+file, "--", "touch", filepath.Join(w.project, "started"))
				if status != 125 || out != "" || strings.Count(errs, "\n") != 2 {
					t.Errorf("status %d: %s%s", status, out, errs)
				}
				if !strings.Contains(errs, "nono: error: cannot fetch the secret TOKEN from 'exec:"+file+"': ") ||
					!strings.Contains(errs, c.want) || !strings.Contains(errs, "nono: hint: "+c.hint) {
					t.Errorf("it says %s", errs)
				}
				w.nothingLeft(t)
			})
		}
		// One line break at the end, of either kind, is not of the secret; blanks are.
		for script, want := range map[string]string{
			`printf hunter2`:       "hunter2",
			`echo hunter2`:         "hunter2",
			`printf 'hunter2\r\n'`: "hunter2",
			`echo ' hünter 2 '`:    " hünter 2 ",
			`(sleep 100 <&- 2>&- &) ; echo left a process that holds the pipe`: "left a process that holds the pipe",
		} {
			file := w.script(filepath.Join(w.bin, "answer"), script)
			out, errs, status := w.nono("--secret", "TOKEN=exec:"+file, "--", "sh", "-c", `printf '<%s>' "$TOKEN"`)
			if status != 0 || out != "<"+want+">" || errs != "" {
				t.Errorf("%s: %q %q, status %d", script, out, errs, status)
			}
		}
	})
}

// What is wrong with a source is said before anything is asked, in one line with one
// remedy.
func TestBadSources(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u, s)
		marker := filepath.Join(w.home, "asked")
		w.script(filepath.Join(w.bin, "pass"), "touch "+marker+"; echo x")
		good := filepath.Join(w.home, "good")
		must(t, os.WriteFile(good, []byte("x\n"), 0o600))
		must(t, os.WriteFile(filepath.Join(w.home, "shut"), []byte("x\n"), 0))
		must(t, os.Symlink("nowhere", filepath.Join(w.home, "loose")))
		must(t, os.Symlink("loop", filepath.Join(w.home, "loop")))
		u.Own(t, good, filepath.Join(w.home, "shut"))
		for _, c := range []struct {
			arg, want string
			status    int
		}{
			{"TOKEN", "it must be NAME=SOURCE", 2},
			{"TOKEN=", "it must be NAME=SOURCE", 2},
			{"=pass:x", "the name is empty", 2},
			{"1A=pass:x", "the name is not that of a variable", 2},
			{"A-B=pass:x", "the name is not that of a variable", 2},
			{"LD_PRELOAD=pass:x", "'LD_PRELOAD' decides what programs do", 2},
			{"PATH=pass:x", "'PATH' decides what programs do", 2},
			{"NONO_SPEC=pass:x", "'NONO_SPEC' decides what programs do", 2},
			{"GIT_SSH_COMMAND=pass:x", "'GIT_SSH_COMMAND' decides what programs do", 2},
			{"TOKEN=x", "the source begins with none of pass:", 2},
			{"TOKEN=Pass:x", "the source begins with none of pass:", 2},
			{"TOKEN=pass:", "nothing stands behind 'pass:'", 2},
			{"TOKEN=pass:--help", "begins with '-'", 2},
			{"TOKEN=pass:a\nb", "control character", 2},
			{"TOKEN=pass:a\xff", "not UTF-8", 2},
			{"TOKEN=op:x", "not written as 1Password has it", 2},
			{"TOKEN=op://vault/item", "it needs a vault, an item and a field", 2},
			{"TOKEN=keepassxc:/x.kdbx", "the entry is missing", 2},
			{"TOKEN=keepassxc:x.kdbx#e", "relative path", 2},
			{"TOKEN=secret-service:x", "it needs attributes and their values", 2},
			{"TOKEN=vault:secret/x", "the field is missing", 2},
			{"TOKEN=file:x", "relative path", 2},
			{"TOKEN=file:../x", "relative path", 2},
			{"TOKEN=exec:./x", "relative path", 2},
			{"TOKEN=keychain:x", "the Keychain is on macOS alone", 125},
			{"TOKEN=exec:no-such-program", "the program 'no-such-program' is not in PATH", 125},
			{"TOKEN=file:" + w.home + "/none", "does not exist", 125},
			{"TOKEN=file:" + w.home + "/loose", "does not exist", 125},
			{"TOKEN=file:" + w.home + "/loop", "too many levels of symbolic links", 125},
			{"TOKEN=file:" + w.home, "it is not a regular file", 125},
			{"TOKEN=file:/dev/null", "it is not a regular file", 125},
			{"TOKEN=file:/proc/self/environ/x", "does not exist", 125},
			{"TOKEN=exec:" + good, "cannot start '" + good + "'", 125},
			{"TOKEN=exec:" + w.home, "cannot start '" + w.home + "'", 125},
		} {
			out, errs, status := w.nono("--secret", c.arg, "--", "touch", filepath.Join(w.project, "started"))
			if status != c.status || out != "" || !strings.Contains(errs, c.want) || strings.Count(errs, "nono: error: ") != 1 || strings.Count(errs, "nono: hint: ") != 1 {
				t.Errorf("%q: status %d, %q", c.arg, status, errs)
			}
			w.nothingLeft(t)
		}
		if !u.Root() { // whom no file mode stops
			if _, errs, status := w.nono("--secret", "TOKEN=file:"+w.home+"/shut", "--", "true"); status != 125 || !strings.Contains(errs, "permission denied") {
				t.Errorf("status %d, %q", status, errs)
			}
		}
		if _, errs, status := w.nono("--secret", "A=pass:x", "--secret", "A=pass:y", "--", "true"); status != 2 || !strings.Contains(errs, "the secret A is named twice") {
			t.Errorf("twice: status %d, %q", status, errs)
		}
		if _, err := os.Lstat(marker); err == nil {
			t.Error("a manager was asked for what could not be right")
		}
		// The control: each of them works where it is right.
		if out, errs, status := w.nono("--secret", "A=pass:x", "--secret", "B=file:~/good", "--", "sh", "-c", "echo $A$B"); out != "xx\n" {
			t.Errorf("status %d, %q %q", status, out, errs)
		}
	})
}
