package main_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

func TestExitStatus(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPlace(t, u, shimFor(t, 99))
		for _, status := range []int{0, 1, 2, 42, 125, 126, 127, 255} {
			if o := run(t, p.command(t, "", fmt.Sprintf("exit %d", status))); o.status != status || o.stderr != "" {
				t.Errorf("%d became %d, stderr %q", status, o.status, o.stderr)
			}
		}
		for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL, syscall.SIGPIPE, syscall.SIGTERM, syscall.SIGUSR1} {
			cmd := p.command(t, "", fmt.Sprintf("die %d", sig))
			if o := run(t, cmd); o.status != 128+int(sig) {
				t.Errorf("a command that dies of %v: %d", sig, o.status)
			}
		}
	})
}

// The command is what it would be without nono: the same process, arguments,
// environment, directory, limits and umask.
func TestHandedOn(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPlace(t, u, shimFor(t, 99))
		odd := []string{"", " ", "a\nb", "\xff\xfe", "--", "--help", "-x", "$HOME", "*", strings.Repeat("long", 30_000)}
		env := []string{"PATH=/bin", "EMPTY=", "ODD=a\nb\xff", "=nameless", "no sign at all", "NONO_SPEC=x", "LONG=" + strings.Repeat("x", 100_000), "GODEBUG=http2client=0"}
		ops := []string{"argv", "environ", "cwd", "pid", "limit", "umask"}
		args := append(p.words(ops), ",")
		args = append(append(args, "nothing"), odd...)
		direct, shimmed := p.u.Command(probePath(t), args...), p.u.Command(p.shim, append([]string{p.spec(t, ""), "--", probePath(t)}, args...)...)
		for _, cmd := range []*exec.Cmd{direct, shimmed} {
			cmd.Env, cmd.Dir = env, "/usr"
		}
		old := unix.Umask(0o027)
		want, got := p.answers(t, direct, append(ops, "nothing")), p.answers(t, shimmed, append(ops, "nothing"))
		unix.Umask(old)
		for i, op := range ops {
			if op == "pid" {
				want[i] = fmt.Sprint(shimmed.Process.Pid)
			}
			if got[i] != want[i] {
				t.Errorf("%s: %.300s\nwant: %.300s", op, got[i], want[i])
			}
		}
	})
}

// Signals that the caller ignores stay ignored as far as Go's runtime, which
// takes over most of them before main, lets them: those of nohup(1), of
// background jobs and of job control.
func TestIgnoredSignals(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	if _, err := exec.LookPath("env"); err != nil {
		t.Skip("no env(1)")
	}
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPlace(t, u, shimFor(t, 99))
		ignore := []string{"--ignore-signal=HUP,INT,TSTP,TTIN,TTOU"}
		if o := run(t, u.Command("env", append(ignore, "true")...)); o.status != 0 {
			t.Skipf("env(1) does not know how to ignore signals: %s", o.stderr)
		}
		cmd := u.Command("env", append(ignore, p.shim, p.spec(t, "read /proc"), "--", probePath(t), "ignored")...)
		const want = "1 2 20 21 22"
		if got := p.answers(t, cmd, []string{"ignored"})[0]; got != want {
			t.Errorf("%s are ignored, want %s", got, want)
		}
	})
}

// argv[0] is the caller's to choose; what is executed is said beside it.
func TestExecAs(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPlace(t, u, shimFor(t, 99))
		cmd := p.u.Command(p.shim, "--exec="+probePath(t), p.spec(t, ""), "--", "-login name", "argv")
		if got := p.answers(t, cmd, []string{"argv"})[0]; got != `["-login name" "argv"]` {
			t.Error(got)
		}
	})
}

func TestDescriptors(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPlace(t, u, shimFor(t, 99))
		secret := p.file(t, "secret", "secret")
		for _, c := range []struct{ keep, inside string }{
			{"", "0 1 2"},
			{"keep-fd 3", "0 1 2 3"},
			{"keep-fd 6; keep-fd 4", "0 1 2 4 6"},
			{"keep-fd 5; keep-fd 5", "0 1 2 5"},
		} {
			direct, shimmed := p.u.Command(probePath(t), "fds"), p.command(t, c.keep, "fds")
			for _, cmd := range []*exec.Cmd{direct, shimmed} {
				for range 4 {
					f, err := os.Open(secret)
					if err != nil {
						t.Fatal(err)
					}
					defer f.Close()
					cmd.ExtraFiles = append(cmd.ExtraFiles, f)
				}
			}
			if got := p.answers(t, direct, []string{"fds"})[0]; !strings.HasPrefix(got, "0 1 2 3 4 5 6") {
				t.Errorf("without a sandbox: %s", got)
			}
			if got := p.answers(t, shimmed, []string{"fds"})[0]; got != c.inside {
				t.Errorf("%q: %s, want %s", c.keep, got, c.inside)
			}
		}
		// The low ones are those that Go's runtime, or the shim, opens for itself.
		for _, fd := range []int{3, 4, 5, 6, 77} {
			o := run(t, p.command(t, fmt.Sprintf("keep-fd %d", fd), "nothing"))
			if o.status != 125 || o.stderr != fmt.Sprintf("nono: error: cannot keep descriptor %d: it was not handed over\n", fd) {
				t.Errorf("descriptor %d, which was not handed over: %d %s%s", fd, o.status, o.stdout, o.stderr)
			}
		}
	})
}

func TestCapabilities(t *testing.T) {
	eachABI(t, func(t *testing.T, abi int, u testenv.User) {
		p := newPlace(t, u, shimFor(t, abi))
		outside, inside := p.outside(t, "caps", "bounds", "no-new-privs"), p.inside(t, "", "caps", "bounds", "no-new-privs")
		// chown 0, dac_override 1, fowner 3, fsetid 4, kill 5, setgid 6, setuid 7
		want := []string{"effective fb permitted fb inheritable 0", "fb", "1"}
		if !u.Root() {
			want = []string{"effective 0 permitted 0 inheritable 0", outside[1], "1"}
		}
		for i := range want {
			if inside[i] != want[i] {
				t.Errorf("%s, want %s; outside %s", inside[i], want[i], outside[i])
			}
		}
		if u.Root() && outside[0] == want[0] {
			t.Error("there were no capabilities to drop")
		}
	})
}

// A program that is set-user-ID stays what its caller is.
func TestSetUserID(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.RequireRoot(t, "make a set-user-ID program")
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		if u.Root() {
			return
		}
		p := newPlace(t, u, shimFor(t, 99))
		p.make(t, "x suid")
		suid := filepath.Join(p.dir, "suid")
		if err := os.Chown(suid, 0, 0); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(suid, 0o4755); err != nil {
			t.Fatal(err)
		}
		secret := p.file(t, "secret", "secret")
		if err := os.Chmod(secret, 0o600); err != nil {
			t.Fatal(err)
		}
		op := "read " + secret
		if got := p.answers(t, p.u.Command(suid, strings.Fields(op)...), []string{op})[0]; got != "ok" {
			t.Skipf("set-user-ID has no effect here: %s", got)
		}
		cmd := p.u.Command(p.shim, p.spec(t, "read-file $D/suid; read-file "+secret), "--", suid, "read", secret, ",", "caps")
		if got := p.answers(t, cmd, []string{op, "caps"}); got[0] != "EACCES" || got[1] != "effective 0 permitted 0 inheritable 0" {
			t.Errorf("inside: %q", got)
		}
	})
}

// One sandbox inside another is as strict as both; the kernel allows sixteen.
func TestNested(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPlace(t, u, shimFor(t, 99))
		p.make(t, "f a/f; f b/f; f c/f")
		inner := p.spec(t, "read $D/a; read $D/c; read-file "+p.shim)
		outer := p.spec(t, "read $D/a; read $D/b; read-file "+p.shim+"; read-file "+inner)
		ops := []string{"read $D/a/f", "read $D/b/f", "read $D/c/f"}
		cmd := p.u.Command(p.shim, append([]string{outer, "--", p.shim, inner, "--", probePath(t)}, p.words(ops)...)...)
		if got := p.answers(t, cmd, ops); !slices.Equal(got, []string{"ok", "EACCES", "EACCES"}) {
			t.Errorf("inside both: %q", got)
		}
		// Also where the outer one hides openat2, as it does on old kernels.
		old := append([]string{shimFor(t, 1), outer, "--"}, cmd.Args[3:]...)
		if got := p.answers(t, p.u.Command(old[0], old[1:]...), ops); !slices.Equal(got, []string{"ok", "EACCES", "EACCES"}) {
			t.Errorf("inside both, on an old kernel: %q", got)
		}
		for layers, want := range map[int]outcome{
			16: {0, "ok\nfinished\n", ""},
			17: {125, "", "nono: error: cannot enforce the Landlock ruleset: argument list too long\nnono: hint: Landlock allows 16 sandboxes inside one another\n"},
		} {
			spec := filepath.Join(p.u.Dir(t), "spec")
			doc := "nono-spec 1\nread-file " + p.shim + "\nread-file " + spec + "\nread-file " + probePath(t) + "\n" + scalars
			if err := os.WriteFile(spec, []byte(doc), 0o644); err != nil {
				t.Fatal(err)
			}
			args := []string{}
			for range layers {
				args = append(args, p.shim, spec, "--")
			}
			if o := run(t, p.u.Command(args[0], append(args[1:], probePath(t), "nothing")...)); o != want {
				t.Errorf("%d layers: %+v", layers, o)
			}
		}
	})
}
