package seatbelt

// What the other tests take for granted about Seatbelt, asked of Seatbelt.

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/spec"
)

const sandboxExec = "/usr/bin/sandbox-exec"

// refused reports whether sandbox-exec could not make a profile of the text. It
// exits with 65 then, and with 71 if it was the command that could not start.
func refused(err error) bool {
	exit, ok := err.(*exec.ExitError)
	return ok && exit.ExitCode() == 65
}

// needSeatbelt skips, or fails if NONO_REQUIRE names seatbelt, where no sandbox
// can be entered.
func needSeatbelt(t *testing.T) {
	t.Helper()
	out, err := exec.Command(sandboxExec, "-p", "(version 1)(allow default)", "/usr/bin/true").CombinedOutput()
	if err == nil {
		return
	}
	if slices.Contains(strings.Split(os.Getenv("NONO_REQUIRE"), ","), "seatbelt") {
		t.Fatalf("NONO_REQUIRE=seatbelt: %v: %s", err, out)
	}
	t.Skipf("no sandbox can be entered here, perhaps since this is in one: %v: %s", err, out)
}

// The compiler of this macOS knows every operation and filter in use.
func TestCompilerTakesEveryProfile(t *testing.T) {
	needSeatbelt(t)
	all := specs(t)
	all["a whole home"] = home(600)
	all["a whole home with nono's own lists"] = whole(t)
	for name, s := range all {
		text, err := Profile(s, "/private/tmp/way/to")
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(sandboxExec, "-p", string(text), "--", "/usr/bin/true").CombinedOutput()
		if refused(err) {
			t.Errorf("%s: %s", name, out)
		}
	}
	if out, err := exec.Command(sandboxExec, "-p", "(version 1)(allow no-such-operation)", "/usr/bin/true").CombinedOutput(); !refused(err) {
		t.Errorf("a bad profile gives %v: %s; the test proves nothing", err, out)
	}
}

// try is something to do to $1 in a shell.
type try struct {
	class  Class
	script string
	path   string // beneath the directory of the test
}

var tries = []try{
	{Read, `cat "$1"`, "w/f"},
	{Read, `cat "$1"`, "w/secret/f"},
	{Read, `cat "$1"`, "w/Secret/f"},
	{Read, `cat "$1"`, "w/secret/back"},
	{Read, `cat "$1"`, "w/kept/f"},
	{Read, `cat "$1"`, "out/f"},
	{Read, `cat "$1"`, "elsewhere/f"},
	{Read, `ls "$1"`, "w"},
	{Read, `ls "$1"`, "w/secret"},
	{Write, `printf x >>"$1"`, "w/f"},
	{Write, `printf x >>"$1"`, "w/kept/f"},
	{Write, `printf x >>"$1"`, "r/f"},
	{Write, `printf x >>"$1"`, "out/f"},
	{Attr, `chmod 600 "$1"`, "w/f"},
	{Attr, `chmod 600 "$1"`, "w/kept/f"},
	{Attr, `touch -t 200001010000 "$1" && test "$1" -ot "$(dirname "$1")/back"`, "w/f"},
	{Attr, `touch -t 200001010000 "$1"`, "w/kept/f"},
	{Create, `: >"$1"`, "w/new"},
	{Create, `: >"$1"`, "w/missing"},
	{Create, `: >"$1"`, "w/MISSING"},
	{Create, `: >"$1"`, "w/mi\u017f\u017fing"},
	{Create, `: >"$1"`, "w/Cafe\u0301"},
	{Create, `: >"$1"`, "r/new"},
	{Create, `: >"$1"`, "out/new"},
	{Create, `mkdir "$1"`, "w/newdir"},
	{Create, `mkdir "$1"`, "w/way"}, // on the way to w/way/missing
	{Create, `mv "$(dirname "$1")/f" "$1"`, "w/moved"},
	{Create, `mv "$(dirname "$1")/f" "$1"`, "w/missing"},
	{Create, `ln -s / "$1"`, "w/missing"},
	{Remove, `rm -f "$1"`, "w/f"},
	{Remove, `rm -f "$1"`, "w/kept/f"},
	{Remove, `mv "$1" "$1.moved"`, "w/secret/f"},
	{RemoveDir, `rmdir "$1"`, "w/empty"},
	{RemoveDir, `mv "$1" "$1.moved"`, "w/kept"},
	{RemoveDir, `rmdir "$1"`, "t/empty"},
	{RemoveDir, `mv "$1" "$1.moved"`, "t/chain"}, // on the way to t/chain/key
	{Link, `ln "$1" "$(dirname "$1")/link"`, "w/f"},
	{Link, `ln "$1" "$(dirname "$(dirname "$1")")/w/link"`, "r/f"},
	{Link, `ln "$1" "$(dirname "$(dirname "$1")")/link"`, "w/secret/f"},
	{Exec, `"$1"`, "w/script"},
	{Exec, `"$1"`, "w/secret/script"},
}

// plant makes the tree that tries are for, and returns where it is.
func plant(t *testing.T) string {
	t.Helper()
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"w", "w/secret", "w/kept", "w/empty", "r", "out", "elsewhere", "t/empty", "t/chain/key"} {
		if err := os.MkdirAll(filepath.Join(top, dir), 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"f": "text\n", "back": "text\n", "script": "#!/bin/sh\nexit 0\n"} {
			if strings.HasSuffix(dir, "empty") {
				continue
			}
			if err := os.WriteFile(filepath.Join(top, dir, name), []byte(text), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	return top
}

func specFor(t *testing.T, top string) *spec.Spec {
	t.Helper()
	s := &spec.Spec{}
	system, err := lists.System("darwin")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range system {
		if strings.HasPrefix(p.Path, "/") {
			s.Paths = append(s.Paths, p)
		}
	}
	for _, p := range []spec.Path{
		{Kind: spec.Allow, Path: "w"}, {Kind: spec.Read, Path: "r"}, {Kind: spec.Write, Path: "out"}, {Kind: spec.Temp, Path: "t"},
		{Kind: spec.Deny, Path: "w/secret"}, {Kind: spec.ReadFile, Path: "w/secret/back"}, {Kind: spec.DenyWrite, Path: "w/kept"},
		{Kind: spec.Deny, Path: "w/missing"}, {Kind: spec.Deny, Path: "w/Caf\u00e9"}, {Kind: spec.Deny, Path: "w/way/missing"},
		{Kind: spec.Deny, Path: "t/chain/key"},
	} {
		p.Path = filepath.Join(top, p.Path)
		s.Paths = append(s.Paths, p)
	}
	return s
}

// Seatbelt does what Decision says, and without a sandbox all of it works.
func TestSeatbeltDecidesAsDecision(t *testing.T) {
	needSeatbelt(t)
	for _, try := range tries {
		run := func(confined bool) (bool, bool, string) {
			top := plant(t)
			s := specFor(t, top)
			text, err := Profile(s, top)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(top, try.path)
			argv := []string{"/bin/sh", "-c", try.script, "sh", path}
			if confined {
				argv = append([]string{sandboxExec, "-p", string(text), "--"}, argv...)
			}
			cmd := exec.Command(argv[0], argv[1:]...)
			cmd.Dir = "/"
			out, err := cmd.CombinedOutput()
			want, _ := Decision(s, top, try.class, strings.Replace(path, "Secret", "secret", 1))
			return err == nil, want, string(out)
		}
		if ok, _, out := run(false); !ok {
			t.Logf("%s on %s fails without a sandbox (a volume that heeds case?): %s", try.script, try.path, out)
			continue
		}
		got, want, out := run(true)
		// Of names that differ by more than case, some more may be denied.
		exotic := strings.ContainsFunc(try.path, func(r rune) bool { return r > 0x7f })
		if got && !want || got != want && !exotic {
			t.Errorf("%s on %s: done %v, Decision says %v: %s", try.script, try.path, got, want, out)
		}
		if exotic && got {
			t.Errorf("%s on %s: done, though it is a spelling of what is denied", try.script, try.path)
		}
	}
}

// ways are things outside the sandbox that a command could reach by asking; $1
// is a process outside.
var ways = []struct{ name, script string }{
	{"a signal", `kill -0 "$1"`},
	{"the firmware's variables", `nvram -p >/dev/null`},
	{"the pasteboard", `printf x | pbcopy && test "$(pbpaste)" = x`},
	{"a job of launchd", `launchctl submit -l "nono.test.$1" -- /usr/bin/true && launchctl remove "nono.test.$1"`},
	{"another sandbox", sandboxExec + ` -p '(version 1)(allow default)' /usr/bin/true`},
}

// What is asked of others outside is refused, and an ordinary command runs.
func TestSeatbeltClosesTheWaysOut(t *testing.T) {
	needSeatbelt(t)
	text, err := Profile(specFor(t, plant(t)), "/")
	if err != nil {
		t.Fatal(err)
	}
	run := func(confined bool, script string) (bool, string) {
		argv := []string{"/bin/sh", "-c", script, "sh", strconv.Itoa(os.Getpid())}
		if confined {
			argv = append([]string{sandboxExec, "-p", string(text), "--"}, argv...)
		}
		cmd := exec.Command(argv[0], argv[1:]...)
		cmd.Dir = "/"
		out, err := cmd.CombinedOutput()
		return err == nil, string(out)
	}
	if ok, out := run(true, `test "$(sysctl -n kern.ostype)" = Darwin && id -un >/dev/null && kill -0 $$`); !ok {
		t.Fatalf("an ordinary command does not run, so that refusals prove nothing: %s", out)
	}
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			if ok, out := run(false, w.script); !ok {
				t.Skipf("it is not to be had without a sandbox either: %s", out)
			}
			if ok, _ := run(true, w.script); ok {
				t.Errorf("it is open: %s", w.script)
			}
		})
	}
}
