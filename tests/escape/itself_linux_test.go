package escape

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// These attack nono's own programs before the sandbox stands: by what they find
// in the environment, in PATH, in the working directory and in their argv.

// trap is a program that leaves "sprung" beside itself.
func trap(t *testing.T, u testenv.User, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\necho \"$0\" >>"+filepath.Join(dir, "sprung")+"\n"), 0o755))
		u.Own(t, filepath.Join(dir, name))
	}
}

func notSprung(t *testing.T, dir string) {
	t.Helper()
	if text, err := os.ReadFile(filepath.Join(dir, "sprung")); err == nil {
		t.Errorf("a program that lay in wait was run: %s", text)
	}
}

// runIn runs words as u in dir and returns the output of both kinds.
func runIn(t *testing.T, u testenv.User, dir string, env []string, words ...string) (string, int) {
	t.Helper()
	cmd := u.Command(words[0], words[1:]...)
	cmd.Dir = dir
	cmd.Env = append([]string{"PATH=/usr/bin:/bin", "HOME=" + dir, "TMPDIR=" + dir}, env...)
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// TestPathAndWorkingDirectory: neither PATH nor the working directory says
// which shim, and which nono-run, is started.
func TestPathAndWorkingDirectory(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		dir := u.Dir(t)
		trap(t, u, dir, "nono-exec-shim", "nono-run", "nono-why", "nono", "sh", "readlink", "dirname", "echo")
		must(t, os.Symlink(s.Path("nono"), filepath.Join(dir, "linked-nono")))
		must(t, os.Symlink(s.Path("nono-run"), filepath.Join(dir, "linked-run")))
		for _, test := range []struct {
			name, path string
			words      []string
		}{
			{"run", "/usr/bin:/bin", []string{s.Path("nono-run")}},
			{"run in PATH", dir + ":/usr/bin:/bin", []string{s.Path("nono-run")}},
			{"PATH of this directory", ".::" + dir + ":/usr/bin:/bin", []string{s.Path("nono-run")}},
			{"run by symlink", "/usr/bin:/bin", []string{filepath.Join(dir, "linked-run")}},
			{"dispatcher", "/usr/bin:/bin", []string{s.Path("nono"), "run"}},
			{"dispatcher by symlink", "/usr/bin:/bin", []string{filepath.Join(dir, "linked-nono"), "run"}},
		} {
			t.Run(test.name, func(t *testing.T) {
				words := append(test.words, "--silent", "--allow-command", "all", "--read", dir, "--", "/bin/echo", "started")
				out, status := runIn(t, u, dir, []string{"PATH=" + test.path}, words...)
				if out != "started\n" || status != 0 {
					t.Errorf("status %d, output %q", status, out)
				}
				notSprung(t, dir)
			})
		}
	})
}

// TestRelativePath: a command found through an entry of PATH that is empty or
// relative would be whatever lies in the working directory.
func TestRelativePath(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		dir := u.Dir(t)
		trap(t, u, dir, "true")
		for _, path := range []string{".:/usr/bin:/bin", ":/usr/bin:/bin", "../" + filepath.Base(dir) + ":/usr/bin:/bin"} {
			out, status := runIn(t, u, dir, []string{"PATH=" + path}, s.Path("nono-run"), "--silent", "--allow", dir, "true")
			if out != "" || status != 0 {
				t.Errorf("PATH=%s: status %d, output %q", path, status, out)
			}
			notSprung(t, dir)
		}
	})
}

// TestArgumentZero: what the programs are called changes nothing.
func TestArgumentZero(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		dir := u.Dir(t)
		trap(t, u, dir, "nono-exec-shim")
		for _, zero := range []string{"", "--help", "-c", dir + "/nono-run", "./nono-run", "nono-exec-shim", "sh", strings.Repeat("x", 5000)} {
			cmd := u.Command(s.Path("nono-run"))
			cmd.Args = []string{zero, "--silent", "--read", dir, "--allow-command", "all", "echo", "started"}
			cmd.Dir = dir
			cmd.Env = []string{"PATH=/usr/bin:/bin", "TMPDIR=" + dir, "HOME=" + dir}
			if out, err := cmd.CombinedOutput(); string(out) != "started\n" {
				t.Errorf("argv[0] %.20q: %v %q", zero, err, out)
			}
			notSprung(t, dir)
		}
	})
}

// TestNoArguments: without even an argv[0] (the kernel puts an empty one there
// since 5.18) nothing is started.
func TestNoArguments(t *testing.T) {
	s := suite.Build(t, suite.Newest)
	for name, want := range map[string]int{"nono-run": 2, "nono-exec-shim": 125} {
		cmd := exec.Command(s.Path(name))
		cmd.Args = []string{}
		out, _ := cmd.CombinedOutput()
		if status := cmd.ProcessState.ExitCode(); status != want || !strings.HasPrefix(string(out), "nono: error: ") {
			t.Errorf("%s: status %d, %q", name, status, out)
		}
	}
}

// TestPreload: the programs are static, so that no library can be put into them
// by the environment. The one that the command then loads is held as it is.
func TestPreload(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		dir := u.Dir(t)
		library := buildTrapLibrary(t, u, dir)
		for _, variable := range []string{"LD_PRELOAD", "LD_AUDIT"} {
			mark := filepath.Join(dir, "mark-"+variable)
			env := []string{variable + "=" + library, "MARK=" + mark}
			runIn(t, u, dir, env, "/bin/true")
			if _, err := os.Stat(mark); err != nil {
				t.Fatalf("control: %s did not load the library", variable)
			}
			os.Remove(mark)
			in := filepath.Join(dir, "in")
			os.Mkdir(in, 0o755)
			u.Own(t, in)
			for _, words := range [][]string{
				{s.Path("nono-run"), "--version"},
				{s.Path("nono-exec-shim"), "--version"},
				{s.Path("nono-run"), "--silent", "--allow", in, "--read-file", library, "--", "/bin/true"},
			} {
				if out, status := runIn(t, u, dir, env, words...); status != 0 {
					t.Errorf("%v: status %d, %s", words, status, out)
				}
				if _, err := os.Stat(mark); err == nil {
					t.Errorf("%s: a library ran in %v", variable, words)
				}
			}
		}
	})
}

func buildTrapLibrary(t *testing.T, u testenv.User, dir string) string {
	t.Helper()
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("gcc is missing: no library can be built")
	}
	source := `#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
unsigned la_version(unsigned v) { return v; }
__attribute__((constructor)) static void spring(void) {
	if (getenv("MARK")) close(open(getenv("MARK"), O_CREAT | O_WRONLY, 0600));
}
`
	file, library := filepath.Join(dir, "trap.c"), filepath.Join(dir, "trap.so")
	must(t, os.WriteFile(file, []byte(source), 0o644))
	if out, err := exec.Command(gcc, "-shared", "-fPIC", "-o", library, file).CombinedOutput(); err != nil {
		t.Skipf("no library can be built: %s", out)
	}
	must(t, os.Chmod(library, 0o755))
	u.Own(t, library)
	return library
}

// TestRuntimeEnvironment: what the Go runtime reads from the environment makes
// neither program do or tell anything else.
func TestRuntimeEnvironment(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		dir := u.Dir(t)
		for _, env := range []string{"GODEBUG=inittrace=1,gctrace=1", "GODEBUG=netdns=cgo,execerrdot=0", "GOCOVERDIR=" + dir,
			"GOTRACEBACK=crash", "GOGC=1", "GOMEMLIMIT=1", "GOMAXPROCS=1", "GORACE=log_path=" + dir + "/race"} {
			out, status := runIn(t, u, dir, []string{env}, s.Path("nono-run"), "--silent", "--allow-command", "all", "--read", dir, "--", "/bin/echo", "started")
			if status != 0 || !strings.HasSuffix(out, "started\n") {
				t.Errorf("%s: status %d, output %q", env, status, out)
			}
			names, err := os.ReadDir(dir)
			must(t, err)
			for _, n := range names {
				if n.Name() != "nono-"+strconv.Itoa(u.UID) {
					t.Errorf("%s: made %s", env, n.Name())
				}
			}
		}
	})
}

// TestNothingInherited: the command has its three descriptors and no more, not
// even the spec's.
func TestNothingInherited(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		dir := u.Dir(t)
		cmd := u.Command(s.Path("nono-run"), "--silent", "--allow-command", "all", "--allow", dir, "--", "/bin/sh", "-c", "/bin/ls /proc/$$/fd; :")
		cmd.Env = []string{"PATH=/usr/bin:/bin", "TMPDIR=" + dir, "HOME=" + dir}
		cmd.ExtraFiles = []*os.File{os.Stdin, os.Stdin, nil, os.Stdin}
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, os.Stderr
		must(t, cmd.Run())
		if got := strings.Fields(out.String()); !slices.Equal(got, []string{"0", "1", "2"}) {
			t.Errorf("open inside: %v", got)
		}
	})
}

// TestOwnPrograms: what starts the next sandbox cannot be changed from this one,
// wherever nono is installed.
func TestOwnPrograms(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	const inside = `cd "$W"; for f in bin/nono bin/nono-run bin/nono-why bin/nono-exec-shim libexec/nono/nono-exec-shim; do
		{ echo x >>$f; } 2>/dev/null && echo "changed $f"
		mv $f moved 2>/dev/null && echo "moved $f"
		unlink $f 2>/dev/null && echo "removed $f"
		ln -s /bin/true $f 2>/dev/null && echo "made $f"
	done; echo x >sub/file && echo "the rest is open"`
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		for _, libexec := range []bool{false, true} {
			dir := u.Dir(t)
			for _, sub := range []string{"bin", "libexec", "libexec/nono", "sub"} {
				must(t, os.Mkdir(filepath.Join(dir, sub), 0o755))
				u.Own(t, filepath.Join(dir, sub))
			}
			for _, name := range []string{"nono", "nono-run", "nono-why", "nono-exec-shim"} {
				program, err := os.ReadFile(s.Path(name))
				must(t, err)
				to := filepath.Join(dir, "bin", name)
				if libexec && name == "nono-exec-shim" {
					to = filepath.Join(dir, "libexec/nono", name)
				}
				must(t, os.WriteFile(to, program, 0o755))
				u.Own(t, to)
			}
			out, status := runIn(t, u, dir, []string{"W=" + dir, "TMPDIR=" + u.Dir(t)}, filepath.Join(dir, "bin/nono-run"), "--silent", "--allow", dir,
				"--allow-rmdir", "--allow-command", "all", "--", "/bin/sh", "-c", inside)
			if out != "the rest is open\n" || status != 0 {
				t.Errorf("libexec %v: status %d, output %q", libexec, status, out)
			}
		}
	})
}
