package supervise

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

// besideScripts are run where .env, secret/ and ro/kept are denied in the working directory,
// the last for writing; each says what it should.
var besideScripts = []besideScript{
	{"echo x > new && cat new", "x"},
	{"echo x > new; echo y >> new; cat new", "x y"},
	{"echo x > tmp && mv tmp file && cat file", "x"},
	{"cp file copy && rm file && cat copy", "old"},
	{"mkdir d && echo x > d/f && mkdir d/e && mv d/f d/e/ && cat d/e/f", "x"},
	{"mkdir d && echo 'echo ran' > d/s && sh d/s && cp /bin/true d/t && d/t && echo ran", "ran ran"},
	{"cp /bin/true t && ./t && echo ran", "ran"},
	{"ln -s file l && cat l && rm l && test ! -e l && echo gone", "old gone"},
	{"ln file h && cat h && rm file && cat h", "old old"},
	{"umask 027; echo > f; mkdir g; stat -c %a f g", "640 750"},
	{"mkdir -m 1700 g; stat -c %a g", "1700"},
	{"set -C; echo > new; echo > new || echo exists", "exists"},
	{"mv sub/in . || echo no; cat in", "in"},
	{"mv file sub/ && cat sub/file", "old"},
	{"mv -T file sub/x && mv sub/x y; cat y", "old"},
	{"mkdir d && rmdir d || echo stays", "denied stays"},
	{"mkdir d && mv -T d e || echo stays", "denied stays"},
	{"echo x > ro/new && cat ro/new && mv ro/new ro/other && rm ro/other && echo ok", "x ok"},

	{"echo x > .env", "denied"},
	{"rm -f .env || echo kept", "denied kept"},
	{"mv .env e || cat e", "denied absent"},
	{"ln .env e || cat e", "denied absent"},
	{"mv file .env || cat file", "denied old"},
	{"echo x > tmp; mv -f tmp .env; ln -f file .env; ln -sf file .env; cat .env", "denied denied denied denied"},
	{"ln -s .env l; cat l; echo x > l", "denied denied"},
	{"ln -s missing/.ssh l; mkdir missing; ln -s file missing", "denied denied"},
	{"echo x > ro/kept; rm -f ro/kept; mv ro/kept ro/k; mv file ro/kept; cat ro/kept", "denied denied denied denied kept"},
	{"mv secret s; mv -T sub secret; rmdir secret; cat secret/s", "denied denied denied denied"},
	{"mv ro r; mv -T sub ro; ls -d ro", "denied denied ro"},
	{"cd sub; ln ../.env e; mv ../.env e; echo x > ../.env; ls", "cross denied denied in"},
	{"mkdir d; ln -s ../.env d/l; cat d/l; ln d/l k; cat k", "denied cross absent"},
	{"mkdir d; cd d; ln ../.env e; cp ../.env e; cat e", "cross denied absent"},
	{"mv alias sub/; ln alias sub/a; cat sub/a alias", "denied cross absent denied"},
	{"mkfifo -m 640 p && { echo x > p & cat p; stat -c '%F %a' p; mv p q; rm q; }", "x fifo 640"},
	{"ln -s file p; mkfifo p || echo exists", "exists"},
	{"mkfifo missing/.ssh; mkfifo missing/p", "absent absent"},
	{"mknod n c 1 3", "denied"},
}

// besideStoreScripts are about the store that new names come from, of which each has one of
// its own: there is room for fewer than a hundred files in it.
var besideStoreScripts = []besideScript{
	{"for i in $(seq 100); do echo $i > tmp; mv tmp file; done; cat file", "100"},
	{"for i in $(seq 100); do echo $i > tmp; rm tmp; done; echo x > tmp; cat tmp", "x"},
	{"for f in $TMPDIR/.names-*/f*; do ln -sf /proc/self/mem $f; done; echo x > n", "full"},
	{"for f in $TMPDIR/.names-*/f*; do ln -f sub/in $f; done; echo x > n; cat sub/in", "full in"},
	{"for d in $TMPDIR/.names-*/d*; do mv -T $d $d.x; ln -s /proc $d; done; mkdir n", "full"},
	{"for n in 1 2 3 4; do mkfifo p$n; done; mkfifo q", "full"},
}

type besideScript struct{ script, want string }

func TestBesideDenied(t *testing.T) {
	testenv.RequireLandlock(t, 2)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		besideDenied(t, u, besideScripts)
		for _, c := range besideStoreScripts {
			besideDenied(t, u, []besideScript{c})
		}
	})
}

// besideDenied runs scripts in one sandbox, each in a directory of its own.
func besideDenied(t *testing.T, u testenv.User, scripts []besideScript) {
	t.Helper()
	r := newRun(t, u)
	flags, all := []string{"--allow-beside-denied"}, ""
	for i, c := range scripts {
		n := itoa(i)
		dir := r.dir + "/" + n
		for _, name := range []string{"", "/sub", "/secret", "/ro"} {
			must(t, os.Mkdir(dir+name, 0o755))
			u.Own(t, dir+name)
		}
		for name, text := range map[string]string{"file": "old", ".env": "SECRET", "secret/s": "SECRET", "sub/in": "in", "ro/kept": "kept"} {
			must(t, os.WriteFile(dir+"/"+name, []byte(text+"\n"), 0o644))
			u.Own(t, dir+"/"+name)
		}
		must(t, os.Link(dir+"/.env", dir+"/alias"))
		flags = append(flags, "--deny", n+"/.env", "--deny", n+"/secret", "--deny", n+"/missing/.ssh", "--deny-write", n+"/ro/kept")
		all += "(cd " + n + "; exec >sub/.out 2>sub/.err; " + c.script + ")\n"
	}
	cmd := r.nonoRun(flags, "sh", "-c", all)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	finish(t, cmd, &out)
	if out.Len() > 0 {
		t.Error(out.String())
	}
	for i, c := range scripts {
		dir := r.dir + "/" + itoa(i)
		text, err := os.ReadFile(dir + "/sub/.err")
		must(t, err)
		said, err := os.ReadFile(dir + "/sub/.out")
		must(t, err)
		if got := complaints(string(text)) + string(said); sorted(got) != sorted(c.want) {
			t.Errorf("%s\n says %q\n want %q", c.script, strings.Fields(got), c.want)
		}
		for name, want := range map[string]string{".env": "SECRET\n", "secret/s": "SECRET\n", "ro/kept": "kept\n"} {
			if text, err := os.ReadFile(dir + "/" + name); err != nil || string(text) != want {
				t.Errorf("%s\n changed %s: %q, %v", c.script, name, text, err)
			}
		}
	}
}

// Files without a name can be opened beside what is denied, and get one; and what there is
// no room for fails with an errno of its own, which the end of the run explains.
func TestBesideDeniedRoom(t *testing.T) {
	testenv.RequireLandlock(t, 2)
	const python = "/usr/bin/python3"
	if _, err := os.Stat(python); err != nil {
		t.Skip(python + " is missing")
	}
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u)
		for _, dir := range []string{"sub", "secret"} {
			must(t, os.Mkdir(r.dir+"/"+dir, 0o755))
			u.Own(t, r.dir+"/"+dir)
		}
		cmd := u.Command(r.s.Path("nono-run"), "--allow-beside-denied", "--deny", ".env", "--deny", "secret", "--allow", r.dir, "--", python, "-c", `
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def check(n):
    if n < 0: raise OSError(ctypes.get_errno(), "")
    return n
def name(fd, to): check(libc.linkat(-100, b"/proc/self/fd/%d" % fd, -100, to.encode(), 0x400))
def tmp(at="."): return os.open(at, os.O_TMPFILE | os.O_RDWR, 0o666)
def fails(f, *args):
    try: f(*args)
    except OSError as e: return os.strerror(e.errno)
    return "done"
os.umask(0o022)
fd = tmp(); os.write(fd, b"text"); name(fd, "a")
assert open("a").read() == "text" and os.stat("a").st_nlink == 1 and os.stat("a").st_mode & 0o777 == 0o644
name(fd, "b"); assert os.path.samefile("a", "b")
why = fails(name, fd, "a"), fails(name, fd, ".env"); assert why == ("File exists", "Permission denied"), why
fd = tmp(); name(fd, "sub/c"); assert os.path.exists("sub/c")
fd = tmp("sub"); assert fails(name, fd, "d") == "Permission denied"
assert fails(tmp, "secret") == "Permission denied" and fails(tmp, ".env") == "No such file or directory"
assert fails(os.open, ".", os.O_TMPFILE | os.O_RDONLY) == "Invalid argument"
fd = os.open(".", os.O_TMPFILE | os.O_RDWR | os.O_EXCL, 0o600); os.write(fd, b"x"); assert fails(name, fd, "e") == "No such file or directory"
os.close(fd)
os.symlink("sub", "l"); os.close(tmp("l"))
for n in range(600): os.close(tmp())          # each serves again
def fill(make):
    n = 0
    while n < 600:
        why = fails(make, "%s%d" % (make.__name__, n))
        if why != "done": return n, why
        n += 1
for make in os.mkdir, os.mknod:
    n, why = fill(make)
    assert n >= 16 and why == "Disk quota exceeded", (n, why)
assert fails(tmp) == "Disk quota exceeded"
os.unlink("mknod0"); os.close(tmp()); print("right")`)
		cmd.Dir, cmd.Env = r.dir, r.env()
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		finish(t, cmd, &out)
		if got := out.String(); !strings.Contains(got, "\nright\n") || !strings.Contains(got, "nono: notice: no more could be made in "+r.dir+": beside what is denied there is room for ") {
			t.Error(got)
		}
	})
}

// A directory that is mounted at a second place is the same there, and at one that may only be
// read it is that.
func TestBesideDeniedByAnotherMount(t *testing.T) {
	testenv.RequireLandlock(t, 2)
	testenv.RequireRoot(t, "mount a directory at a second place")
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u)
		for _, dir := range []string{"p", "q", "r"} {
			must(t, os.Mkdir(r.dir+"/"+dir, 0o755))
			u.Own(t, r.dir+"/"+dir)
		}
		must(t, os.WriteFile(r.dir+"/p/.env", []byte("SECRET\n"), 0o644))
		u.Own(t, r.dir+"/p/.env")
		cmd := r.nonoRun([]string{"--allow-beside-denied", "--deny", "p/.env", "--deny", "p/.later"}, "sh", "-c", `
echo x >q/new; cat p/new q/new; mkdir q/d; ls -d p/d; mv q/new q/other; cat p/other; mkfifo q/fifo; rm q/other p/fifo; ls p
echo x >q/.env; cat q/.env; echo x >q/.later; mv -T q/d q/.later; ls -A p; echo x >r/new; mkdir r/e; ls r`)
		var out, said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &said
		testenv.PrivateMounts(t, func() {
			for _, err := range []error{
				unix.Mount(r.dir+"/p", r.dir+"/q", "", unix.MS_BIND, ""),
				unix.Mount(r.dir+"/p", r.dir+"/r", "", unix.MS_BIND, ""),
				unix.Mount("", r.dir+"/r", "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""),
				cmd.Run(),
			} {
				if err != nil {
					t.Error(err)
				}
			}
		})
		if got := sorted(out.String()); got != "x x p/d x d .env d d" || strings.Count(said.String(), "ermission denied") != 4 || strings.Count(said.String(), "Read-only") != 2 {
			t.Errorf("%q, and\n%s", got, &said)
		}
	})
}

// What may only be written stays so by every name: moved or linked to a directory that may be
// read, a later run could read it there.
func TestBesideDeniedGainsNothing(t *testing.T) {
	testenv.RequireLandlock(t, 2)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u)
		drop := u.Dir(t)
		for path, text := range map[string]string{r.dir + "/.env": "SECRET", drop + "/.s": "SECRET", drop + "/only": "SECRET", drop + "/d/in": "SECRET"} {
			if dir := filepath.Dir(path); dir == drop+"/d" {
				must(t, os.Mkdir(dir, 0o755))
				u.Own(t, dir)
			}
			must(t, os.WriteFile(path, []byte(text+"\n"), 0o644))
			u.Own(t, path)
		}
		flags := []string{"--allow-beside-denied", "--allow-rmdir", "--allow-command", "all", "--deny", ".env", "--write", drop, "--deny", drop + "/.s"}
		for _, script := range []string{
			"mv -T " + drop + "/only only; ln " + drop + "/only linked; mv -T " + drop + "/d d; touch x; mv x " + drop + "/y; true",
			"cat only linked d/in; true",
			// What is new there comes out of the supervisor's store, which lies where all may be read.
			"cd " + drop + " && echo SECRET > new && mkdir made && echo SECRET > made/new; cat new made/new; true",
		} {
			cmd := r.nonoRun(flags, "sh", "-c", script)
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			finish(t, cmd, &out)
			if strings.Contains(out.String(), "SECRET") {
				t.Errorf("%s\n says %s", script, &out)
			}
		}
		for _, path := range []string{drop + "/only", drop + "/d/in", drop + "/y", drop + "/new", drop + "/made/new"} {
			if _, err := os.Stat(path); err != nil {
				t.Error(err)
			}
		}
	})
}

// complaints makes one word of each line that a program says about a failure.
func complaints(text string) string {
	said := ""
	for line := range strings.Lines(text) {
		switch {
		case strings.Contains(line, "ermission denied"), strings.Contains(line, "not permitted"):
			said += "denied "
		case strings.Contains(line, "No such file"):
			said += "absent "
		case strings.Contains(line, "cross-device"):
			said += "cross "
		case strings.Contains(line, "quota exceeded"):
			said += "full "
		case strings.Contains(line, "File exists"), strings.Contains(line, "cannot overwrite"):
		default:
			said += line
		}
	}
	return said
}

func sorted(text string) string { return strings.Join(strings.Fields(text), " ") }

// Threads exchange what a name is about, a directory and a file, while another writes, links,
// renames and removes by it: what is denied is neither changed nor read.
func TestBesideDeniedRace(t *testing.T) {
	testenv.RequireLandlock(t, 2)
	const python = "/usr/bin/python3"
	if _, err := os.Stat(python); err != nil {
		t.Skip(python + " is missing")
	}
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u)
		must(t, os.Mkdir(r.dir+"/sub", 0o755))
		must(t, os.WriteFile(r.dir+"/.env", []byte("SECRET\n"), 0o644))
		must(t, os.WriteFile(r.dir+"/sub/.env", []byte("open\n"), 0o644))
		for _, path := range []string{"sub", ".env", "sub/.env"} {
			u.Own(t, r.dir+"/"+path)
		}
		cmd := r.nonoRun([]string{"--allow-beside-denied", "--deny", ".env"}, python, "-c", `
import ctypes, mmap, os, sys
tries, leaks = int(sys.argv[1]), 0
top, parent = os.getcwd(), os.getpid()
def links(n):                     # sub/l leads to sub and to the directory above, in turn
    try:
        os.symlink(top if n % 2 else top + "/sub", "sub/c"); os.rename("sub/c", "sub/l")
    except OSError: pass
name = (ctypes.c_char * 64).from_buffer(mmap.mmap(-1, 64))
name.value = b"sub/.env"
def memory(n):                    # the very argument changes
    name.raw = b".env\0".ljust(64, b"\0"); name.raw = b"sub/.env\0".ljust(64, b"\0")
for act in links, memory:         # processes, since threads of Python wait for each other
    if os.fork() == 0:
        n = 0
        while os.getppid() == parent: act(n); n += 1
        os._exit(0)
libc = ctypes.CDLL(None)
O = os.O_CREAT | os.O_RDWR
for n in range(tries):
    acts = (lambda: libc.open(name, O, 0o600), lambda: libc.unlink(name), lambda: libc.rename(b"sub/x", name),
            lambda: libc.rename(name, b"sub/y"), lambda: libc.link(name, b"y"), lambda: libc.symlink(b"x", name),
            lambda: libc.open(b"sub/l/.env", O, 0o600), lambda: libc.unlink(b"sub/l/.env"),
            lambda: libc.rename(b"sub/l/.env", b"sub/y"), lambda: libc.link(b"sub/l/.env", b"y"), lambda: libc.rename(b"sub/x", b"sub/l/.env"))
    act = acts[n % len(acts)]
    fd = act()
    if n % len(acts) in (0, 6) and fd >= 0:
        leaks += b"SECRET" in os.pread(fd, 100, 0)
        os.close(fd)
    for back in "sub/y", "y":
        try:
            with open(back) as f: leaks += "SECRET" in f.read()
        except OSError: pass
        try: os.unlink(back)
        except OSError: pass
    for made in "sub/x", "sub/.env":
        if n % 7 == 0:
            with open(made, "w") as f: f.write("open\n")
print("leaks", leaks)`, tries())
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		finish(t, cmd, &out)
		if out.String() != "leaks 0\n" {
			t.Error(out.String())
		}
		if text, err := os.ReadFile(r.dir + "/.env"); err != nil || string(text) != "SECRET\n" {
			t.Errorf(".env: %q, %v", text, err)
		}
	})
}

// With --protect-repo git works, and its hooks and settings stay as they are.
func TestProtectRepo(t *testing.T) {
	testenv.RequireLandlock(t, 2)
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is missing")
	}
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u)
		outside := u.Command("sh", "-ec", `cd `+r.dir+`
git init -q --bare bare.git; git init -q -b main repo; cd repo
git config user.name n; git config user.email e@example.org; git remote add origin ../bare.git
echo one > a; git add a; git commit -qm one`)
		outside.Env = r.env()
		if text, err := outside.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		before, err := os.ReadFile(r.dir + "/repo/.git/config")
		must(t, err)
		flags := []string{"--silent", "--allow-command", "all", "--profile", "git", "--protect-repo", "--allow-rmdir-own",
			"--allow", r.dir + "/repo", "--allow", r.dir + "/bare.git", "--allow", r.dir + "/trees", "--"}
		must(t, os.Mkdir(r.dir+"/trees", 0o755))
		u.Own(t, r.dir+"/trees")
		cmd := u.Command(r.s.Path("nono-run"), append(flags, "sh", "-ec", `
exec 2>&1
echo two > b; git add b; git commit -qm two
git checkout -q -b side HEAD~1; echo three > c; git add c; git commit -qm three
git rebase -q main; git checkout -q main; git merge -q --no-edit side
echo more >> a; git stash -q; git stash pop -q; git commit -qam four
git push -q origin main
git worktree add -q ../trees/w side && (cd ../trees/w && echo w > w && git add w && git commit -qm w)
git tag v1; git gc -q; git log --oneline | wc -l
set +e
for f in .git/hooks/post-commit .git/config .git/commondir .envrc .mcp.json opencode.json; do { echo evil > $f; } 2>/dev/null && echo "wrote $f"; done
for d in .vscode .idea .claude .codex .opencode .cursor .devcontainer; do mkdir $d 2>/dev/null && echo "made $d"; done
mv .git g 2>/dev/null && echo moved; mv .git/hooks h 2>/dev/null && echo moved
git config core.hooksPath x 2>/dev/null && echo configured
cp /bin/true new && mv new .git/config 2>/dev/null && echo replaced
# A bare repository in the place of the one that the command spoils.
echo 'ref: refs/heads/main' > h; mv h HEAD 2>/dev/null && echo "wrote HEAD"; cp .git/HEAD HEAD 2>/dev/null && echo "wrote HEAD"
ln -s .git/HEAD HEAD 2>/dev/null && echo "linked HEAD"; mkdir HEAD 2>/dev/null && echo "made HEAD"
exit 0`)...)
		cmd.Dir, cmd.Env = r.dir+"/repo", r.env()
		out, err := cmd.CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != "4" {
			t.Errorf("%v: %s", err, out)
		}
		after, err := os.ReadFile(r.dir + "/repo/.git/config")
		if err != nil || !bytes.Equal(before, after) {
			t.Errorf("the settings changed: %s", after)
		}
	})
}
