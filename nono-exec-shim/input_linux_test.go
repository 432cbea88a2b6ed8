package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/core/version"
	"golang.org/x/sys/unix"
)

// Each bad spec or command line gets one line that says what is wrong, and
// nothing runs.
func TestBadInput(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	const cut = ": is the file cut short?"
	for _, c := range []struct {
		name   string
		spec   string // its text; $S in args is where it is
		args   string
		status int
		stderr string
	}{
		{"empty", "", "$S -- $P nothing", 125, "cannot use the spec '$S': line 1: the first line is neither 'nono-spec 1' nor 'nono-spec 2'"},
		{"truncated in a line", "nono-spec 1\nread /us", "$S -- $P nothing", 125, "cannot use the spec '$S': line 2: the last line has no end" + cut},
		{"truncated at a line", "nono-spec 1\nread /usr\nnet block\n", "$S -- $P nothing", 125, "cannot use the spec '$S': it has no line 'unix-sockets block' or 'unix-sockets allow'" + cut},
		{"unknown directive", "nono-spec 1\ngrant /usr\n" + scalars, "$S -- $P nothing", 125, `cannot use the spec '$S': line 2: unknown directive "grant"`},
		{"NUL bytes", "nono-spec 1\nread /usr\x00\n" + scalars, "$S -- $P nothing", 125, "cannot use the spec '$S': line 2: the line has a control character, or a byte that is not UTF-8"},
		{"nothing but NUL bytes", strings.Repeat("\x00", 4096), "$S -- $P nothing", 125, "cannot use the spec '$S': line 1: the first line is neither 'nono-spec 1' nor 'nono-spec 2'"},
		{"a line of 64 MiB", "nono-spec 1\nread /" + strings.Repeat("x", 64<<20) + "\n" + scalars, "$S -- $P nothing", 125, "cannot use the spec '$S': it is larger than 16 MiB"},
		{"relative path", "nono-spec 1\nread usr\n" + scalars, "$S -- $P nothing", 125, `cannot use the spec '$S': line 2: the path "usr" is not absolute`},
		{"later version", "nono-spec 3\n", "$S -- $P nothing", 125, `cannot use the spec '$S': line 1: this nono reads versions 1 and 2 of the format, not "3"`},
		{"missing path", "nono-spec 1\nread $D/no\n" + scalars, "$S -- $P nothing", 125, "cannot grant '$D/no': no such file or directory"},
		{"a file since", "nono-spec 1\nread $D/f\n" + scalars, "$S -- $P nothing", 125, "cannot grant '$D/f': it is not a directory, so 'read' does not fit"},
		{"a directory since", "nono-spec 1\nread-file $D/d\n" + scalars, "$S -- $P nothing", 125, "cannot grant '$D/d': it is a directory, so 'read-file' does not fit"},
		{"a symlink since", "nono-spec 1\nread $D/l\n" + scalars, "$S -- $P nothing", 125,
			"cannot grant '$D/l': it is now a symlink, or beneath one\nnono: hint: resolve its symlinks: the spec needs the real path"},
		{"beneath a symlink since", "nono-spec 1\nread-file $D/l/f\n" + scalars, "$S -- $P nothing", 125,
			"cannot grant '$D/l/f': it is now a symlink, or beneath one\nnono: hint: resolve its symlinks: the spec needs the real path"},
		{"no spec", "", "$D/no.spec -- $P nothing", 125, "cannot open the spec '$D/no.spec': no such file or directory"},
		{"the spec is a directory", "", "$D -- $P nothing", 125, "cannot read the spec '$D': is a directory"},
		{"the spec's descriptor is not open", "", "--fd=77 -- $P nothing", 125, "cannot read the spec handed over: bad file descriptor"},
		{"a spec without end", "", "/dev/zero -- $P nothing", 125, "cannot use the spec '/dev/zero': it is larger than 16 MiB"},
		{"another version of nono-run", "nono-spec 1\n" + scalars, "--from=0.0.0 $S -- $P nothing", 125,
			"cannot work with nono-run 0.0.0: this nono-exec-shim is version " + version.String() + "\nnono: hint: install both from the same release"},
		{"no arguments", "", "", 125, "cannot start: no spec is given" + usageHint},
		{"no command", "nono-spec 1\n" + scalars, "$S", 125, "cannot start: no command is given" + usageHint},
		{"no command behind the dashes", "nono-spec 1\n" + scalars, "$S --", 125, "cannot start: no command is given" + usageHint},
		{"no dashes", "nono-spec 1\n" + scalars, "$S $P nothing", 125, "cannot start: '--' is missing before '$P'" + usageHint},
		{"two specs", "nono-spec 1\n" + scalars, "--fd=3 $S -- $P", 125, "cannot start: a spec is given twice" + usageHint},
		{"unknown flag", "", "--sandbox=no -- $P", 125, "cannot start: there is no flag '--sandbox'" + usageHint},
		{"flag after the spec", "nono-spec 1\n" + scalars, "$S -x -- $P", 125, "cannot start: there is no flag '-x'" + usageHint},
		{"fd that is no number", "", "--fd=x -- $P", 125, "cannot start: --fd= needs a number" + usageHint},
		{"fd below 0", "", "--fd=-1 -- $P", 125, "cannot start: --fd= needs a number" + usageHint},

		{"command not found", "nono-spec 1\n" + scalars, "$S -- nono-no-such-command", 127, "cannot find the command 'nono-no-such-command': it is in no directory of PATH"},
		{"command that is missing", "nono-spec 1\n" + scalars, "$S -- $D/no", 127, "cannot start '$D/no': no such file or directory"},
		{"command that is not executable", "nono-spec 1\nread $D\n" + scalars, "$S -- $D/f", 126,
			"cannot start '$D/f': permission denied\nnono: hint: the spec must grant reading it, and its interpreter or loader"},
		{"command that is not granted", "nono-spec 1\n" + scalars, "$S -- $P nothing", 126,
			"cannot start '$P': permission denied\nnono: hint: the spec must grant reading it, and its interpreter or loader"},
		{"command that is a directory", "nono-spec 1\nread $D\n" + scalars, "$S -- $D/d", 126,
			"cannot start '$D/d': permission denied\nnono: hint: the spec must grant reading it, and its interpreter or loader"},
		{"command that is no program", "nono-spec 1\nread $D\n" + scalars, "$S -- $D/text", 126,
			"cannot start '$D/text': it is neither a program for this machine nor a script with a '#!' line"},
		{"command without its interpreter", "nono-spec 1\nread $D\n" + scalars, "$S -- $D/script", 126,
			"cannot start '$D/script': the interpreter or loader that it names does not exist, or is not granted"},
		{"command with an interpreter that is not granted", "nono-spec 1\nread-file $D/perl\n" + scalars, "$S -- $D/perl", 126,
			"cannot start '$D/perl': permission denied\nnono: hint: the spec must grant reading it, and its interpreter or loader"},
		{"script without '#!', by PATH", "nono-spec 1\nread $D\n" + scalars, "$S -- text", 126,
			"cannot start 'text': it is neither a program for this machine nor a script with a '#!' line"},
	} {
		t.Run(c.name, func(t *testing.T) {
			testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
				p := newPlace(t, u, shimFor(t, 99))
				p.make(t, "f f; f d/f; f text; f script; f perl")
				for name, text := range map[string]string{"script": "#!/no/such/interpreter\n", "perl": "#!" + probePath(t) + "\n"} {
					if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o755); err != nil {
						t.Fatal(err)
					}
				}
				for _, name := range []string{"script", "perl", "text"} {
					if err := os.Chmod(filepath.Join(p.dir, name), 0o755); err != nil {
						t.Fatal(err)
					}
				}
				if err := os.Symlink("d", filepath.Join(p.dir, "l")); err != nil {
					t.Fatal(err)
				}
				spec := p.file(t, "bad.spec", p.in(c.spec))
				fill := strings.NewReplacer("$S", spec, "$D", p.dir, "$P", probePath(t))
				cmd := u.Command(p.shim, strings.Fields(fill.Replace(c.args))...)
				cmd.Env = []string{"PATH=.::relative:" + p.dir}
				start := time.Now()
				got, want := run(t, cmd), outcome{status: c.status, stderr: "nono: error: " + fill.Replace(c.stderr) + "\n"}
				if got != want {
					t.Errorf("got  %+v\nwant %+v", got, want)
				}
				// A spec without end is not read for ever, whatever else the machine does.
				if took := time.Since(start); took > time.Minute {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

const usageHint = "\nnono: hint: usage: nono-exec-shim SPEC -- COMMAND [ARGUMENT ...]"

// A kernel without Landlock runs nothing.
func TestNoLandlock(t *testing.T) {
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPlace(t, u, shimFor(t, 0))
		o := run(t, p.command(t, "", "nothing"))
		want := "nono: error: cannot sandbox: this kernel has no Landlock: nono needs Linux 5.13 or later, built with CONFIG_SECURITY_LANDLOCK, and in a container a seccomp profile that knows its calls\n"
		if o.status != 125 || o.stdout != "" || !strings.HasPrefix(o.stderr, want) {
			t.Errorf("%+v", o)
		}
	})
}

// The ways in which a spec reaches the shim.
func TestSpecFrom(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPlace(t, u, shimFor(t, 99))
		p.make(t, "f granted; f other")
		doc, err := os.ReadFile(p.spec(t, "read-file $D/granted"))
		if err != nil {
			t.Fatal(err)
		}
		ops := []string{"read $D/granted", "read $D/other", "fds"}
		check := func(name string, args []string, files ...*os.File) {
			t.Helper()
			cmd := u.Command(p.shim, append(append(args, "--", probePath(t)), p.words(ops)...)...)
			cmd.ExtraFiles = files
			if got := p.answers(t, cmd, ops); got[0] != "ok" || got[1] != "EACCES" || got[2] != "0 1 2" {
				t.Errorf("%s: %q", name, got)
			}
		}
		check("a file", []string{p.file(t, "spec", string(doc))})

		for _, size := range []int{len(doc), 15 << 20} { // also one that is larger than any buffer
			whole := append([]byte("nono-spec 1\n#"+strings.Repeat("x", size-len(doc))+"\n"), doc[len("nono-spec 1\n"):]...)
			fd, err := unix.MemfdCreate("spec", unix.MFD_ALLOW_SEALING|unix.MFD_CLOEXEC)
			if err != nil {
				t.Fatal(err)
			}
			memfd := os.NewFile(uintptr(fd), "memfd")
			defer memfd.Close()
			if _, err := memfd.Write(whole); err != nil {
				t.Fatal(err)
			}
			if _, err := memfd.Seek(0, 0); err != nil {
				t.Fatal(err)
			}
			if _, err := unix.FcntlInt(memfd.Fd(), unix.F_ADD_SEALS, unix.F_SEAL_WRITE|unix.F_SEAL_GROW|unix.F_SEAL_SHRINK|unix.F_SEAL_SEAL); err != nil {
				t.Fatal(err)
			}
			check("a sealed memfd", []string{"--from=" + version.String(), "--fd=3"}, memfd)
		}

		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		go func() { slowly(w, doc); w.Close() }()
		check("a pipe", []string{"--fd=3"}, r)

		fifo := filepath.Join(p.dir, "fifo")
		if err := unix.Mkfifo(fifo, 0o644); err != nil {
			t.Fatal(err)
		}
		u.Own(t, fifo)
		go func() {
			if w, err := os.OpenFile(fifo, os.O_WRONLY, 0); err == nil {
				slowly(w, doc)
				w.Close()
			}
		}()
		check("a FIFO", []string{fifo})
	})
}

// slowly writes in small pieces, so that reads come back short.
func slowly(w *os.File, doc []byte) {
	for len(doc) > 0 {
		n := min(len(doc), 40)
		w.Write(doc[:n])
		doc = doc[n:]
		time.Sleep(time.Millisecond)
	}
}
