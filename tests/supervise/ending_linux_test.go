package supervise

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// What the supervisor gives for a time is what the kernel gives otherwise: the same
// script says the same under both, and what is refused is refused.
func TestEndingGrants(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	const script = `exec 2>&1; cd $P
cat f; echo one >new; echo two >>new; cat new; mkdir -p a/b; ls a; ln -s f link; cat link; ln f hard; cat hard
mv new moved; cat moved; perl -e 'truncate("moved", 3) or print "truncate: $!\n"'; cat moved; echo
mv -T moved a/moved; rm a/moved link hard; mkfifo fifo && rm fifo; cat sub/../f; cat <f; (umask 077; echo x >private; stat -c %a private)
cat ../shut/f; cat out; echo x >out; ls ../shut; echo x >../shut/n; mv f ../shut/; ln ../shut/f h; rm ../shut/f; mkdir ../shut/d; rmdir sub
cat secret/.ssh/id; exec 3<f; cat /proc/self/fd/3; cat nothing; echo >sub; echo done`
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		said := map[string]string{}
		for _, time := range []string{"", ":1h"} {
			r := newRun(t, u)
			p := r.home + "/p"
			for _, dir := range []string{p, p + "/sub", r.home + "/shut"} {
				must(t, os.MkdirAll(dir, 0o755))
				u.Own(t, dir)
			}
			for _, file := range []string{p + "/f", r.home + "/shut/f"} {
				must(t, os.WriteFile(file, []byte(file[len(r.home):]+"\n"), 0o644))
				u.Own(t, file)
			}
			must(t, os.Symlink("../shut/f", p+"/out"))
			out, ws := r.ran(t, []string{"--allow", p + time}, "sh", "-c", "P="+p+"\n"+script)
			said[time] = strings.ReplaceAll(strings.ReplaceAll(out, r.home, "HOME"), "Invalid cross-device link", "Permission denied")
			if ws != 0 || !strings.HasSuffix(out, "done\n") {
				t.Errorf("time %q: status %d:\n%s", time, ws, out)
			}
			if f, err := os.ReadFile(r.home + "/shut/f"); err != nil || string(f) != "/shut/f\n" {
				t.Errorf("time %q: what is beside the grant has become %q, %v", time, f, err)
			}
		}
		if said[""] != said[":1h"] || !strings.Contains(said[""], "/p/f\n") {
			t.Errorf("for a time it says:\n%s\nwithout end it says:\n%s", said[":1h"], said[""])
		}
	})
}

// ran runs a command with these flags to its end.
func (r *run) ran(t *testing.T, flags []string, words ...string) (string, int) {
	t.Helper()
	cmd := r.nonoRun(flags, words...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	ws := finish(t, cmd, &out)
	if ws.Signaled() {
		return out.String(), -int(ws.Signal())
	}
	return out.String(), ws.ExitStatus()
}

// After the end nothing is opened, what is open stays open, and nono why says so.
func TestGrantEnds(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u)
		p := r.home + "/p"
		must(t, os.Mkdir(p, 0o755))
		must(t, os.WriteFile(p+"/f", []byte("text\n"), 0o644))
		u.Own(t, p)
		u.Own(t, p+"/f")
		why := r.s.Path("nono-why")
		script := `exec 2>/dev/null; cd ` + p + `
exec 3<f 4>>f || echo too slow
` + why + ` --self f | grep -o 'for [0-9]*s more'
while cat f >/dev/null; do sleep 0.1; done
cat <&3; echo more >&4 && echo written; cat f || echo refused; echo x >n || echo refused; mkdir d || echo refused; mv f g || echo refused; ls . || echo refused
cat /proc/self/fd/3 || echo refused
` + why + ` --self f | grep -o 'the grant of .* has ended'`
		for time := 3; ; time *= 2 {
			must(t, os.WriteFile(p+"/f", []byte("text\n"), 0o644))
			grant := p + ":" + itoa(time) + "s"
			out, ws := r.ran(t, []string{"--allow", grant}, "sh", "-c", script)
			lines := strings.SplitN(out, "\n", 2)
			// A machine that is too slow needs a longer time.
			if !strings.HasPrefix(out, "for ") && time < 100 {
				continue
			}
			if len(lines) != 2 || lines[1] != "text\nwritten\n"+strings.Repeat("refused\n", 6)+"the grant of --allow "+grant+" has ended\n" || ws != 0 {
				t.Errorf("status %d:\n%s", ws, out)
			}
			break
		}
	})
}

// --end-kills ends the command, whatever it does against that, and all it has started.
func TestEndKills(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		var all []func()
		for _, flags := range [][]string{{}, {"--wait-all"}} {
			for _, c := range []struct {
				name, script string
				ends         int
			}{
				{"one that resists", `trap '' TERM; (exec setsid sleep 1000) & echo ready; sleep 1000; sleep 1000`, -9},
				{"one that ends by itself", `trap 'exit 7' TERM; echo ready; while :; do sleep 0.1; done`, 7},
			} {
				r := newRun(t, u)
				all = append(all, func() {
					// Where the machine is so slow that the time is over before the trap is set, a
					// longer time is tried.
					for seconds := 2; ; seconds *= 2 {
						out, ws := r.ran(t, append([]string{"--read", fmt.Sprintf("%s:%ds", r.home, seconds), "--end-kills"}, flags...), "sh", "-c", c.script)
						if !strings.Contains(out, "ready") && seconds < 100 {
							continue
						}
						if ws != c.ends {
							t.Errorf("%q: %s ended with %d", flags, c.name, ws)
						}
						return
					}
				})
			}
		}
		together(all...)
	})
}

// together does what mostly waits at the same time.
func together(all ...func()) {
	var wait sync.WaitGroup
	for _, f := range all {
		wait.Go(f)
	}
	wait.Wait()
}

// What one run leaves behind opens nothing in the next: symlinks, names that look like
// times, hard links and directories in the place of files.
func TestEndingOverTwoRuns(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u)
		p, shut := r.home+"/p", r.home+"/shut"
		for _, dir := range []string{p, p + "/inner", shut} {
			must(t, os.Mkdir(dir, 0o755))
			u.Own(t, dir)
		}
		must(t, os.WriteFile(shut+"/f", []byte("secret\n"), 0o644))
		u.Own(t, shut+"/f")
		r.ran(t, []string{"--allow", p}, "sh", "-c", `cd `+p+`; ln -s `+shut+` dir; ln -s `+shut+`/f file; mkdir inner:1h; ln -s `+shut+` inner:1h/x
ln -s ../shut up; ln `+shut+`/f hard; ln -s /proc/self/root root; ln -s /proc/self/cwd cwd; mv inner was; ln -s `+shut+` inner`)
		for _, grant := range []string{p + ":1h", p + "/inner:1h", p + "/dir:1h"} {
			out, _ := r.ran(t, []string{"--allow", grant}, "sh", "-c", `exec 2>&1; cd `+p+`; for f in dir/f file up/f hard inner:1h/x/f root`+shut+`/f cwd/../shut/f dir/../shut/f `+shut+`/f; do cat $f; done
for f in dir/n up/n inner:1h/x/n root`+shut+`/n; do echo x >$f; mkdir $f; mv file $f; done`)
			// A typed grant of a link is a grant of what it leads to, and a notice says so.
			if typed := grant == p+"/dir:1h"; strings.Contains(out, "secret") != typed {
				t.Errorf("%s:\n%s", grant, out)
			}
		}
	})
}
