package agents

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/tests/agents/model"
)

// A place is where an agent is installed, and how it is found there.
type place struct {
	name, root string
	// bin is the directory of PATH; shim, where there is one, is a script in it that
	// starts the program at %.
	bin, shim string
}

// places are those of nvm and of asdf. npm's own, with a prefix in the home, is that of
// all other tests.
var places = []place{
	{name: "nvm", root: ".nvm/versions/node/v24.0.0", bin: ".nvm/versions/node/v24.0.0/bin"},
	{name: "asdf", root: ".asdf/installs/nodejs/24.0.0", bin: ".asdf/shims", shim: "#!/usr/bin/env bash\n# asdf-plugin: nodejs 24.0.0\nexec \"%\" \"$@\"\n"},
	{name: "mise", root: ".local/share/mise/installs/node/24.0.0", bin: ".local/share/mise/shims", shim: "#!/bin/sh\nexec '%' \"$@\"\n"},
	{name: "volta", root: ".volta/tools/image/node/24.0.0", bin: ".volta/bin", shim: "#!/bin/sh\nexec '%' \"$@\"\n"},
}

// placed are the agents that are tried at each place, and their packages: a program, a
// script that starts one, and two of many files.
var placed = map[string]string{
	"claude-code": "@anthropic-ai/claude-code", "codex": "@openai/codex", "gemini": "@google/gemini-cli", "pi": "@mariozechner/pi-coding-agent",
}

// An agent runs in its profile wherever its users install it.
func TestPlaces(t *testing.T) {
	t.Parallel()
	w := ordinary(t)
	from := w.path("built")
	w.build(from)
	os.Remove(w.path(".npm-global"))
	for _, p := range places {
		w.dir(filepath.Dir(p.root))
		if err := os.Rename(from, w.path(p.root)); err != nil {
			w.t.Fatal(err)
		}
		from = w.path(p.root)
		if p.shim != "" {
			for profile := range placed {
				name := named(profile).command
				at := w.file(p.bin+"/"+name, strings.ReplaceAll(p.shim, "%", w.path(p.root+"/bin/"+name)))
				if err := os.Chmod(at, 0o755); err != nil {
					w.t.Fatal(err)
				}
			}
		}
		// node itself has a shim too, which is of no matter here.
		path := "PATH=" + w.path(p.bin) + ":" + w.path(p.root+"/bin") + ":/usr/local/bin:/usr/bin:/bin"
		for profile := range placed {
			w.t.Run(p.name+"/"+profile, func(t *testing.T) { w.at(t, path, named(profile)) })
		}
	}
}

// build makes the tree of an installation with the agents and node.
func (w *world) build(root string) {
	w.t.Helper()
	for _, pkg := range append([]string{"node"}, values(placed)...) {
		to := filepath.Join(root, "lib/node_modules", pkg)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			w.t.Fatal(err)
		}
		if out, err := exec.Command("cp", "-a", filepath.Join(prefix(), "lib/node_modules", pkg), to).CombinedOutput(); err != nil {
			w.t.Fatalf("%v: %s", err, out)
		}
	}
	if err := os.Mkdir(filepath.Join(root, "bin"), 0o755); err != nil {
		w.t.Fatal(err)
	}
	commands := []string{"node"}
	for profile := range placed {
		commands = append(commands, named(profile).command)
	}
	for _, name := range commands {
		link, err := os.Readlink(filepath.Join(prefix(), "bin", name))
		if err == nil {
			err = os.Symlink(link, filepath.Join(root, "bin", name))
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

func values(m map[string]string) []string {
	var all []string
	for _, v := range m {
		all = append(all, v)
	}
	return all
}

// at holds a conversation with an agent that PATH leads to.
func (w *world) at(t *testing.T, path string, a agent) {
	m := model.New(a.calls(w)...)
	defer m.Close()
	a.settle(w, m.URL)
	os.Remove(w.path(a.file))
	r := w.run(w.command(append(a.env(m.URL), path), w.nono(a.profile, a.turn()...)...), "", conversation)
	if r.status != 0 || !strings.Contains(r.out, model.Final) || w.text(a.file) != "made by the agent\n" {
		t.Errorf("status %d\n%s", r.status, r.out)
	}
}

// Claude Code's own installer puts one program into the data directory and a symlink to
// it into ~/.local/bin; an update outside exchanges both, and one inside cannot.
func TestNative(t *testing.T) {
	t.Parallel()
	w := ordinary(t)
	a := named("claude-code")
	a.installed(w)
	program, err := filepath.EvalSymlinks(filepath.Join(prefix(), "bin", a.command))
	if err != nil {
		w.t.Fatal(err)
	}
	w.dir(".local/share/claude/versions")
	at := w.path(".local/share/claude/versions/2.0.0")
	if out, err := exec.Command("cp", "-a", program, at).CombinedOutput(); err != nil {
		w.t.Fatalf("%v: %s", err, out)
	}
	w.dir(".local/bin")
	if err := os.Symlink(at, w.path(".local/bin/claude")); err != nil {
		w.t.Fatal(err)
	}
	os.Remove(w.path(".npm-global"))
	path := "PATH=" + w.path(".local/bin") + ":/usr/local/bin:/usr/bin:/bin"
	w.at(w.t, path, a)
	for _, attempt := range []string{"echo x >>~/.local/share/claude/versions/2.0.0", "ln -sf /bin/true ~/.local/bin/claude", "echo x >~/.local/bin/new"} {
		if r := w.run(w.command([]string{path}, w.nono(a.profile, "sh", "-c", attempt)...), "", conversation); r.status == 0 {
			w.t.Errorf("%s: could be done inside", attempt)
		}
	}
	w.at(w.t, path, a)
}
