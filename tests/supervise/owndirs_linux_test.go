package supervise

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// Directories that the command made are removed and renamed, and no others.
func TestOwnDirectories(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		scripts := []struct {
			script, want string
		}{
			{"mkdir a && rmdir a && echo ok", "ok\n"},
			{"mkdir -p a/b/c && rm -r a && echo ok", "ok\n"},
			{"mkdir a && mv a b && rmdir b && echo ok", "ok\n"},
			{"mkdir -p a/x b && mv a/x b/y && rmdir b/y b a && echo ok", "ok\n"},
			{"mkdir a b && mv -T a b && rmdir b && echo ok", "ok\n"},
			{"umask 027; mkdir a; stat -c %a a", "750\n"},
			{"mkdir -m 700 a; stat -c %a a", "700\n"},
			{"rmdir old; mv old b; ls", "denied denied old\n"},
			{"mkdir a; mv -T a old; ls", "denied a old\n"},
			{"mkdir a; mv old a/; ls a", "denied \n"},
			{"mkdir a; ln -s ../old a/l; rmdir a/l/; rmdir old; rm a/l; rmdir a; ls", "denied denied old\n"},
			{"mkdir $H/d", "denied \n"},
			{"mkdir a; mv a $H/d; ls", "denied a old\n"},
			{"mkdir a; cp -r old a/ && rm -r a && echo ok", "ok\n"},
			{"mkdir a; rmdir a; rmdir a", "absent \n"},
		}
		r := newRun(t, u)
		all := "H=" + r.home + "\n"
		for i, c := range scripts {
			for _, dir := range []string{r.dir + "/" + itoa(i), r.dir + "/" + itoa(i) + "/old"} {
				must(t, os.Mkdir(dir, 0o755))
				u.Own(t, dir)
			}
			all += "(cd " + itoa(i) + "; exec >../out." + itoa(i) + " 2>../err." + itoa(i) + "; " + c.script + ")\n"
		}
		cmd := r.nonoRun([]string{"--allow-rmdir-own"}, "sh", "-c", all)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		finish(t, cmd, &out)
		for i, c := range scripts {
			said, err := os.ReadFile(r.dir + "/err." + itoa(i))
			must(t, err)
			written, err := os.ReadFile(r.dir + "/out." + itoa(i))
			must(t, err)
			got := ""
			for line := range strings.Lines(string(said)) {
				switch {
				case strings.Contains(line, "ermission denied"):
					got += "denied "
				case strings.Contains(line, "No such file"):
					got += "absent "
				case strings.Contains(line, "not empty"), strings.Contains(line, "Not a directory"):
				default:
					got += line
				}
			}
			got += strings.ReplaceAll(string(written), "\n", " ")
			if want := strings.ReplaceAll(c.want, "\n", " "); strings.TrimSpace(got) != strings.TrimSpace(want) {
				t.Errorf("%s\n says %q\n want %q", c.script, got, want)
			}
		}
		if out.Len() > 0 {
			t.Error(out.String())
		}
	})
}

// Git's rebase makes, renames and removes directories of its own.
func TestOwnDirectoriesGit(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is missing")
	}
	r := newRun(t, testenv.User{Name: "own"})
	out, ws := func() (string, int) {
		cmd := r.nonoRun([]string{"--allow-rmdir-own", "--profile", "git"}, "sh", "-ec", `
git() { command git -c user.name=n -c user.email=e@example.org -c init.defaultBranch=main "$@"; }
git init -q r; cd r; echo 1 >f; git add f; git commit -qm 1; git checkout -qb side; echo 2 >g; git add g; git commit -qm 2
git checkout -q main; echo 3 >f; git commit -qam 3; git checkout -q side; git rebase -q main; git log --format=%s; ls .git | grep -c rebase || :`)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		ws := finish(t, cmd, &out)
		return out.String(), ws.ExitStatus()
	}()
	if out != "2\n3\n1\n0\n" || ws != 0 {
		t.Errorf("status %d\n%s", ws, out)
	}
}

// What is denied stays shut for directories of the command's own too, where the supervisor may
// make names on the way to it.
func TestOwnDirectoriesBesideDenied(t *testing.T) {
	testenv.RequireLandlock(t, 2)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		for _, flags := range [][]string{{"--allow-rmdir-own"}, {"--allow-rmdir"}, {}} {
			r := newRun(t, u)
			for _, dir := range []string{"shut", "shut/there", "up", "up/shut", "fixed"} {
				must(t, os.Mkdir(r.dir+"/"+dir, 0o755))
				u.Own(t, r.dir+"/"+dir)
			}
			cmd := r.nonoRun(append(flags, "--allow-beside-denied", "--deny", "shut", "--deny", "up/shut", "--deny-write", "fixed"), "sh", "-c", `
mkdir own && echo text >own/file
mkdir shut/a up/shut/a fixed/a ./up/../shut/b
mv -T own shut/own; mv -T own up/shut/own; mv -T own fixed/own
ln -s shut link; mkdir link/c; mv -T own link/own
rmdir shut/there; mv -T shut/there out; mv -T shut moved; mv -T up/shut moved
cd shut; mkdir d; cd ..
mkdir up/fine && mv -T up/fine fine && ls -d fine own/file`)
			var out, said bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &said
			finish(t, cmd, &out)
			left, err := exec.Command("sh", "-c", "cd "+r.dir+" && find shut up fixed | sort").Output()
			must(t, err)
			if got := string(left); got != "fixed\nshut\nshut/there\nup\nup/shut\n" && (len(flags) > 0 || got != "fixed\nshut\nshut/there\nup\nup/fine\nup/shut\n") {
				t.Errorf("%v: what is denied has changed:\n%s%s", flags, got, &said)
			}
			if len(flags) > 0 && out.String() != "fine\nown/file\n" {
				t.Errorf("%v: %s%s", flags, &out, &said)
			}
		}
	})
}
