package policy

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
)

// starts compiles for a command and returns what it granted of the box to start
// it, or the error.
func (b *box) starts(o Options, command ...string) (*Policy, string) {
	b.t.Helper()
	o.NetBlock, o.Command = true, command
	p, err := b.compile(o)
	if err != nil {
		return nil, strings.ReplaceAll(err.Error(), b.root, "BOX")
	}
	var got []string
	for _, l := range p.Spec.Paths {
		if path, ok := b.rel(l.Path); ok && l.By.Source == spec.Command {
			got = append(got, l.Kind.String()+" "+path)
		}
	}
	return p, strings.Join(got, ", ")
}

func TestLookup(t *testing.T) {
	b := newBox(t)
	b.file("bin/tool", script)
	b.file("bin/data", "no program")
	b.mkdir("bin/dir", "later", "project/sub")
	b.file("later/data", script)
	b.file("later/dir", script)
	b.file("project/tool", script)
	b.file("project/own", script)
	b.symlink("../later/data", "bin/linked")
	b.env["PATH"] = "::.:project:../project:" + b.bin + ":" + b.root + "/later"
	for _, c := range []struct {
		name, path, grants string
		status             int
	}{
		{"tool", "bin/tool", "read-file bin/tool", 0}, // not the one in the working directory
		{"own", "", "cannot find the command 'own': it is in no directory of PATH", 127},
		{"data", "later/data", "read-file later/data", 0}, // execvp passes over what is not executable
		{"dir", "later/dir", "read-file later/dir", 0},
		{"linked", "bin/linked", "read-file later/data", 0},
		{"./own", "project/./own", "read-file project/own", 0},
		{"../bin/tool", "project/../bin/tool", "read-file bin/tool", 0},
		{"./data", "", "cannot start './data': no such file or directory", 127},
		{"../bin/data", "", "cannot start '../bin/data': it is not executable", 126},
		{"./sub", "", "cannot start './sub': it is a directory", 126},
		{"own/", "", "cannot start 'own/': no such file or directory", 127},
		{"", "", "cannot start a command with an empty name", 0},
	} {
		p, got := b.starts(Options{}, c.name, "arg")
		if got != c.grants {
			t.Errorf("%q: %s\nwant %s", c.name, got, c.grants)
		}
		if p != nil {
			if p.Command.Path != b.root+"/"+c.path || !slices.Equal(p.Command.Argv, []string{c.name, "arg"}) {
				t.Errorf("%q: %+v, want %s", c.name, p.Command, c.path)
			}
			continue
		}
		_, err := b.compile(Options{NetBlock: true, Command: []string{c.name}})
		var e *CommandError
		if errors.As(err, &e) != (c.status != 0) || e != nil && e.Status != c.status {
			t.Errorf("%q: %v; want status %d", c.name, err, c.status)
		}
	}
	if err := os.Chmod(b.root+"/later/data", 0o644); err != nil {
		t.Fatal(err)
	}
	if _, got := b.starts(Options{}, "data"); got != "cannot start 'data': it is not executable" {
		t.Errorf("executable nowhere: %s", got)
	}
	b.env["PATH"] = ""
	if _, got := b.starts(Options{}, "tool"); got != "cannot find the command 'tool': it is in no directory of PATH" {
		t.Errorf("no PATH: %s", got)
	}
}

// TestStartHints: what is typed for a shell, and what a mode would mend.
func TestStartHints(t *testing.T) {
	b := newBox(t)
	b.file("project/data", "no program")
	if err := os.Chmod(b.root+"/project/data", 0o644); err != nil {
		t.Fatal(err)
	}
	b.file("project/here", script)
	b.file("home/.local/bin/installed", script)
	b.mkdir("home/.local/bin/directory")
	b.env["HOME"] = b.root + "/home"
	b.env["PATH"] = b.bin
	for name, want := range map[string]string{
		"nowhere":     "",
		"directory":   "",
		"cd":          "only a shell knows this word: sh -c 'cd …' starts one",
		"here":        "'./here' starts the file in this directory",
		"installed":   fault.Quote(b.root+"/home/.local/bin/installed") + " has this name: start it by its path",
		"-x":          "",
		"ls | wc -l":  "no shell reads the command: sh -c 'ls | wc -l' starts one that does",
		"make;true":   "no shell reads the command: sh -c 'make;true' starts one that does",
		"$EDITOR":     "no shell reads the command: sh -c '$EDITOR' starts one that does",
		"A=b":         "env 'A=b' COMMAND sets a variable for COMMAND",
		"A=b c":       "env 'A=b c' COMMAND sets a variable for COMMAND",
		"make A=b":    "no shell reads the command: sh -c 'make A=b' starts one that does",
		"=b":          "",
		"./data":      "chmod +x './data'",
		"/proc/stat":  "", // nobody may
		"./missing x": "",
	} {
		t.Run(name, func(t *testing.T) {
			if name == "/proc/stat" && os.Geteuid() == 0 {
				t.Skip("root may write everywhere")
			}
			_, err := b.compile(Options{NetBlock: true, Command: []string{name}})
			if err == nil || fault.HintOf(err) != want {
				t.Errorf("%v, hint %q, want %q", err, fault.HintOf(err), want)
			}
		})
	}
}

func TestInterpreters(t *testing.T) {
	b := newBox(t)
	b.file("bin/inner", "#!"+b.bin+"/binary -x\n")
	b.file("bin/binary", "#! \n")
	b.file("bin/env", "#!\n")
	for _, c := range []struct{ first, want string }{
		{"#!" + b.bin + "/binary", "bin/binary"},
		{"#! \t" + b.bin + "/binary \t -a b\r\n", "bin/binary"},
		{"#!" + b.bin + "/binary\t-a b\n", "bin/binary"},
		{"#!" + b.bin + "/binary\r\n", "bin/binary"},
		{"#!" + b.bin + "/inner\nmore", "bin/inner bin/binary"},
		{"#!../bin/binary\n", "bin/binary"}, // from the working directory
		{"#!" + b.bin + "/env inner -x\n", "bin/inner bin/binary bin/env"},
		{"#!" + b.bin + "/env -S A=b inner -x\n", "bin/inner bin/binary bin/env"},
		{"#!" + b.bin + "/env nowhere\n", "bin/env"},
		{"#!" + b.bin + "/nowhere\n", ""},
		{"#!" + b.bin + "\n", ""},
		{"#!\n", ""},
	} {
		b.file("project/run", c.first)
		want := "read-file project/run"
		for w := range strings.FieldsSeq(c.want) {
			want += ", read-file " + w
		}
		if _, got := b.starts(Options{}, "./run"); got != want {
			t.Errorf("%q grants %s\nwant %s", c.first, got, want)
		}
	}
	b.file("project/loop", "#!"+b.project+"/loop\n")
	if _, got := b.starts(Options{}, "./loop"); got != "read-file project/loop" {
		t.Errorf("its own interpreter: %s", got)
	}
}

// A symlink as the command opens a program or a script, not what somebody else
// may take the place of before the start. A file that is named itself is opened
// whatever it is.
func TestCommandByLink(t *testing.T) {
	b := newBox(t)
	b.file("home/key", "secret")
	b.file("home/tool", "#!/bin/sh\n")
	for _, name := range []string{"home/key", "home/tool"} {
		if err := os.Chmod(filepath.Join(b.root, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	b.symlink(b.home+"/key", "project/key")
	b.symlink(b.home+"/tool", "project/tool")
	b.symlink(b.home, "project/dir")
	for name, opened := range map[string]bool{
		"./key": false, "dir/key": false, b.project + "/dir/../key": false, "./tool": true, "dir/tool": true,
		b.home + "/key": true, b.home + "/tool": true, "../home/./key": true,
	} {
		_, got := b.starts(Options{}, name)
		if want := "read-file home/" + filepath.Base(name); strings.Contains(got, want) != opened {
			t.Errorf("%s grants %q; %s: %v", name, got, want, opened)
		}
	}
}

// A script is anybody's: the first line of one that an agent has written must not
// open a file that is no interpreter.
func TestNoInterpreter(t *testing.T) {
	b := newBox(t)
	elf := func(kind byte) string {
		return "\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 9) + string([]byte{kind, 0}) + "rest"
	}
	b.file("bin/env", elf(2))
	b.file("bin/tool", "#!"+b.root+"/opt/program\n")
	b.file("opt/program", elf(3))
	b.file("opt/core", elf(4))
	b.file("opt/script", "#!"+b.root+"/opt/program\n")
	b.file("home/.ssh/id_rsa", "secret")
	b.file("home/notes", "secret")
	for _, name := range []string{"bin/env", "opt/program", "opt/core", "home/.ssh/id_rsa", "home/notes"} {
		if err := os.Chmod(filepath.Join(b.root, name), 0o755); err != nil { // an agent can do that
			t.Fatal(err)
		}
	}
	b.symlink(b.home+"/notes", "bin/notes")
	b.symlink(b.root+"/opt/script", "bin/elsewhere")
	b.symlink(b.root+"/opt/program", "bin/program")
	for first, want := range map[string]string{
		b.root + "/opt/program":             "opt/program",
		b.root + "/opt/core":                "",
		b.root + "/opt/script":              "opt/program", // which the script would run by
		b.home + "/notes":                   "",
		b.home + "/.ssh/id_rsa":             "",
		b.bin + "/notes":                    "",
		b.bin + "/env notes":                "bin/env",
		b.bin + "/env -S -u notes tool":     "bin/env",
		b.bin + "/env " + b.home + "/notes": "bin/env",
		b.bin + "/env elsewhere":            "opt/program bin/env",
		b.bin + "/env program":              "opt/program bin/env",
		b.bin + "/env tool":                 "bin/tool opt/program bin/env",
	} {
		b.file("project/run", "#!"+first+"\n")
		grants := "read-file project/run"
		for w := range strings.FieldsSeq(want) {
			grants += ", read-file " + w
		}
		if _, got := b.starts(Options{}, "./run"); got != grants {
			t.Errorf("#!%s grants %s\nwant %s", first, got, grants)
		}
	}
}
