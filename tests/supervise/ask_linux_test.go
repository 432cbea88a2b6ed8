package supervise

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// An asked is a run with a program that answers, and a log of what that was asked.
type asked struct {
	*run
	other   string // a directory that nothing grants
	program string
	log     string
}

// newAsked makes a program of a shell script, in which $q is the question.
func newAsked(t *testing.T, u testenv.User, answer string) *asked {
	t.Helper()
	a := &asked{run: newRun(t, u), other: u.Dir(t)}
	tools := u.Dir(t)
	a.program, a.log = tools+"/answer", tools+"/log"
	must(t, os.WriteFile(a.program, []byte("#!/bin/sh\nq=$(cat)\nprintf '%s\\n' \"$q\" >>"+a.log+"\n"+answer+"\n"), 0o755))
	for name, text := range map[string]string{"f": "the file\n", "g": "another\n"} {
		must(t, os.WriteFile(a.other+"/"+name, []byte(text), 0o644))
		u.Own(t, a.other+"/"+name)
	}
	return a
}

// says runs a script with --ask-with and compares what it prints.
func (a *asked) says(t *testing.T, want, script string, flags ...string) {
	t.Helper()
	out, _ := a.ran(t, append([]string{"--ask-with", a.program}, flags...), "sh", "-c", "O="+a.other+"; exec 2>&1; "+script)
	if out != want {
		t.Errorf("%s\n says %q\n want %q\nasked:\n%s", script, out, want, strings.Join(a.questions(t, "path"), "\n"))
	}
}

// questions returns one field of all that was asked, and empties the log.
func (a *asked) questions(t *testing.T, field string) []string {
	t.Helper()
	text, _ := os.ReadFile(a.log)
	os.Remove(a.log)
	var all []string
	for line := range strings.Lines(string(text)) {
		var q map[string]any
		must(t, json.Unmarshal([]byte(line), &q))
		s, _ := q[field].(string)
		all = append(all, s)
	}
	return all
}

// answering begins a script that says yes to what a run asks, until that has ended.
const answering = "K=$HOME/.local/state/nono/ask; until ls $K/*.key >/dev/null 2>&1; do sleep 0.1; done; while ls $K/*.key >/dev/null 2>&1; do { sleep 1; yes; } | timeout 20 "

const refusal = "Permission denied\n"

// Each answer gives what it says, and no more.
func TestAskAnswers(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	type row struct{ answer, script, want, asked string }
	rows := []row{
		{`echo '{"yes":true,"for":"run","dir":true}'`, "cat $O/f $O/g; ls $O", "the file\nanother\nf\ng\n", "read"},
		{`echo '{"yes":true,"for":"run","dir":true}'`, "echo x >>$O/f; echo y >$O/n; mkdir $O/d; mv $O/n $O/d/n; rm $O/f", "", "write"},
		{`echo '{"yes":true}'`, "mkdir $O/d; mv $O/f $O/h; ln -s x $O/l; rm $O/h; ls $O", "d\ng\nl\n", "mkdir rename-to symlink delete list"},
		{`echo '{"yes":false}'`, "cat $O/f; cat $O/f", "cat: $O/f: " + refusal + "cat: $O/f: " + refusal, "read"},
		// What is protected, denied or not there is not asked about.
		{`echo '{"yes":true}'`, "cat $HOME/.ssh/id || cat $O/nothing", "cat: $HOME/.ssh/id: " + refusal + "cat: $O/nothing: No such file or directory\n", ""},
	}
	// What an answer means does not depend on who is asked.
	meaning := []row{
		{`echo '{"yes":true}'`, "cat $O/f", "the file\n", "read"},
		{`echo '{"yes":true}'`, "cat $O/f $O/f", "the file\nthe file\n", "read read"},
		{`echo '{"yes":true,"for":"run"}'`, "cat $O/f $O/f", "the file\nthe file\n", "read"},
		{`echo '{"yes":true,"for":"run"}'`, "cat $O/f $O/g $O/f", "the file\nanother\nthe file\n", "read read"},
		{`echo '{"yes":true,"for":"run"}'`, "echo x >$O/n; echo y >>$O/n; cat $O/n", "x\ny\n", "write read"},
		{`echo '{"yes":true}'`, "echo x >$O/f; cat <$O/f", "x\n", "write read"},
		{`echo '{"yes":false,"never":true}'`, "cat $O/f; echo x >>$O/f", "cat: $O/f: " + refusal + "sh: 1: cannot create $O/f: " + refusal, "read"},
		// What is no answer is no.
		{`exit 1`, "cat $O/f", "cat: $O/f: " + refusal, "read"},
		{`echo yes`, "cat $O/f", "cat: $O/f: " + refusal, "read"},
		{`echo '{"yes":true,"for":"ever"}'`, "cat $O/f", "cat: $O/f: " + refusal, "read"},
		{`echo '{"yes":true,"id":77}'`, "cat $O/f", "cat: $O/f: " + refusal, "read"},
		{`echo '{"yes":true,"all":true}'`, "cat $O/f", "cat: $O/f: " + refusal, "read"},
		{`echo '{"yes":true,"for":"always"}'`, "cat $O/f", "cat: $O/f: " + refusal, "read"},
		{`kill -9 $$`, "cat $O/f", "cat: $O/f: " + refusal, "read"},
	}
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		if u.UID != 0 {
			rows = append(rows, meaning...)
		}
		for _, c := range rows {
			a := newAsked(t, u, c.answer)
			a.protect(t)
			expand := strings.NewReplacer("$O", a.other, "$HOME", a.home)
			a.quiet(t, expand.Replace(c.want), c.script)
			if got := strings.Join(a.questions(t, "op"), " "); got != c.asked {
				t.Errorf("%s: %s\n asked %q, want %q", c.answer, c.script, got, c.asked)
			}
		}
	})
}

// protect makes a secret.
func (a *asked) protect(t *testing.T) {
	t.Helper()
	must(t, os.MkdirAll(a.home+"/.ssh", 0o700))
	must(t, os.WriteFile(a.home+"/.ssh/id", []byte("secret\n"), 0o600))
	a.u.Own(t, a.home+"/.ssh")
	a.u.Own(t, a.home+"/.ssh/id")
}

// quiet is says without what nono itself says of a bad answer.
func (a *asked) quiet(t *testing.T, want, script string) {
	t.Helper()
	out, _ := a.ran(t, []string{"--ask-with", a.program}, "sh", "-c", "O="+a.other+"; exec 2>&1; "+script)
	got := ""
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "nono: error: cannot ask by ") {
			got += line
		}
	}
	if got != want {
		t.Errorf("%s\n says %q\n want %q", script, got, want)
	}
}

// Protected paths take --ask-protected and the word.
func TestAskProtected(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		for _, c := range []struct{ answer, want string }{
			{`{"yes":true}`, "cat: $HOME/.ssh/id: " + refusal},
			{`{"yes":true,"word":"yes"}`, "cat: $HOME/.ssh/id: " + refusal},
			{`{"yes":true,"word":"reveal"}`, "secret\n"},
			{`{"yes":true,"word":"reveal","dir":true,"for":"run"}`, "cat: $HOME/.ssh/id: " + refusal},
		} {
			a := newAsked(t, u, "echo '"+c.answer+"'")
			a.protect(t)
			must(t, os.WriteFile(a.home+"/.ssh/other", []byte("other\n"), 0o600))
			u.Own(t, a.home+"/.ssh/other")
			out, _ := a.ran(t, []string{"--ask-with", a.program, "--ask-protected", a.home + "/.ssh/id"}, "sh", "-c", "exec 2>&1; cat $HOME/.ssh/id; cat $HOME/.ssh/other")
			want := strings.ReplaceAll(c.want+"cat: $HOME/.ssh/other: "+refusal, "$HOME", a.home)
			if !strings.HasSuffix(out, want) {
				t.Errorf("%s says %q, want %q", c.answer, out, want)
			}
			if kinds := a.questions(t, "protected"); len(kinds) != 1 || kinds[0] != "SSH keys" {
				t.Errorf("%s: it is asked about as %q", c.answer, kinds)
			}
		}
		// The key to the questions is never asked for.
		a := newAsked(t, u, "echo")
		must(t, os.MkdirAll(a.home+"/.local/state/nono/ask", 0o700))
		for _, path := range []string{"/.local", "/.local/state", "/.local/state/nono", "/.local/state/nono/ask"} {
			u.Own(t, a.home+path)
		}
		for _, path := range []string{"/.local", "/.local/state/nono", "/.local/state/nono/ask"} {
			if out, status := a.ran(t, []string{"--ask-with", a.program, "--ask-protected", a.home + path}, "true"); status != 125 || !strings.Contains(out, "the key to nono's own questions is there") {
				t.Errorf("--ask-protected %s: status %d: %s", path, status, out)
			}
		}
	})
}

// The answer is about what was shown: what is put in its place meanwhile is not opened.
func TestAskIsAboutWhatWasShown(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		for _, c := range []struct{ meanwhile, script, not string }{
			{"mv $O/g $O/f", "cat $O/f", "another"},
			{"rm $O/f; ln -s g $O/f", "cat $O/f", "another"},
			{"mv $O $O.was; mkdir $O; echo another >$O/f", "cat $O/f", "another"},
			{"[ -e $O/n ] || ln -s g $O/n", "echo x >$O/n; cat $O/g", "x\n"},
			{"rm $O/f; cp $O/g $O/f", "cat $O/f", "another"},
		} {
			a := newAsked(t, u, "")
			text := "#!/bin/sh\nO=" + a.other + "\ncase $(cat) in *\"$O/g\"*) echo '{\"yes\":false}';; *) { " + c.meanwhile + "; } >&2; echo '{\"yes\":true}';; esac\n"
			must(t, os.WriteFile(a.program, []byte(text), 0o755))
			out, _ := a.ran(t, []string{"--ask-with", a.program}, "sh", "-c", "O="+a.other+"; exec 2>&1; "+c.script)
			if strings.Contains(out, c.not) {
				t.Errorf("%s; meanwhile %s: it says %q", c.script, c.meanwhile, out)
			}
			os.RemoveAll(a.other + ".was")
		}
	})
}

// Nobody inside can answer: not this sandbox, and no other, whatever it is granted.
func TestAskIsAnsweredFromOutsideOnly(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		var all []func()
		for _, flags := range [][]string{
			{"--ask", "--ask-timeout", "4s", "--allow", "$HOME", "--allow-unix-sockets", "--read", "$BIN"},
			{"--ask", "--ask-timeout", "4s", "--allow", "/", "--deny", "$OTHER", "--allow-unix-sockets"},
		} {
			a := newAsked(t, u, "")
			client := a.s.Path("nono-ask")
			inside := `exec 2>&1; D=$HOME/.local/state/nono/ask; ls $D; for f in $D/*; do cat $f; done; cat $D/` + `$(ls /proc/*/comm >/dev/null; echo x).key
yes | ` + client + ` --once & sleep 1; cat ` + a.other + `/f; wait`
			for i := range flags {
				flags[i] = strings.NewReplacer("$HOME", a.home, "$BIN", filepath.Dir(client), "$OTHER", a.other).Replace(flags[i])
			}
			all = append(all, func() {
				out, _ := a.ran(t, flags, "sh", "-c", inside)
				if strings.Contains(out, "the file") || strings.Contains(out, "wants to") {
					t.Errorf("%q:\n%s", flags, out)
				}
			})
		}
		// Another sandbox that can even read the key is turned away for what it is.
		other := newAsked(t, u, "")
		client := other.s.Path("nono-ask")
		all = append(all, func() {
			var first strings.Builder
			wait := other.asking(t, "5s", &first)
			out, _ := other.ran(t, []string{"--allow", "/", "--allow", other.home + "/.local/state/nono", "--allow-unix-sockets"}, "sh", "-c", "yes | timeout 10 "+client+" --once 2>&1")
			wait()
			if strings.Contains(first.String(), "the file") || strings.Contains(out, "wants to") {
				t.Errorf("another sandbox has answered:\n%s\n%s", first.String(), out)
			}
		})
		// The same is answered from outside.
		outside := newAsked(t, u, "")
		all = append(all, func() {
			var first strings.Builder
			wait := outside.asking(t, "50s", &first)
			answer := u.Command("sh", "-c", answering+client+" --once; done")
			answer.Env, answer.Dir = outside.env(), outside.dir
			said, _ := answer.CombinedOutput()
			wait()
			if !strings.Contains(first.String(), "the file") {
				t.Errorf("nobody could answer outside:\n%s\n%s", first.String(), said)
			}
		})
		together(all...)
	})
}

// asking begins a run with a question that is open for so long. What it says comes to out
// by the time that the function returned has waited for its end.
func (a *asked) asking(t *testing.T, timeout string, out *strings.Builder) func() {
	cmd := a.nonoRun([]string{"--ask", "--ask-timeout", timeout}, "cat", a.other+"/f")
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Error(err)
		return func() {}
	}
	return func() { cmd.Wait() }
}

// A flood of questions becomes few, and a storm ends in no.
func TestAskFlood(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	u := testenv.User{Name: "own"}
	same := newAsked(t, u, "sleep 0.5; echo '{\"yes\":true,\"for\":\"run\"}'")
	many, unanswered := newAsked(t, u, `echo '{"yes":false}'`), newAsked(t, u, "sleep 100")
	for i := range 100 {
		must(t, os.WriteFile(many.other+"/n"+itoa(i), nil, 0o644))
		must(t, os.WriteFile(unanswered.other+"/n"+itoa(i), nil, 0o644))
	}
	together(func() {
		same.says(t, strings.Repeat("the file\n", 20), "for i in $(seq 20); do cat $O/f & done; wait")
		if asked := same.questions(t, "path"); len(asked) != 1 {
			t.Errorf("twenty that want the same put %d questions", len(asked))
		}
	}, func() {
		many.says(t, "", "for i in $(seq 0 99); do read x <$O/n$i; done 2>/dev/null")
		if asked := many.questions(t, "path"); len(asked) != 40 {
			t.Errorf("a hundred different ones put %d questions, want 40", len(asked))
		}
	}, func() {
		unanswered.says(t, "", "for i in $(seq 0 29); do read x <$O/n$i; done 2>/dev/null", "--ask-timeout", "1s")
		if asked := unanswered.questions(t, "path"); len(asked) != 5 {
			t.Errorf("%d questions that nobody answered were put, want 5", len(asked))
		}
	})
}

// "Always" is in the profile whole, or not at all, and holds in the next run.
func TestAskAlways(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		a := newAsked(t, u, `echo '{"yes":true,"for":"always"}'`)
		profiles := a.home + "/.config/nono/profiles"
		must(t, os.MkdirAll(profiles, 0o755))
		for _, dir := range []string{"/.config", "/.config/nono", "/.config/nono/profiles"} {
			u.Own(t, a.home+dir)
		}
		mine := profiles + "/mine.profile"
		must(t, os.WriteFile(mine, []byte("# mine\nread /usr"), 0o644))
		u.Own(t, mine)
		odd := a.other + "/a #b:5m"
		must(t, os.WriteFile(odd, []byte("odd\n"), 0o644))
		u.Own(t, odd)
		a.says(t, "the file\nodd\n", `cat $O/f "$O/a #b:5m"`, "--profile", "mine")
		a.questions(t, "path")
		want := "# mine\nread /usr\nread-file " + a.other + "/f\nread-file \"" + odd + ":always\"\n"
		if text, err := os.ReadFile(mine); err != nil || string(text) != want {
			t.Errorf("the profile has become %q, %v; want %q", text, err, want)
		}
		a.says(t, "the file\nodd\n", `cat $O/f "$O/a #b:5m"`, "--profile", "mine")
		if asked := a.questions(t, "path"); len(asked) != 0 {
			t.Errorf("what is in the profile was asked about: %q", asked)
		}
		// A profile of nono's becomes one of the user's that includes it.
		a.says(t, "the file\n", "cat $O/f", "--profile", "git")
		if text, _ := os.ReadFile(profiles + "/git.profile"); !strings.HasSuffix(string(text), "\nprofile git\nread-file "+a.other+"/f\n") {
			t.Errorf("the profile made is %q", text)
		}
		// One that others can write is not written, nor one on a full disk; the yes holds for the run.
		must(t, os.WriteFile(a.program, []byte("#!/bin/sh\nchmod g+w "+mine+"\necho '{\"yes\":true,\"for\":\"always\"}'\n"), 0o755))
		out, _ := a.ran(t, []string{"--ask-with", a.program, "--profile", "mine"}, "sh", "-c", "cat "+a.other+"/g "+a.other+"/g")
		said := "nono: error: cannot read the profile '" + mine + "': others can write to it\nnono: hint: chmod go-w '" + mine + "'\n"
		if before, after, ok := strings.Cut(out, said); !ok || before+after != "another\nanother\n" {
			t.Errorf("with a profile written by others it says %q", out)
		}
		if text, err := os.ReadFile(mine); err != nil || string(text) != want {
			t.Errorf("the profile has become %q, %v", text, err)
		}
	})
}

// What a name holds reaches no terminal as it is.
func TestAskShowsHostileNames(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	u := testenv.User{Name: "own"}
	a := newAsked(t, u, "")
	name := "a\x1b]0;owned\a\x1b[2J\r\nyes, once\u202e\xff"
	must(t, os.WriteFile(a.other+"/"+name, []byte("odd\n"), 0o644))
	cmd := a.nonoRun([]string{"--ask", "--ask-timeout", "50s"}, "sh", "-c", "exec 2>/dev/null; cat "+a.other+"/a*")
	cmd.Args[len(cmd.Args)-1] = "cat \"$1\""
	cmd.Args = append(cmd.Args, "\x1b[31m", a.other+"/"+name)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	must(t, cmd.Start())
	client := exec.Command("sh", "-c", answering+a.s.Path("nono-ask")+" --once; done")
	client.Env, client.Dir = a.env(), a.dir
	said, _ := client.CombinedOutput()
	cmd.Wait()
	if out.String() != "odd\n" {
		t.Errorf("it says %q:\n%q", out.String(), said)
	}
	for _, b := range []byte(said) {
		if b < ' ' && b != '\n' || b == 0x7f || b >= 0x80 {
			t.Fatalf("byte %#x reaches the terminal: %q", b, said)
		}
	}
	if !strings.Contains(string(said), `\033]0;owned`) || strings.Contains(string(said), "\nyes, once") {
		t.Errorf("it shows %q", said)
	}
}

// The program is told, and can ask ahead.
func TestAskAhead(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		a := newAsked(t, u, `echo '{"yes":true}'`)
		why := a.s.Path("nono-why")
		a.says(t, "denied: write '"+a.other+"/f'\n  a person is asked when it is tried; 'nono why --self --request' asks ahead\nallowed: write '"+a.other+"/f'\n  a person has said yes, for this run\nmore\n",
			why+" --self --op write $O/f | grep -e denied -e person; "+why+" --self --request --op write --reason 'a reason' $O/f; echo more >$O/f; cat $O/f")
		if reasons := a.questions(t, "reason"); len(reasons) != 2 || reasons[0] != "a reason" {
			t.Errorf("the questions have the reasons %q", reasons)
		}
		if text, _ := os.ReadFile(a.other + "/f"); string(text) != "more\n" {
			t.Errorf("the file is %q", text)
		}
	})
}
