package secrets

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

const hidden = "hunter2-4711-0815"

// The secret goes from the manager's pipe into the command's environment: no argument of
// a program has it, no file, and what could be dumped is closed before it is there.
func TestSecretIsNowhereElse(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	strace := tool(t, "strace")
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		for _, extra := range [][]string{nil, {"--audit-log", "LOG", "--audit-level", "all"}} {
			w := newWorld(t, u, s)
			for i := range extra {
				extra[i] = strings.ReplaceAll(extra[i], "LOG", filepath.Join(w.home, "log"))
			}
			source := filepath.Join(w.home, "source")
			must(t, os.WriteFile(source, []byte(hidden+"\n"), 0o600))
			u.Own(t, source)
			program := w.script(filepath.Join(w.bin, "manager"), "exec cat "+source)
			trace := filepath.Join(w.home, "trace")
			argv := append([]string{strace, "-f", "-qq", "-s", "65536", "-o", trace, w.suite.Path("nono-run"), "--silent", "--allow", w.project}, extra...)
			out, errs, status := w.run(append(argv, "--secret", "TOKEN=exec:"+program, "--", "sh", "-c", `test -n "$TOKEN" && cat "$NONO_SPEC" && echo set`)...)
			if status != 0 || !strings.HasSuffix(out, "set\n") || strings.Contains(out+errs, hidden) {
				t.Skipf("strace does not work here: status %d, %s", status, errs)
			}
			text, err := os.ReadFile(trace)
			must(t, err)
			// Nobody but root can look into a process that makes no core dump, which strace(1)
			// shows by an address in place of what is there.
			dumpable, limited, met := false, false, false
			for line := range strings.Lines(string(text)) {
				dumpable = dumpable || strings.Contains(line, "prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE")
				limited = limited || regexp.MustCompile(`RLIMIT_CORE, (\{rlim_cur=[01],|0x)`).MatchString(line)
				if !strings.Contains(line, hidden) {
					continue
				}
				met = true
				// strace(1) leaves the environment out of what it shows of execve(2). The
				// supervisor copies what the command names with a few bytes behind it. A call
				// that another thread's call interrupts has its end on a line of its own.
				if !regexp.MustCompile(`^\d+ +(read\(\d+, "|write\(1, "|<\.\.\. read resumed>"|(process_vm_readv\(|<\.\.\. process_vm_readv resumed>).*)` + hidden).MatchString(line) {
					t.Errorf("the secret is in %s", line)
				}
				if !dumpable || !limited {
					t.Errorf("core dumps are made still at %s", line)
				}
			}
			if !met {
				t.Error("the secret was not met at all")
			}
			must(t, os.Remove(trace))
			must(t, os.Remove(source))
			w.searchFiles(t)
		}
	})
}

// searchFiles looks for the secret in every file of the user's.
func (w *world) searchFiles(t *testing.T) {
	t.Helper()
	must(t, filepath.WalkDir(filepath.Dir(w.home), func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil
		}
		if text, err := os.ReadFile(path); err == nil && strings.Contains(string(text), hidden) {
			t.Errorf("the secret is in %s", path)
		}
		return nil
	}))
}

// The log of a run has no secret, also where the command hands it to another program on
// its command line.
func TestSecretIsNotLogged(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u, s)
		program := w.script(filepath.Join(w.bin, "manager"), "echo "+hidden[:7]+hidden[7:])
		log := filepath.Join(w.home, "log")
		out, errs, status := w.nono("--audit-log", log, "--secret", "PLAIN=exec:"+program, "--", "sh", "-c", `/bin/echo "$PLAIN" "x-$PLAIN"`)
		if out != hidden+" x-"+hidden+"\n" {
			t.Fatalf("%q %q, status %d", out, errs, status)
		}
		text, err := os.ReadFile(log)
		must(t, err)
		if !strings.Contains(string(text), "/bin/echo") || strings.Contains(string(text), hidden) {
			t.Errorf("the log is %s", text[max(0, len(text)-2000):])
		}
	})
}

// Nothing is asked for where nothing is started, and what is shown names the source.
func TestNothingIsAskedBefore(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u, s)
		marker := filepath.Join(w.home, "asked")
		program := w.script(filepath.Join(w.bin, "manager"), "touch "+marker+"; echo "+hidden)
		for _, c := range [][]string{
			{"--dry-run", "--", "true"},
			{"--print-spec", "--", "true"},
			{"--", "no-such-command"},
			{"--", "rm", "x"},
			{"--ephemeral", "--undo", "--allow", w.project, "--", "true"},
		} {
			out, _, _ := w.nono(append([]string{"--secret", "TOKEN=exec:" + program}, c...)...)
			if told := strings.Contains(out, "secret TOKEN: from exec:"+program+"  (--secret)\n"); told != (c[0] == "--dry-run") {
				t.Errorf("%q: %s", c, out)
			}
		}
		if out, _, status := w.run("nono-why", "--secret", "TOKEN=exec:"+program, "--allow", w.project, w.project); status != 0 {
			t.Errorf("nono-why: %s", out)
		}
		if _, err := os.Lstat(marker); err == nil {
			t.Error("the manager was asked")
		}
	})
}

// A profile asks for secrets as the command line does, which goes before it. The
// variable of the same name that nono itself has is not the command's.
func TestProfile(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u, s)
		w.env = append(w.env, "TOKEN=mine", "OTHER=mine")
		program := w.script(filepath.Join(w.bin, "manager"), "echo of-the-profile")
		second := w.script(filepath.Join(w.bin, "second"), "echo of-the-line")
		profiles := filepath.Join(w.home, ".config/nono/profiles")
		must(t, os.MkdirAll(profiles, 0o755))
		file := filepath.Join(profiles, "mine.profile")
		must(t, os.WriteFile(file, []byte("set-env TOKEN=set\nsecret TOKEN=exec:"+program+"\nsecret OTHER=exec:"+program+"\n"), 0o644))
		u.Own(t, filepath.Join(w.home, ".config"), filepath.Join(w.home, ".config/nono"), profiles, file)
		out, errs, status := w.nono("--profile", "mine", "--secret", "OTHER=exec:"+second, "--", "env")
		if strings.Count(out, "TOKEN=") != 1 || strings.Count(out, "OTHER=") != 1 || !strings.Contains(out, "\nTOKEN=of-the-profile\n") || !strings.Contains(out, "\nOTHER=of-the-line\n") {
			t.Errorf("%s%s, status %d", out, errs, status)
		}
		must(t, os.WriteFile(file, []byte("secret TOKEN=exec:./x\n"), 0o644))
		if _, errs, status := w.nono("--profile", "mine", "--", "true"); status != 125 || !strings.Contains(errs, "cannot use profile 'mine': line 1 of '"+file+"': the program is named by a relative path\nnono: hint: ") {
			t.Errorf("status %d, %s", status, errs)
		}
	})
}
