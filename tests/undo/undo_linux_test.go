// Package undo holds --undo to what it promises: nothing that the command changes is
// lost, and nono undo gives all of it back.
package undo

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/core/testenv/tree"
	"github.com/nono-sandbox/nono/tests/internal/project"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// A place is a project in which runs can be taken back.
type place struct{ project.Project }

const filled = `echo one > a; echo two > b; mkdir -p d/e sub/dir; echo three > d/c; ln d/c d/hard; ln -s a link; echo x > sub/x
ln a sub/dir/a; head -c 300000 /dev/zero | tr '\0' 'z' > sub/large; mkfifo d/fifo; chmod 711 d/e; setfattr -n user.was -v 1 b 2>/dev/null || :
find . -exec touch -h -d 2020-02-02T02:02:02.5 {} +`

func each(t *testing.T, f func(t *testing.T, p place)) {
	project.Each(t, filled, func(t *testing.T, p project.Project) { f(t, place{p}) })
}

// flags are those of a run with --undo.
func (p place) flags(more ...string) []string {
	return append([]string{"run", "--undo", "--allow", p.Dir, "--allow-rmdir", "--allow-command", "all"}, more...)
}

// run runs a script inside with --undo.
func (p place) run(script string, flags ...string) (string, int) {
	p.T.Helper()
	return p.Nono(append(p.flags(flags...), "--", "sh", "-c", script)...)
}

// back wants nono undo to give the tree back.
func (p place) back(before, after string, words ...string) {
	p.T.Helper()
	out, status := p.Nono(append([]string{"undo"}, words...)...)
	if now := tree.Snapshot(p.T, p.Dir); status != 0 || now != before {
		p.T.Errorf("%s: undo (%d): %s\n%s", after, status, out, tree.Difference(before, now))
	}
}

// What a command does in each usual way, nono undo takes back.
func TestTakeBack(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		before := tree.Snapshot(t, p.Dir)
		for _, c := range []struct{ script, want string }{
			{"echo more >> a; cat a sub/dir/a", "one\nmore\none\nmore\n"},
			{"echo new > a; rm b; cat a; ls b", "new\nls: cannot access 'b': No such file or directory\n"},
			{"rm -r d; ls", "a\nb\nlink\nsub\n"},
			{"rm -r * && ls", ""},
			{"mv d D; mv sub/large D/e/; echo x > D/c; cat D/hard", "x\n"},
			{"mv a t; mv b a; mv t b; cat a b", "two\none\n"},
			{"mv sub d/e/; mkdir sub; mv d/e/sub/x sub/y; ls sub d/e/sub", "d/e/sub:\ndir\nlarge\n\nsub:\ny\n"},
			{"chmod 600 a; chmod 700 d; touch sub; touch -d 2001-01-01 b; stat -c %a a d", "600\n700\n"},
			{"ln b n; echo by-another-name > n; cat b", "by-another-name\n"},
			{"ln a n; ln -sf b link; rm a; cat n link", "one\ntwo\n"},
			{"mkdir -p n/m; echo 1 > n/m/f; mkfifo n/p; cp -a d n/; rm -r d; ls n", "d\nm\np\n"},
			{"cp sub/large sub/l2; cat sub/l2 >> sub/large; truncate -s 10 sub/large; stat -c %s sub/large", "10\n"},
			{"sed -i s/o/0/ a b; cat a b", "0ne\ntw0\n"},
			{"tar cf t.tar d sub; rm -r d sub; tar xf t.tar; cat d/c", "three\n"},
			{"exec 3<d/c; rm d/c; chmod 600 /proc/self/fd/3; stat -c %a d/hard", "600\n"},
			{"chmod 000 d; chmod 500 sub; umask 077; echo > n; stat -c %a n", "600\n"},
		} {
			out, status := p.run(c.script)
			got, told, _ := strings.Cut(out, "nono: notice: ")
			if got != c.want || !strings.Contains(told, "takes them back") {
				t.Errorf("%s: status %d: %q\n want %q\n told %q", c.script, status, got, c.want, told)
			}
			p.back(before, c.script)
		}
		if out, _ := p.Nono("undo", "list"); out != "no runs that can be undone\n" {
			t.Errorf("all is taken back, and there is: %s", out)
		}
	})
}

// What stands behind prune is understood, or nothing happens.
func TestPrune(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		p.run("echo 1 >> a")
		id, _ := p.Nono("undo", "list")
		id, _, _ = strings.Cut(id, " ")
		for _, args := range []string{"prune --older bad", "prune --older", "prune xyz", "prune --force", "prune --older 0s " + id,
			"prune --oldr 0s", "prune -- --older 0s", "list --older 0s", "list --force", "list x", "--older 0s", "a --older 0s"} {
			if out, status := p.Nono(append([]string{"undo"}, strings.Fields(args)...)...); status != 2 || !strings.Contains(out, "nono: error: cannot ") {
				t.Errorf("undo %s: status %d: %s", args, status, out)
			}
		}
		if out, status := p.Nono("undo", "prune", "--help"); status != 0 || !strings.HasPrefix(out, "usage: nono diff") {
			t.Errorf("the help: status %d: %s", status, out)
		}
		for _, args := range []string{"prune", "prune --older 1d", "--older 1d prune"} {
			if out, status := p.Nono(append([]string{"undo"}, strings.Fields(args)...)...); status != 0 || out != "" {
				t.Errorf("undo %s of a new run: status %d: %s", args, status, out)
			}
		}
		if out, status := p.Nono("undo", "prune", "--older", "0s"); status != 0 || out != "forgotten: "+id+"\n" {
			t.Errorf("prune: status %d: %s", status, out)
		}
		p.run("echo 2 >> a")
		if out, status := p.Nono("undo", "a", "--force"); status != 0 || !strings.Contains(out, "taken back: 1 changed") {
			t.Errorf("a flag behind a path: status %d: %s", status, out)
		}
	})
}

// After random changes by two threads undo gives back the tree bit for bit.
func TestRandom(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		changer := testenv.Build(t, "./changer", "-ldflags", "-s -w")
		before := tree.Snapshot(t, p.Dir)
		seeds := 8
		if os.Getenv("NONO_LONG") != "" {
			seeds = 300
		}
		for seed := range seeds {
			args := p.flags("--read-file", changer, "--", changer, fmt.Sprint(seed), fmt.Sprint(40+10*seed), p.Dir)
			if out, status := p.Nono(args...); status != 0 {
				t.Fatalf("seed %d: %d: %s", seed, status, out)
			}
			p.back(before, fmt.Sprint("seed ", seed))
		}
	})
}

// The supervisor, and with it the command, is killed at some moment: a forced undo gives
// all back, and without force nothing is done.
func TestKilled(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		changer := testenv.Build(t, "./changer", "-ldflags", "-s -w")
		before := tree.Snapshot(t, p.Dir)
		for seed := range 6 {
			c := p.Command(append([]string{p.Suite.Path("nono-run")}, p.flags("--read-file", changer, "--", changer, fmt.Sprint(seed), "100000", p.Dir)[1:]...)...)
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			p.begun()
			time.Sleep(time.Duration(seed*15) * time.Millisecond)
			c.Process.Kill()
			c.Wait()
			p.quiet()
			if out, status := p.Nono("undo"); status == 0 || !strings.Contains(out, "--force") {
				t.Errorf("undo of a run that was killed: %d: %s", status, out)
			}
			p.back(before, fmt.Sprint("killed, seed ", seed), "--force")
		}
	})
}

// begun waits until a run has written something into its journal.
func (p place) begun() {
	p.T.Helper()
	for range 2000 {
		all, _ := filepath.Glob(p.Home + "/.local/state/nono/undo/*/journal")
		for _, path := range all {
			if st, err := os.Stat(path); err == nil && st.Size() > 1000 {
				return
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	p.T.Fatal("no journal is written")
}

// quiet waits until nothing changes any more.
func (p place) quiet() {
	p.T.Helper()
	for range 200 {
		was := p.Outside("find . -printf '%p %T@ %C@\n' | sort | cksum")
		time.Sleep(20 * time.Millisecond)
		if p.Outside("find . -printf '%p %T@ %C@\n' | sort | cksum") == was {
			return
		}
	}
	p.T.Fatal("something still changes the tree")
}

// The sandbox is no wider with --undo: what is denied, not granted or only read stays
// shut, and so does what is saved.
func TestNoWider(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		p.Outside("mkdir " + p.Home + "/.ssh; echo key > " + p.Home + "/.ssh/id; echo o > " + p.Home + "/other; mkdir ro; echo r > ro/f; echo s > secret")
		before := tree.Snapshot(t, p.Dir)
		store := p.Home + "/.local/state/nono/undo"
		for _, script := range []string{
			"echo x > ~/other", "rm ~/other", "mv ~/other .", "ln ~/other n", "chmod 600 ~/other", "touch ~/other", "mkdir ~/n", "mv a ~/n",
			"echo x > ro/f", "rm ro/f", "mv ro/f n", "mv a ro/n", "ln a ro/n", "mkdir ro/n", "truncate -s 0 ro/f",
			"cat secret", "echo x > secret", "rm secret", "mv secret n", "ln secret n", "ln -s secret l; echo x > l",
			"cat " + store + "/*/journal", "echo x >> " + store + "/*/journal", "rm -r " + store + "/*", "chmod 777 " + store, "ln " + store + "/*/small n",
			"ln -s / root; echo x > root" + p.Home + "/other", "echo x > sub/../../$(basename " + p.Home + ")/other",
		} {
			out, _ := p.run("("+script+") 2>/dev/null && echo GOT THROUGH || echo HELD", "--deny", p.Dir+"/secret", "--deny-write", p.Dir+"/ro")
			if !strings.Contains(out, "HELD") {
				t.Errorf("%s: %s", script, out)
			}
			p.Nono("undo", "--force")
		}
		if got := p.Outside("cat ~/other ro/f secret ~/.ssh/id; stat -c %a ~/other"); got != "o\nr\ns\nkey\n644\n" {
			t.Errorf("outside of the grants: %q", got)
		}
		if now := tree.Snapshot(t, p.Dir); now != before {
			t.Errorf("the project:\n%s", tree.Difference(before, now))
		}
	})
}

// With --allow-beside-denied, what is made, renamed and removed beside what is denied comes
// back too, and what is denied stays shut.
func TestBesideDenied(t *testing.T) {
	testenv.RequireLandlock(t, 2)
	each(t, func(t *testing.T, p place) {
		p.Outside("echo s > secret; mkdir ro; echo r > ro/f; mkdir -p .git/hooks; find . -exec touch -h -d 2020-02-02T02:02:02.5 {} +")
		before := tree.Snapshot(t, p.Dir)
		flags := []string{"--allow-beside-denied", "--deny", p.Dir + "/secret", "--deny-write", p.Dir + "/ro"}
		for _, c := range []struct{ script, want string }{
			{"echo n > n; echo more >> n; mv n m; cat m", "n\nmore\n"},
			{"rm a; echo new > a; cat a; rm b; ls b 2>/dev/null || echo gone", "new\ngone\n"},
			{"sed -i s/o/0/ a b; cat a b", "0ne\ntw0\n"},
			{"mkdir n; echo x > n/x; mv d D; mv D/c c; cat n/x c", "x\nthree\n"},
			{"mv a t; mv b a; mv t b; cat a b", "two\none\n"},
			{"ln a n; ln -sf b link; rm a; cat n link", "one\ntwo\n"},
			{"echo x > t; mv t sub/t; mkfifo p; cp sub/x n; mv n sub/x; cat sub/t", "x\n"},
			{"for i in 1 2 3 4 5; do echo $i > t; mv t a; rm a; done; echo last > a; cat a", "last\n"},
			{"chmod 600 a; touch -d 2001-01-01 b; cat secret 2>/dev/null || echo shut", "shut\n"},
			{"for c in 'rm secret' 'mv secret n' 'echo x > secret' 'ln secret n' 'mv a secret' 'rm ro/f' 'mv ro n' 'echo x > ro/n' 'ln ro/f n'; do (eval \"$c\") 2>/dev/null && echo GOT THROUGH $c; done; echo held", "held\n"},
		} {
			out, status := p.run(c.script, append(flags, "--silent")...)
			if out != c.want {
				t.Errorf("%s: status %d: %q, want %q", c.script, status, out, c.want)
			}
			if out, _ := p.Nono("undo", "list"); !strings.HasPrefix(out, "no runs") {
				p.back(before, c.script)
			}
			if now := tree.Snapshot(t, p.Dir); now != before {
				t.Fatalf("%s:\n%s", c.script, tree.Difference(before, now))
			}
		}
		changer := testenv.Build(t, "./changer", "-ldflags", "-s -w")
		for seed := range 6 {
			args := p.flags(append(flags, "--silent", "--read-file", changer, "--", changer, fmt.Sprint(seed), fmt.Sprint(40+10*seed), p.Dir)...)
			p.Nono(args...)
			p.back(before, fmt.Sprint("seed ", seed))
		}
	})
}

// Several processes make, rename and link into the same directories, and make these when they
// find them missing: none hears anything but that.
func TestAtOnce(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		before := tree.Snapshot(t, p.Dir)
		out, status := p.run(`exec perl -e 'sub till { my ($in, $what, $do) = @_;
			until ($do->()) { $!{ENOENT} or die "$what in $in: $!\n"; mkdir $in or $!{EEXIST} or die "mkdir $in: $!\n" } }
		for $k (1..6) { next if fork; for $r (1..100) {
			till("n$r", "mkdir", sub { mkdir "n$r/m$k" }); open(F, ">", "n$r/m$k/f") or die "open: $!\n"; close F;
			till("l$r", "link", sub { link "n$r/m$k/f", "l$r/$k" }); till("r$r", "rename", sub { rename "l$r/$k", "r$r/$k" });
		} exit 0 } $bad |= $? while wait != -1; exit !!$bad'`, "--silent")
		if status != 0 || out != "" {
			t.Errorf("%d: %s", status, out)
		}
		p.back(before, "at once")
	})
}

// What is too large to be saved is not changed, and the message says so.
func TestLimit(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		out, _ := p.run("echo x >> sub/large || echo refused; echo x > a; cat a", "--undo-limit", "100K")
		if !strings.Contains(out, "refused\n") || !strings.Contains(out, "x\n") || !strings.Contains(out, "--undo-limit") {
			t.Errorf("over the limit: %s", out)
		}
		p.Nono("undo")
		// Nothing is copied of what is removed: its inode stays.
		if out, status := p.run("rm sub/large", "--undo-limit", "1K"); status != 0 {
			t.Errorf("removing: %d: %s", status, out)
		}
		for limit, want := range map[string]string{"x": "500M", "1G2": "500M", "99999999999T": "500M"} {
			if out, status := p.run("true", "--undo-limit", limit); status != 125 || !strings.Contains(out, want) {
				t.Errorf("--undo-limit %s: %d: %s", limit, status, out)
			}
		}
	})
}

// What somebody changed since the run is named, and left alone without force.
func TestChangedSince(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		p.run("echo run > a; echo run > b; echo new > n")
		time.Sleep(20 * time.Millisecond)
		p.Outside("echo mine > a; chmod 600 b; echo untracked > u")
		before := tree.Snapshot(t, p.Dir)
		out, status := p.Nono("undo")
		if status != 1 || !strings.Contains(out, "'"+p.Dir+"/a': its content was changed since the run; and 1 more") {
			t.Errorf("undo: %d: %s", status, out)
		}
		if now := tree.Snapshot(t, p.Dir); now != before {
			t.Errorf("a refused undo changed:\n%s", tree.Difference(before, now))
		}
		if out, status := p.Nono("undo", "n"); status != 0 || !strings.Contains(out, "taken back: 1 added") || !strings.Contains(out, "left: 2 changed") {
			t.Errorf("undo of one file: %d: %s", status, out)
		}
		if out, status := p.Nono("undo", "--force"); status != 0 {
			t.Errorf("undo --force: %d: %s", status, out)
		}
		if got := p.Outside("cat a b u; stat -c %a b; ls n 2>&1 || :"); !strings.HasPrefix(got, "one\ntwo\nuntracked\n644\n") || !strings.Contains(got, "No such") {
			t.Errorf("after undo --force: %q", got)
		}
	})
}

// Somebody has put links where things are to come back: they stay, as does what is saved,
// which comes back when they are gone.
func TestForcedOverLinks(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		before := tree.Snapshot(t, p.Dir)
		p.run("echo run > a; rm b; setfattr -n user.was -v 2 d/c; chmod 400 d/c")
		p.Outside("mkdir ~/away; rm sub/dir/a; mv a ~/away; ln -s ~/away/x a; ln -s ~/away/x b")
		out, status := p.Nono("undo", "--force")
		if status != 0 || !strings.Contains(out, "'"+p.Dir+"/a': another thing lies there now; what is saved of it stays") || !strings.Contains(out, "'"+p.Dir+"/b': another") {
			t.Errorf("undo --force: %d: %s", status, out)
		}
		if out := p.Outside("[ -L a ] && [ -L b ] && ls ~/away; stat -c %a d/c"); out != "a\n644\n" {
			t.Errorf("after undo --force: %q", out)
		}
		p.Outside("rm a b; mv ~/away/a a; ln a sub/dir/a")
		if out, status := p.Nono("undo", "--force"); status != 0 || strings.Contains(out, "left") {
			t.Errorf("undo when the links are gone: %d: %s", status, out)
		}
		p.Outside("touch -d 2020-02-02T02:02:02.5 . sub/dir")
		if now := tree.Snapshot(t, p.Dir); now != before {
			t.Errorf("undo when the links are gone:\n%s", tree.Difference(before, now))
		}
		if out, _ := p.Nono("undo", "list"); out != "no runs that can be undone\n" {
			t.Errorf("all is taken back, and there is: %s", out)
		}
	})
}

// Together with what else needs a supervisor, and as git works.
func TestTogether(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		before := tree.Snapshot(t, p.Dir)
		log := p.Home + "/log"
		out, status := p.Nono("run", "--undo", "--audit-log", log, "--audit-level", "all", "--allow", p.Dir, "--allow-rmdir-own", "--allow-command", "all", "--", "sh", "-c",
			"mkdir n && mv n m && rmdir m && echo made; rmdir d/e 2>/dev/null || echo kept; echo x > a; cat ~/other 2>/dev/null; git init -q r && cd r && git -c user.name=n -c user.email=e@example.org commit -q --allow-empty -m 1 && git log --format=%s")
		if status != 0 || !strings.HasPrefix(out, "made\nkept\n") || !strings.Contains(out, "1\n") {
			t.Errorf("%d: %s", status, out)
		}
		if out, status := p.Nono("audit", "verify", log); status != 0 {
			t.Errorf("audit verify: %d: %s", status, out)
		}
		p.back(before, "together")
		// Where what git runs is protected, commits work and come back as well.
		p.Outside("git init -q; git config user.name n; git config user.email e; git add a; git commit -qm first; find . -exec touch -h -d 2020-02-02T02:02:02.5 {} +")
		repo := tree.Snapshot(t, p.Dir)
		out, status = p.run("echo x >> b; git add b && git commit -qm second && git log --format=%s -1; (echo x > .git/hooks/pre-commit) 2>/dev/null || echo held", "--protect-repo", "--silent")
		if status != 0 || out != "second\nheld\n" {
			t.Errorf("--protect-repo: %d: %s", status, out)
		}
		p.back(repo, "--protect-repo")
		if out, status := p.Nono("run", "--undo", "--ephemeral", "--allow", p.Dir, "--", "true"); status != 2 || !strings.Contains(out, "apart or in place") {
			t.Errorf("--undo --ephemeral: %d: %s", status, out)
		}
		for _, flags := range [][]string{{"--allow", p.Home + ":5m"}, {"--write-file", p.Home + "/log:5m"}} {
			if out, status := p.Nono(append(p.flags(flags...), "--", "true")...); status != 125 || !strings.Contains(out, "would not be saved") {
				t.Errorf("--undo %v: %d: %s", flags, status, out)
			}
		}
		if out, status := p.Nono("run", "--undo", "--read", p.Dir, "--", "true"); status != 125 || !strings.Contains(out, "may change nothing") {
			t.Errorf("--undo with nothing to change: %d: %s", status, out)
		}
	})
}

// Somebody who says yes to all, and a grant that ends, give reading beside --undo, and no
// change that is not saved.
func TestAsked(t *testing.T) {
	testenv.RequireLandlock(t, 2)
	each(t, func(t *testing.T, p place) {
		other := p.User.Dir(t)
		program, log := p.User.Dir(t)+"/answer", p.User.Dir(t)+"/asked"
		for path, text := range map[string]string{program: "#!/bin/sh\ncat >>" + log + "\necho '{\"yes\":true,\"for\":\"run\",\"dir\":true}'\n", other + "/f": "the file\n"} {
			if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
				t.Fatal(err)
			}
			p.User.Own(t, path)
		}
		outside := tree.Snapshot(t, other)
		for _, flags := range [][]string{{"--ask-with", program}, {"--read", other + ":1h"}} {
			before := tree.Snapshot(t, p.Dir)
			out, status := p.Nono(append(append(p.flags("--silent"), flags...), "--", "sh", "-c", "O="+other+`; cat $O/f; echo x > a; echo n > n; cat a n; exec 2>/dev/null
echo x > $O/f || echo no; true >> $O/f || echo no; echo x > $O/n || echo no; rm -f $O/f || echo no; mv $O/f $O/g || echo no; mv n $O/n || echo no; mkdir $O/d || echo no
chmod 600 $O/f || echo no; touch $O/f || echo no; ln a $O/a || echo no; truncate -s 0 $O/f || echo no`)...)
			if want := "the file\nx\nn\n" + strings.Repeat("no\n", 11); status != 0 || out != want {
				t.Errorf("%v: %d: %s", flags, status, out)
			}
			if d := tree.Difference(outside, tree.Snapshot(t, other)); d != "" {
				t.Errorf("%v: changed outside: %s", flags, d)
			}
			p.back(before, flags[0])
		}
		asked, err := os.ReadFile(log)
		if n := strings.Count(string(asked), "\n"); err != nil || n != 1 || !strings.Contains(string(asked), `"read"`) {
			t.Errorf("asked was %d times: %s, %v", n, asked, err)
		}
	})
}

// A program that gives up being root acts as the user that it becomes.
func TestOtherUser(t *testing.T) {
	testenv.RequireRoot(t, "changing the user")
	p := place{project.New(t, testenv.User{Name: "root"}, filled)}
	p.Outside("chmod 777 .; echo mine > u; chown 65534:65534 u; touch -d 2020-02-02 .")
	before := tree.Snapshot(t, p.Dir)
	out, _ := p.run("setpriv --reuid 65534 --regid 65534 --clear-groups sh -c 'echo n > n; echo x > a; echo y > u; chmod 600 u; chmod 600 a' 2>/dev/null; stat -c %U n; cat a u")
	if !strings.HasPrefix(out, "nobody\none\ny\n") {
		t.Errorf("as another user: %s", out)
	}
	p.back(before, "as another user")
	var st unix.Stat_t
	if unix.Stat(filepath.Join(p.Dir, "u"), &st); st.Uid != 65534 {
		t.Errorf("the file is now of user %d", st.Uid)
	}
}
