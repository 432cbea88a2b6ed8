package supervise

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
	"golang.org/x/sys/unix"
)

// logged runs a shell script by nono-run with a log, and returns its events.
func (r *run) logged(flags []string, script string) (*audit.Run, string, *exec.Cmd) {
	r.t.Helper()
	log := filepath.Join(r.home, "log")
	os.Remove(log)
	cmd := r.nonoRun(append([]string{"--audit-log", log}, flags...), "sh", "-c", script)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	finish(r.t, cmd, &out)
	f, err := os.Open(log)
	must(r.t, err)
	defer f.Close()
	reader := audit.NewReader(f)
	runs, err := reader.Runs()
	if err != nil || len(runs) != 1 || len(reader.Problems) != 0 {
		r.t.Fatalf("%d runs, %v, %v\n%s", len(runs), reader.Problems, err, out.String())
	}
	return runs[0], out.String(), cmd
}

// nonoRun is nono-run with flags, in the granted directory.
func (r *run) nonoRun(flags []string, words ...string) *exec.Cmd {
	flags = append([]string{"--silent", "--allow-command", "all", "--allow", r.dir}, flags...)
	cmd := r.u.Command(r.s.Path("nono-run"), append(append(flags, "--"), words...)...)
	cmd.Dir, cmd.Env = r.dir, r.env()
	return cmd
}

func find(run *audit.Run, kind audit.Kind, path string) *audit.Event {
	for i := range run.Events {
		if e := &run.Events[i]; e.Kind == kind && strings.Contains(e.Path, path) {
			return e
		}
	}
	return nil
}

func TestAuditLog(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u)
		must(t, os.MkdirAll(r.home+"/.ssh", 0o700))
		u.Own(t, r.home+"/.ssh")
		other := u.Dir(t)
		run, out, cmd := r.logged(nil, `mkdir `+other+`/made; echo x >`+r.home+`/.ssh/x; echo in >in; cat in; mkdir d && mv in d/in && rm d/in;
cat `+r.home+`/log; echo forged >>`+r.home+`/log; rm -f `+r.home+`/log; mv `+r.home+`/log .; ln `+r.home+`/log l; exit 5`)
		if cmd.ProcessState.ExitCode() != 5 {
			t.Errorf("%v\n%s", cmd.ProcessState, out)
		}
		if strings.Contains(out, `"event"`) {
			t.Error("the command can read the log")
		}
		first, last := run.Events[0], run.Events[len(run.Events)-1]
		if first.Kind != audit.Start || first.Spec == "" || first.Digest != audit.Digest([]byte(first.Spec)) || first.Cwd != r.dir {
			t.Errorf("the start is %+v", first)
		}
		if last.Kind != audit.End || last.Status == nil || *last.Status != 5 {
			t.Errorf("the end is %+v", last)
		}
		if e := find(run, audit.Exec, "/mkdir"); e == nil || e.Source != audit.Claimed || e.Argv[1] != other+"/made" || e.Parent == 0 || e.Cwd != r.dir {
			t.Errorf("mkdir: %+v", e)
		}
		e := find(run, audit.Refused, other+"/made")
		if e == nil || e.Op != "mkdir" || e.Errno != "EACCES" || e.Reason != "not_in_allowed_paths" || e.Remedy == "" {
			t.Errorf("what was refused: %+v", e)
		}
		if e := find(run, audit.Refused, r.home+"/.ssh/x"); e == nil || e.Reason != "sensitive_path" || e.Remedy != "" {
			t.Errorf("what is protected: %+v", e)
		}
		if e := find(run, audit.Refused, r.dir); e != nil {
			t.Errorf("refused though it is granted: %+v", e)
		}
	})
}

// What cannot be asked about is refused nowhere: what the log says of every operation is
// what the kernel did.
func TestAuditTellsTheTruth(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r, other := newRun(t, u), u.Dir(t)
		for _, c := range []struct {
			script  string
			refused bool
		}{
			{`echo x >$H/f`, true}, {`echo x >f`, false}, {`>$H/nodir/f`, false}, {`mkdir $H/d`, true}, {`mkdir d`, false},
			{`ln -s $H s; echo x >s/f`, true}, {`ln -s $H/f s; echo x >s`, true}, {`echo x >f; mv f $H/f`, true},
			{`echo x >f; ln f g; mv f h; rm g h`, false}, {`mkdir d; rmdir d`, true}, {`mkfifo p; rm p`, false}, {`cd /; echo x >tmp/f`, true},
			{`truncate -s 0 $H/own`, true}, {`cat $H/own`, true}, {`ls $H`, true}, {`echo x >f; cat f`, false},
			{`echo x >f; truncate -s 0 f`, false}, {`ln -s x y; rm y`, false}, {`rm $H/own`, true}, {`mv $H/own .`, true}, {`ln $H/own .`, true},
		} {
			r.dir = u.Dir(t)
			must(t, os.WriteFile(other+"/own", []byte("x"), 0o644))
			u.Own(t, other+"/own")
			run, out, _ := r.logged([]string{"--audit-level", "all"}, `H=`+other+`; `+c.script)
			found := find(run, audit.Refused, other) != nil || find(run, audit.Refused, "/tmp/f") != nil || find(run, audit.Refused, r.dir) != nil
			if found != c.refused || c.refused != strings.Contains(strings.ToLower(out), "denied") && !strings.Contains(out, "cross-device") {
				t.Errorf("%s: logged as refused: %v, want %v; it said %q", c.script, found, c.refused, out)
			}
		}
	})
}

// A supervisor that is killed leaves all that it wrote.
func TestAuditKilled(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	r := newRun(t, testenv.User{Name: "own"})
	log := filepath.Join(r.home, "log")
	cmd := r.nonoRun([]string{"--audit-log", log}, "sh", "-c", "/bin/true last; echo ready; sleep 60")
	lines := startLines(t, cmd)
	next(t, lines)
	must(t, cmd.Process.Kill())
	cmd.Wait()
	out, err := exec.Command(r.s.Path("nono-audit"), "verify", log).CombinedOutput()
	var exit *exec.ExitError
	if !asExit(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), "has no end") {
		t.Errorf("verify: %v\n%s", err, out)
	}
	text, _ := os.ReadFile(log)
	if !strings.Contains(string(text), `"true","last"`) && !strings.Contains(string(text), `"/bin/true","last"`) {
		t.Errorf("the log lacks the last lines:\n%s", text)
	}
}

// A full disk does not hold the command up, and ends it only if that was asked for.
func TestAuditDiskFull(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.RequireRoot(t, "mount a small file system")
	r := newRun(t, testenv.User{Name: "own"})
	small := filepath.Join(r.home, "small")
	must(t, os.Mkdir(small, 0o755))
	must(t, unix.Mount("tmpfs", small, "tmpfs", 0, "size=64k"))
	defer unix.Unmount(small, unix.MNT_DETACH)
	script := `i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i+1)); done; echo finished`
	for required, want := range map[string]string{"": "finished\n", "--audit-required": ""} {
		os.Remove(small + "/log")
		flags := []string{"--audit-log", small + "/log"}
		if required != "" {
			flags = append(flags, required)
		}
		cmd := r.nonoRun(flags, "sh", "-c", script)
		var out, said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &said
		ws := finish(t, cmd, &said)
		if out.String() != want || strings.Count(said.String(), "no space left on device") != 1 {
			t.Errorf("%s: %v, it wrote %q and said %q", required, ws, out.String(), said.String())
		}
		if required != "" && ws.ExitStatus() == 0 {
			t.Errorf("status 0 where the log is required")
		}
	}
}

// The report is one page that Chromium shows with all its parts, without the network.
func TestAuditReport(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	r := newRun(t, testenv.User{Name: "own"})
	r.logged(nil, `mkdir `+r.home+`/made; printf '%s' '<script>document.title="attacked"</script>' >/dev/null; /bin/true '<img src=x onerror=alert(1)>'`)
	page := filepath.Join(r.home, "page.html")
	out, err := exec.Command(r.s.Path("nono-audit"), "report", r.home+"/log").Output()
	must(t, err)
	must(t, os.WriteFile(page, out, 0o644))
	for _, never := range []string{"<script", "<img", "http://", "https://", "src="} {
		if strings.Contains(strings.ReplaceAll(string(out), "&lt;", "("), never) && never != "src=" {
			t.Errorf("the page has %q", never)
		}
	}
	chromium := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			chromium = path
		}
	}
	if chromium == "" {
		t.Skip("Chromium is missing: the page was not opened in a browser")
	}
	cmd := exec.Command(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+r.home+"/chromium", "--dump-dom", "file://"+page)
	timer := time.AfterFunc(60*time.Second, func() { cmd.Process.Kill() })
	defer timer.Stop()
	dom, err := cmd.Output()
	must(t, err)
	for _, want := range []string{"<h3>Refused</h3>", r.home + "/made", "<h3>Processes</h3>", "&lt;img src=x"} {
		if !strings.Contains(string(dom), want) {
			t.Errorf("the browser shows no %q", want)
		}
	}
}

// What the manual says of the keys is what a line has.
func TestAuditKeysAreDescribed(t *testing.T) {
	manual, err := os.ReadFile(filepath.Join(suite.Root(t), "packaging/man/nono-audit.5"))
	must(t, err)
	r := newRun(t, testenv.User{Name: "own"})
	testenv.RequireLandlock(t, 1)
	r.logged([]string{"--audit-level", "all"}, `mkdir `+r.home+`/made; cat x`)
	text, err := os.ReadFile(r.home + "/log")
	must(t, err)
	for line := range strings.Lines(string(text)) {
		var keys map[string]json.RawMessage
		must(t, json.Unmarshal([]byte(line), &keys))
		for key := range keys {
			if !strings.Contains(string(manual), key) {
				t.Errorf("nono-audit(5) does not describe %q", key)
			}
		}
	}
}

// At the end a person hears what was refused and what would have allowed it, and a
// program the same as JSON; what is protected has no remedy.
func TestExplain(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r, other := newRun(t, u), u.Dir(t)
		must(t, os.MkdirAll(r.home+"/.ssh", 0o700))
		u.Own(t, r.home+"/.ssh")
		must(t, os.WriteFile(other+"/file", nil, 0o644))
		script := `cat ` + other + `/file; cat ` + other + `/file; echo >` + r.home + `/.ssh/x; cat ` + other + `/missing; exit 3`
		said := func(flags ...string) (string, int) {
			cmd := r.nonoRun(flags, "sh", "-c", "exec 2>/dev/null; "+script)
			cmd.Args = append(cmd.Args[:1], cmd.Args[2:]...) // without --silent
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			ws := finish(t, cmd, &out)
			return out.String(), ws.ExitStatus()
		}
		text, status := said("--explain")
		for _, want := range []string{"the sandbox refused:", "read '" + other + "/file': not in allowed paths (2 times)",
			"write '" + r.home + "/.ssh/x': deny", "nono: hint: to allow it: --read"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in:\n%s", want, text)
			}
		}
		if status != 3 || strings.Contains(text, "missing") || strings.Contains(text, "--write "+r.home) {
			t.Errorf("status %d\n%s", status, text)
		}
		text, _ = said("--summary", "json")
		if i := strings.Index(text, `{"refused":`); i < 0 || !strings.Contains(text[i:], r.home+"/.ssh/x") || strings.Contains(text[i:], other+"/file") {
			t.Errorf("as JSON: %s", text)
		}
		// A log of the usual level has no denied reads: who looks for one hears that.
		const lacking = "what is only read is not looked at (--audit-level all does that)"
		for _, c := range []struct {
			script string
			said   bool
		}{{`cat ` + other + `/file`, true}, {`true`, false}} {
			script = c.script
			if text, _ := said("--audit-log", r.home+"/log", "--summary", "text"); strings.Contains(text, lacking) != c.said {
				t.Errorf("%s: %s", c.script, text)
			}
		}
		shown, err := exec.Command(r.s.Path("nono-audit"), "show", r.home+"/log").Output()
		if err != nil || !strings.Contains(string(shown), "level exec (without what is only read; --audit-level all logs it)") {
			t.Errorf("nono audit show: %v %s", err, shown)
		}
		if text, _ := said("--explain", "--summary", "none"); strings.Contains(text, "refused") {
			t.Errorf("none: %s", text)
		}
	})
}

// The hint has the flags for all that there are flags for, also for a blocked command, and
// says how much is left; so has the log. A log without one of its runs, or without any, is
// not whole.
func TestExplainBlocked(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r, other := newRun(t, u), u.Dir(t)
		must(t, os.MkdirAll(r.home+"/.ssh", 0o700))
		u.Own(t, r.home+"/.ssh")
		log := r.home + "/log"
		explained := func() string {
			cmd := r.u.Command(r.s.Path("nono-run"), "--explain", "--audit-log", log, "--allow", r.dir, "--", "sh", "-c",
				"rm x; echo >"+other+"/made; echo >"+r.home+"/.ssh/x")
			cmd.Dir, cmd.Env = r.dir, r.env()
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			finish(t, cmd, &out)
			return out.String()
		}
		want := "nono: hint: to allow it: --allow-command rm --write " + other + "\n  (these flags do not allow 1 of the refused operations; nono why"
		if text := explained(); !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
		audit := func(sub, file string) (string, bool) {
			out, err := exec.Command(r.s.Path("nono-audit"), sub, file).Output()
			return string(out), err == nil
		}
		if shown, _ := audit("show", log); !strings.Contains(shown, "  to allow it: --allow-command rm\n") {
			t.Errorf("shown: %s", shown)
		}
		first, err := os.ReadFile(log)
		must(t, err)
		explained()
		both, err := os.ReadFile(log)
		must(t, err)
		for _, c := range []struct {
			text, want string
			whole      bool
		}{
			{string(both), "2 runs, ", true},
			{string(first), "each line follows the line before it\nthe SHA-256 digest of the last line is ", true},
			{string(both[len(first):]), "began after a line that is missing or was changed\n1 run, ", false},
			{"", "the log is empty", false},
		} {
			file := filepath.Join(t.TempDir(), "log")
			must(t, os.WriteFile(file, []byte(c.text), 0o600))
			if said, whole := audit("verify", file); whole != c.whole || !strings.Contains(said, c.want) {
				t.Errorf("verify: whole: %v, %s", whole, said)
			}
		}
	})
}

// The supervisor stays small, also where it tells why things were refused: root protects the
// homes of all users, and none of it is kept that nobody asked about.
func TestAuditMemory(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u)
		_, out, _ := r.logged([]string{"--audit-level", "all"}, `for n in 1 2 3 4 5 6 7 8 9; do (echo >`+r.home+`/$n; cat /etc/shadow; echo >/usr/$n) 2>/dev/null; done
while read -r key value rest; do [ "$key" != VmHWM: ] || echo "kB $value"; done </proc/$PPID/status`)
		text, ok := strings.CutPrefix(strings.TrimSpace(out), "kB ")
		kB, err := strconv.Atoi(text)
		if !ok || err != nil || kB > 16<<10 {
			t.Errorf("the peak is %q, want at most 16 MiB", out)
		}
		t.Log(out)
	})
}
