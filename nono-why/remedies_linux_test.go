package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
)

// put makes a file of the world's user, and the directories above it.
func (w *world) put(path, text string, mode os.FileMode) {
	w.t.Helper()
	path = strings.ReplaceAll(path, "@", w.home)
	var made []string
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); err == nil {
			break
		}
		made = append(made, dir)
	}
	w.must(os.MkdirAll(filepath.Dir(path), 0o755))
	w.must(os.WriteFile(path, []byte(strings.ReplaceAll(text, "@", w.home)), mode))
	w.must(os.Chmod(path, mode))
	for _, p := range append(made, path) {
		w.u.Own(w.t, p)
	}
}

// says wants lines of the answer to a question, each with or without its indent.
func (w *world) says(r ran, lines string) {
	w.t.Helper()
	for line := range strings.SplitSeq(lines, "|") {
		line = strings.ReplaceAll(line, "@", w.home)
		if !strings.Contains("\n"+r.out, "\n"+line+"\n") && !strings.Contains(r.out, "  "+line+"\n") {
			w.t.Errorf("no line %q in\n%s%s", line, r.out, r.err)
		}
	}
}

// What is said of a path leads to what works: here the sentences.
func TestRemedies(t *testing.T) {
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u)
		w.put("@/.cache/pip/f", "x", 0o644)
		w.put("@/inst/bin/interp", "", 0o755)
		copyFile(t, "/bin/sh", filepath.Join(w.home, "inst/bin/interp"))
		w.put("@/inst/bin/tool", "#!@/inst/bin/interp\necho ran\n", 0o755)
		w.put("@/own/bin/onlyone", "#!/bin/sh\necho ran\n", 0o755)
		w.put("@/looked/lib/cli.js", "#!/usr/bin/env -S mynode\necho ran\n", 0o755)
		w.put("@/looked/bin/mynode", "", 0o755)
		copyFile(t, "/bin/sh", filepath.Join(w.home, "looked/bin/mynode"))
		w.must(os.Symlink("../lib/cli.js", filepath.Join(w.home, "looked/bin/cli")))
		w.path = w.bin + ":" + w.home + "/looked/bin:/usr/bin:/bin"
		for args, lines := range map[string]string{
			"--op create @/.cache/pip/new":                   "to allow it: --write @/.cache/pip, or --profile python",
			"--op write @/.cache/pip/f":                      "to allow it: --write-file @/.cache/pip/f, or --profile python",
			"@/.cache/go-build/x":                            "'@/.cache/go-build' does not exist: make it first, then --read @/.cache/go-build allows it|to allow it: --profile go",
			"--op create @/.cache/none/a/b":                  "'@/.cache/none' does not exist: make it first, then --write @/.cache/none allows it",
			"--op mkdir @/.cache/none/a":                     "'@/.cache/none' does not exist: make it first, then --write @/.cache/none allows it",
			"--op rmdir @/.cache/none/a":                     "'@/.cache/none' does not exist: make it first, then --temp @/.cache/none allows it",
			"@/.npmrc":                                       "'@/.npmrc' is protected (credential files)|'@/.npmrc' does not exist: make it first, then --read-file @/.npmrc allows it",
			"@/.ssh/none":                                    "'@/.ssh' is protected (SSH keys)|it does not exist",
			"ls":                                             "there is no file 'ls' here; 'nono why --command ls' asks about the command of that name",
			"no-such-thing":                                  "there is no file 'no-such-thing' here; 'nono why --command no-such-thing' asks about a command",
			"--allow . --op execute @/inst/bin/tool":         "to allow it: --read @/inst",
			"--allow . --op execute @/own/bin/onlyone":       "to allow it: --read-file @/own/bin/onlyone",
			"--allow . --op execute @/looked/bin/cli":        "to allow it: --read @/looked",
			"--read . --write-file a --op readwrite a":       "'@/project' is granted (--read .), and '@/project/a' is granted (--write-file a)",
			"--read-file a --write . --op readwrite a":       "'@/project/a' is granted (--read-file a), and '@/project' is granted (--write .)",
			"--allow . -- cat a @/.ssh/id":                   "allowed: the command 'cat a @/.ssh/id'|denied: read '@/.ssh/id'|'@/.ssh' is protected (SSH keys)",
			"-- rm a":                                        "denied: the command 'rm a'|blocked command: file destruction|to allow it: --allow-command rm",
			"-- no-such-thing a":                             "denied: the command 'no-such-thing a'|it is in no directory of PATH",
			"--deny @/own --allow . -- @/own/bin/onlyone -x": "denied: the command '@/own/bin/onlyone -x'",
		} {
			w.says(w.why(strings.Fields(args)...), lines)
		}
		// A single word behind -- is a path where there is such a path.
		w.says(w.why("--allow", ".", "--", "a"), "allowed: read 'a'")
		w.says(w.why("--allow", ".", "--", "ls"), "allowed: the command 'ls'")
	})
}

// What stands against it besides nono is said, with what it is.
func TestModeIsSaid(t *testing.T) {
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		if u.Root() {
			return // whom no mode stops
		}
		w := newWorld(t, u)
		w.put("@/shut", "", 0)
		mode := "its mode is 0000, and it belongs to user " + strconv.Itoa(u.UID)
		w.says(w.why("@/shut"), "nor would --read-file @/shut: "+mode)
		r := w.why("--read-file", "@/shut", "@/shut")
		w.says(r, "the file permissions or the mount do not let this user|"+mode)
		if strings.Contains(r.out, "nothing") {
			t.Errorf("it speaks of nono: %s", r.out)
		}
	})
}

// Every remedy is tried for real: with the flags, or a profile, or after the thing
// was made, nono run lets the operation through, and without it does not.
func TestRemediesHold(t *testing.T) {
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u)
		w.put("@/.cache/pip/f", "x", 0o644)
		w.put("@/inst/bin/interp", "", 0o755)
		copyFile(t, "/bin/sh", filepath.Join(w.home, "inst/bin/interp"))
		w.put("@/inst/bin/tool", "#!@/inst/bin/interp\necho ran\n", 0o755)
		tried := 0
		for _, c := range []struct{ op, path, act string }{
			{"create", "@/.cache/pip/new", ": > $0 && rm -f $0"},
			{"write", "@/.cache/pip/f", ": >> $0"},
			{"read", "@/notes", "cat $0"},
			{"read", "@/.ssh/id", "cat $0"},
			{"execute", "@/inst/bin/tool", "$0"},
			{"create", "@/.cache/go-build/x", ": > $0"},
			{"create", "@/.cache/none/x", ": > $0"},
		} {
			path := strings.ReplaceAll(c.path, "@", w.home)
			run := func(flags ...string) bool {
				args := append([]string{"--silent", "--allow", ".", "--allow-command", "all"}, flags...)
				return w.start("", "nono-run", append(args, "--", "sh", "-c", c.act, path)...).status == 0
			}
			var v struct {
				Suggestion *string
				Profiles   []string
				Note       string
			}
			w.must(json.Unmarshal([]byte(w.why("--json", "--allow", ".", "--op", c.op, path).out), &v))
			if run() {
				t.Errorf("%s %s works without any remedy", c.op, path)
			}
			var remedies [][]string
			if v.Suggestion != nil {
				remedies = append(remedies, strings.Fields(*v.Suggestion))
			}
			for _, name := range v.Profiles {
				remedies = append(remedies, []string{"--profile", name})
			}
			if _, then, ok := strings.Cut(v.Note, "make it first, then "); ok {
				flags := strings.Fields(strings.TrimSuffix(then, " allows it"))
				remedies = append(remedies, flags)
				if v.Profiles == nil { // a profile makes it itself
					w.must(os.MkdirAll(flags[1], 0o755))
					w.u.Own(t, flags[1])
				} else {
					remedies = remedies[:len(remedies)-1]
				}
			}
			for _, flags := range remedies {
				tried++
				if !run(flags...) {
					t.Errorf("%s %s does not work with %q (%+v)", c.op, path, flags, v)
				}
			}
			if remedies == nil {
				t.Errorf("%s %s: no remedy (%+v)", c.op, path, v)
			}
		}
		if tried < 8 {
			t.Errorf("only %d remedies were tried", tried)
		}
	})
}

// Inside, what is protected is said to be, before a flag is named that opens it.
func TestSelfKnowsProtected(t *testing.T) {
	w := newWorld(t, testenv.User{UID: os.Getuid()})
	inside := func(path string) ran {
		return w.start("", "nono-run", "--silent", "--allow", ".", "--read", w.bin, "--", "nono-why", "--self", path)
	}
	w.says(inside("@/.ssh/id"), "'@/.ssh' is protected (SSH keys)|to allow it: --read-file @/.ssh/id")
	w.says(inside("@/notes"), "nothing grants it|to allow it: --read-file @/notes")
}

// A grant of one file holds for the file that was there. One that another program
// has put in its place is shut, and --self says why.
func TestReplacedSinceTheStart(t *testing.T) {
	w := newWorld(t, testenv.User{UID: os.Getuid()})
	dir := filepath.Join(w.home, "project")
	go func() {
		for range 200 {
			if _, err := os.Stat(dir + "/go"); err == nil {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		w.must(os.WriteFile(w.home+"/new", []byte("new\n"), 0o644))
		w.must(os.Rename(w.home+"/new", w.home+"/notes"))
		w.must(os.WriteFile(dir+"/done", nil, 0o644))
	}()
	r := w.start("", "nono-run", "--silent", "--allow", ".", "--read", w.bin, "--read-file", "@/notes", "--", "sh", "-c",
		`cat "$0"; : > go; for i in $(seq 200); do [ -e done ] && break; sleep 0.02; done; cat "$0"; nono-why --self "$0"`, "@/notes")
	w.says(r, "text|denied: read '@/notes'")
	if !strings.Contains(r.out, "was probably replaced since the start") || !strings.Contains(r.out, "start the sandbox again") {
		t.Errorf("%s%s", r.out, r.err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	if out, err := exec.Command("cp", "-L", from, to).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}
