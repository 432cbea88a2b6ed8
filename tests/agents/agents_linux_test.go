package agents

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
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
	// prompt are the arguments of one turn without a terminal. SESSION stands for a word
	// that no turn before has had.
	prompt []string
	// calls has it make a file, copy it, and read a secret, in its own tools'
	// words; file is where the first is made.
	file  string
	calls func(w *world) []model.Call
	// offline is what it says when nothing answers.
	offline string
	save    []string // arguments that write a setting, or none where a conversation is kept
	saved   []string // arguments that print it on a second start
	setting string   // what they print
	// mine is the file of settings that settle writes, and a part of it that an agent
	// which saves a setting there must keep.
	mine, keeps string
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

// turns counts the turns that were taken.
var turns atomic.Int64

// turn is the command line of one turn.
func (a agent) turn() []string { return numbered(append([]string{a.command}, a.prompt...)) }

// numbered puts a new word where the words say SESSION.
func numbered(words []string) []string {
	for i, word := range words {
		if word == "SESSION" {
			words[i] = "turn-" + strconv.FormatInt(turns.Add(1), 10)
		}
	}
	return words
}

// copied is where the agent's second call copies its file to.
func (a agent) copied() string { return strings.Replace(a.file, "made", "copy", 1) }

// talk holds one conversation, in which the model makes the calls. words is what the
// agent's command line becomes.
func (a agent) talk(w *world, m *model.Server, calls []model.Call, words func(...string) []string) result {
	w.t.Helper()
	os.Remove(w.path(a.file))
	os.Remove(w.path(a.copied()))
	m.Next(calls...)
	r := w.run(w.command(a.env(m.URL), words(a.turn()...)...), "", conversation)
	if r.status != 0 || !strings.Contains(r.out, model.Final) {
		w.t.Errorf("status %d\n%s", r.status, r.out)
	}
	for _, f := range []string{a.file, a.copied()} {
		if got := w.text(f); got != "made by the agent\n" {
			w.t.Errorf("%s has %q", f, got)
		}
	}
	return r
}

// conversation is the longest that a conversation may take: far more than it takes where
// a machine has nothing else to do.
const conversation = 12 * time.Minute

// gatewayPort is where a gateway of OpenClaw listens, unless it is told otherwise: where the
// profile looks.
const gatewayPort = "18789"

// TestAgents runs each agent in its profile. Its parts share a home and the agent's
// settings where they can: what costs time is to start an agent. The dearest one is the
// first, so that no other waits for it at the end.
func TestAgents(t *testing.T) {
	all := slices.Concat(agents, moreAgents)
	slices.SortStableFunc(all, func(a, b agent) int { return b.dear() - a.dear() })
	for _, a := range all {
		t.Run(a.profile, func(t *testing.T) {
			t.Parallel()
			w := ordinary(t)
			a.installed(w)
			w.part("help", a.helps)
			w.part("login and update", a.signsIn)
			w.part("first settings", a.firstSettings)
			if !a.account {
				a.converses(w)
				w.part("hook and key", a.hooked)
				w.part("session", a.holdsSession)
			}
			w.part("terminal", a.onTerminal)
		})
	}
}

// dear says how much an agent's start costs.
func (a agent) dear() int {
	if a.profile == "openclaw" {
		return 1
	}
	return 0
}

// converses is what needs a home in which the agent knows a model.
func (a agent) converses(w *world) {
	m := model.New()
	defer m.Close()
	a.settle(w, m.URL)
	var paths []string
	w.part("settings", a.keepsSettings)
	w.part("conversation", func(w *world) { a.inside(w, m) })
	w.part("guarded", func(w *world) { paths = a.guardedInside(w, m) })
	w.part("outside", func(w *world) { a.outside(w, m) })
	m.Close()
	w.part("offline", func(w *world) { a.offlineInside(w, m.URL) })
	w.part("what it has kept", a.hasKept)
	w.part("planted outside", func(w *world) { a.plantOutside(w, paths) })
}

// helps compares the first thing that anybody asks of a program.
func (a agent) helps(w *world) {
	outside := w.run(w.command(nil, a.command, "--help"), "", conversation)
	inside := w.run(w.command(nil, w.nono(a.profile, a.command, "--help")...), "", conversation)
	inside.out = unread.ReplaceAllString(inside.out, "")
	if inside.status != 0 || inside.out != outside.out || inside.out == "" {
		w.t.Errorf("status %d\n%s\noutside:\n%s", inside.status, inside.out, outside.out)
	}
}

// unread is what pi says at each start of instructions in the home.
var unread = regexp.MustCompile(`(?m)^Warning: Could not read \S+/(?:AGENTS|CLAUDE)\.md: Error: EACCES: .*\n`)

// firstSettings is a first start, with nothing there: nono makes what the agent needs, and
// what the agent keeps is there at its second start.
func (a agent) firstSettings(w *world) {
	if a.late {
		w.t.Skip("it has nothing to keep before it knows a model")
	}
	w = w.another()
	for _, args := range [][]string{a.save, a.saved} {
		words := w.nono(a.profile, append([]string{a.command}, args...)...)
		if a.account && &args[0] == &a.saved[0] {
			words = a.traced(w, words)
		}
		r := w.run(w.command(a.env("http://127.0.0.1:9"), words...), "", conversation)
		if r.status != 0 || &args[0] == &a.saved[0] && !strings.Contains(r.out, a.setting) {
			w.t.Errorf("%v: status %d, and %q is wanted\n%s", args, r.status, a.setting, r.out)
		}
		crashes(w.t, r.out)
	}
	if a.account {
		w.judge() // there is no conversation, in which it would be done
	}
}

// keepsSettings has an agent save something in a file that has more in it.
func (a agent) keepsSettings(w *world) {
	if a.mine == "" {
		w.t.Skip("its settings are its own")
	}
	r := w.run(w.command(a.env("http://127.0.0.1:9"), w.nono(a.profile, append([]string{a.command}, a.save...)...)...), "", conversation)
	if text := w.text(a.mine); r.status != 0 || !strings.Contains(text, a.setting) || !strings.Contains(text, a.keeps) {
		w.t.Errorf("status %d\n%s\n%s has %q", r.status, r.out, a.mine, text)
	}
	crashes(w.t, r.out)
}

// hasKept is firstSettings for the agents that have something to keep once they know a
// model.
func (a agent) hasKept(w *world) {
	if !a.late {
		w.t.Skip("it was seen at its first start")
	}
	for _, args := range [][]string{a.save, a.saved} {
		if args == nil {
			continue
		}
		r := w.run(w.command(a.env("http://127.0.0.1:9"), w.nono(a.profile, append([]string{a.command}, args...)...)...), "", conversation)
		if r.status != 0 || &args[0] == &a.saved[0] && !strings.Contains(r.out, a.setting) {
			w.t.Errorf("%v: status %d, and %q is wanted\n%s", args, r.status, a.setting, r.out)
		}
		crashes(w.t, r.out)
	}
}

// offlineInside has nothing at the model's address: there is an error about the network,
// and none about files.
func (a agent) offlineInside(w *world, url string) {
	r := w.run(w.command(a.env(url), w.nono(a.profile, a.turn()...)...), a.offline, conversation)
	if !strings.Contains(r.out, a.offline) {
		w.t.Errorf("no %q; status %d\n%s", a.offline, r.status, r.out)
	}
	crashes(w.t, r.out)
}

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
