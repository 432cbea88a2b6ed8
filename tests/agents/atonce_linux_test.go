package agents

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// Twelve sessions that write a large ~/.claude.json in the same instant lose nothing of
// one another's where claude can replace the file as it does outside: in a directory of
// its own. In the home it cannot, and what is said of that is in docs/agents.md.
func TestAtOnce(t *testing.T) {
	for _, c := range []struct {
		name, file string
		env        []string
		outside    bool
		mayLose    bool
		long       bool // another row shows nearly the same
	}{
		{name: "outside", file: ".claude.json", outside: true},
		{name: "a directory of its own", file: "own/.claude.json", env: []string{"CLAUDE_CONFIG_DIR=HOME/own"}, long: true},
		{name: "the usual directory by name", file: ".claude/.claude.json", env: []string{"CLAUDE_CONFIG_DIR=HOME/.claude"}},
		{name: "the file alone", file: ".claude.json", mayLose: true, long: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.long && !suite.Long() {
				t.Skip("NONO_LONG=1 runs it: twelve starts")
			}
			w := ordinary(t)
			a := named("claude-code")
			a.installed(w)
			large, err := json.Marshal(map[string]any{"hasCompletedOnboarding": true, "mine": strings.Repeat("kept ", 200_000)})
			if err != nil {
				w.t.Fatal(err)
			}
			w.file(c.file, string(large))
			// Each waits for the lock as long as twelve need on a busy machine.
			env := append(w.inHome(c.env), "DISABLE_AUTOUPDATER=1", "CLAUDE_CODE_CONFIG_LOCK_WAIT_MS=300000")
			w.addAtOnce(12, c.mayLose, func(args ...string) *exec.Cmd {
				words := append([]string{a.command}, args...)
				if !c.outside {
					words = w.nono(a.profile, words...)
				}
				return w.command(env, words...)
			})
			lost, err := w.lost(c.file, 12)
			w.t.Logf("lost: %v (%v)", lost, err)
			if !c.mayLose && (err != nil || len(lost) > 0) {
				w.t.Errorf("lost: %v (%v)", lost, err)
			}
		})
	}
}

// inHome puts the home where the words say HOME.
func (w *world) inHome(words []string) []string {
	words = slices.Clone(words)
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], "HOME", w.home)
	}
	return words
}

// addAtOnce has n sessions each add an MCP server of its own.
func (w *world) addAtOnce(n int, mayFail bool, command func(args ...string) *exec.Cmd) {
	w.t.Helper()
	var all sync.WaitGroup
	for i := range n {
		cmd := command("mcp", "add", "--scope", "user", fmt.Sprintf("server-%d", i), "--", "true")
		all.Go(func() {
			if r := w.run(cmd, "", conversation); r.status != 0 && !mayFail {
				w.t.Errorf("session %d: status %d\n%s", i, r.status, r.out)
			}
		})
	}
	all.Wait()
}

// lost returns which of n servers are not in the settings; err is what is wrong with
// the file as a whole.
func (w *world) lost(file string, n int) (lost []int, err error) {
	var have struct {
		Mine       string         `json:"mine"`
		McpServers map[string]any `json:"mcpServers"`
	}
	if err := json.Unmarshal([]byte(w.text(file)), &have); err != nil {
		return nil, err
	}
	if len(have.Mine) != 1_000_000 {
		err = fmt.Errorf("%d bytes are left of what was there", len(have.Mine))
	}
	for i := range n {
		if have.McpServers[fmt.Sprintf("server-%d", i)] == nil {
			lost = append(lost, i)
		}
	}
	return lost, err
}
