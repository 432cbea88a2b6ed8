package agents

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/tests/agents/model"
)

// An agent is one program and how it is made to talk to the stand-in.
type agent struct {
	profile, command string
	// settle writes the settings with which it talks to a model at url.
	settle func(w *world, url string)
	env    func(url string) []string
	prompt []string // the arguments of one turn without a terminal
	// calls has it make a file, copy it, and read a secret, in its own tools'
	// words; file is where the first is made.
	file  string
	calls func(w *world) []model.Call
	// offline is what it says when nothing answers.
	offline string
	save    []string // arguments that write a setting
	saved   []string // arguments that print it on a second start
	setting string   // what they print
	// late says that it has nothing to keep before it knows a model.
	late   bool
	screen screen
	// account says that it starts no conversation without an account of its
	// maker's: it is run as far as that.
	account bool
}

// shell is the call by which the agent runs a shell command: the last of its calls, with
// another command.
func (a agent) shell(w *world, command string) model.Call {
	w.t.Helper()
	calls := a.calls(w)
	last := calls[len(calls)-1]
	args, put := map[string]any{}, false
	for name, value := range last.Args {
		switch v := value.(type) {
		case string:
			if strings.HasPrefix(v, "cat ") {
				value, put = command, true
			}
		case []string:
			value, put = []string{command}, true
		}
		args[name] = value
	}
	if !put {
		w.t.Fatalf("where %s's shell takes its command is not known: %v", a.profile, last)
	}
	return model.Call{Tool: last.Tool, Args: args}
}

// conversation is the longest that a conversation may take: far more than it takes where
// a machine has nothing else to do.
const conversation = 12 * time.Minute

// gatewayPort is where the tests' gateway listens.
const gatewayPort = "18911"

// each runs f for every agent, in a home of its own.
func each(t *testing.T, f func(t *testing.T, w *world, a agent)) {
	for _, a := range slices.Concat(agents, moreAgents) {
		t.Run(a.profile, func(t *testing.T) {
			ordinary(t, func(w *world) {
				w.install()
				a.installed(w.t, w)
				w.leaveNothing()
				f(w.t, w, a)
			})
		})
	}
}

// talks is each, for the agents that can be made to talk to the stand-in.
func talks(t *testing.T, f func(t *testing.T, w *world, a agent)) {
	each(t, func(t *testing.T, w *world, a agent) {
		if a.account {
			t.Skip("it talks to no model without an account")
		}
		f(t, w, a)
	})
}

func TestVersionAndHelp(t *testing.T) {
	each(t, func(t *testing.T, w *world, a agent) {
		for _, flag := range []string{"--version", "--help"} {
			outside := w.run(w.command(nil, a.command, flag), "", conversation)
			inside := w.run(w.command(nil, w.nono(a.profile, a.command, flag)...), "", conversation)
			inside.out = unread.ReplaceAllString(inside.out, "")
			if inside.status != 0 || inside.out != outside.out || inside.out == "" {
				t.Errorf("%s: status %d\n%s\noutside:\n%s", flag, inside.status, inside.out, outside.out)
			}
		}
	})
}

// One whole turn: the model has the agent make a file, copy it and read a
// secret, and is told how each went.
func TestConversation(t *testing.T) {
	talks(t, func(t *testing.T, w *world, a agent) {
		m := model.New(a.calls(w)...)
		defer m.Close()
		a.settle(w, m.URL)
		r := w.run(w.command(a.env(m.URL), w.nono(a.profile, append([]string{a.command}, a.prompt...)...)...), "", conversation)
		if r.status != 0 || !strings.Contains(r.out, model.Final) {
			t.Errorf("status %d\n%s", r.status, r.out)
		}
		for _, f := range []string{a.file, strings.Replace(a.file, "made", "copy", 1)} {
			if got := w.text(f); got != "made by the agent\n" {
				t.Errorf("%s has %q", f, got)
			}
		}
		last := m.Last()
		if !strings.Contains(last, "Permission denied") {
			t.Errorf("the model was not told of the refusal:\n%.4000s", last)
		}
		for _, q := range m.Requests() {
			if strings.Contains(q, secret) {
				t.Fatalf("the secret got out:\n%s", q)
			}
		}
	})
}

// The control of TestConversation: outside, the same calls give the secret away.
func TestConversationOutside(t *testing.T) {
	talks(t, func(t *testing.T, w *world, a agent) {
		m := model.New(a.calls(w)...)
		defer m.Close()
		a.settle(w, m.URL)
		r := w.run(w.command(a.env(m.URL), append([]string{a.command}, a.prompt...)...), "", conversation)
		if r.status != 0 || !strings.Contains(m.Last(), secret) {
			t.Errorf("status %d, and the secret was not read:\n%s", r.status, r.out)
		}
	})
}

// Without a network there is an error about the network, and none about files.
func TestOffline(t *testing.T) {
	talks(t, func(t *testing.T, w *world, a agent) {
		const nobody = "http://127.0.0.1:9" // the discard service: nothing listens there
		a.settle(w, nobody)
		r := w.run(w.command(a.env(nobody), w.nono(a.profile, append([]string{a.command}, a.prompt...)...)...), a.offline, conversation)
		if !strings.Contains(r.out, a.offline) {
			t.Errorf("no %q; status %d\n%s", a.offline, r.status, r.out)
		}
		crashes(t, r.out)
	})
}

// unread is what pi says at each start of instructions in the home.
var unread = regexp.MustCompile(`(?m)^Warning: Could not read \S+/(?:AGENTS|CLAUDE)\.md: Error: EACCES: .*\n`)

// harmless is what agents say of refusals that are as they should be: qwen brings a
// ripgrep that its package has made no program of, so that it does not start
// outside either; pi tells of the instructions above the project, in a home that
// was not granted.
var harmless = regexp.MustCompile(`(?s)Ripgrep not available: spawn .{1,160}? EACCES|Could not read .{1,160}?: Error: EACCES: permission denied`)

// crashes fails the test where an agent's output speaks of files it was refused.
func crashes(t *testing.T, out string) {
	t.Helper()
	// A terminal breaks lines where it is narrow.
	out = harmless.ReplaceAllString(out, "")
	for line := range strings.Lines(out) {
		for _, bad := range []string{"EACCES", "EPERM", "ermission denied", "not permitted", "Unhandled", "panic", "core dumped"} {
			if strings.Contains(line, bad) {
				t.Errorf("%q in the output:\n%s", bad, out)
			}
		}
	}
}

// What an agent keeps is there at its second start, and nothing else in its
// settings is lost.
func TestSettings(t *testing.T) {
	talks(t, func(t *testing.T, w *world, a agent) {
		m := model.New()
		defer m.Close()
		a.settle(w, m.URL)
		for _, args := range [][]string{a.save, a.saved} {
			r := w.run(w.command(a.env(m.URL), w.nono(a.profile, append([]string{a.command}, args...)...)...), "", conversation)
			if r.status != 0 {
				t.Errorf("%v: status %d\n%s", args, r.status, r.out)
			}
			crashes(t, r.out)
			if len(args) > 0 && &args[0] == &a.saved[0] && !strings.Contains(r.out, a.setting) {
				t.Errorf("%v does not print %q:\n%s", args, a.setting, r.out)
			}
		}
		for file, keep := range map[string]string{".claude.json": `"kept"`, ".gemini/settings.json": `"kept"`} {
			if _, err := os.Stat(w.path(file)); err == nil && !strings.Contains(w.text(file), keep) {
				t.Errorf("%s has lost what was in it:\n%s", file, w.text(file))
			}
		}
	})
}

// A first start, with nothing there: nono makes what the agent needs.
func TestFirstSettings(t *testing.T) {
	each(t, func(t *testing.T, w *world, a agent) {
		if a.late {
			t.Skip("it has nothing to keep before it knows a model")
		}
		for _, args := range [][]string{a.save, a.saved} {
			r := w.run(w.command(a.env("http://127.0.0.1:9"), w.nono(a.profile, append([]string{a.command}, args...)...)...), "", conversation)
			if r.status != 0 {
				t.Errorf("%v: status %d\n%s", args, r.status, r.out)
			}
		}
	})
}
