// Package wants tells what a command usually wants of a sandbox besides the
// directory that it works in, before it is started: by a list of well-known
// commands, and by what the scripts say that it is to run. It is advice, and grants
// nothing.
package wants

import (
	"path"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/lists"
)

// A Want is a flag of nono-run that a command usually needs.
type Want struct {
	Flag string // "profile", "allow-command", "allow-rmdir", …
	Arg  string // empty for a flag without one
}

// String spells the flag as it is typed.
func (w Want) String() string {
	if w.Arg == "" {
		return "--" + w.Flag
	}
	return "--" + w.Flag + " " + w.Arg
}

// Wants is all that is known of one command line.
type Wants struct {
	// Command is the name by which the list knows the command, or "".
	Command string
	// Own is the profile that is for this command alone, or "". It is in Flags too.
	Own   string
	Flags []Want
	// Blocked are the blocked commands that its scripts call, each once, in the
	// order of the text.
	Blocked []string
	// Script is the file with those scripts, as it was looked for, or "".
	Script string
	// Settings are files that decide where the command goes, beginning with ~/.
	Settings []string
	looked   int
}

// A Finder finds out what commands want.
type Finder struct {
	Lists   []lists.Wanted // the user's own lines first
	Blocked []string       // the names of the blocked commands
	// Read returns the text of a file that a command would read, or an error. It is
	// called for scripts, package.json and Makefiles only.
	Read func(path string) (string, error)
	// Scripts returns the scripts of the text of a package.json by their names. Where it
	// is nil, they are not looked into.
	Scripts func(text string) map[string]string
	// Dirs returns the names of the directories in one. Where it is nil, workspaces are
	// not looked into.
	Dirs func(path string) []string
	// packages are the scripts of the package.json that were looked into.
	packages map[string]map[string]string
}

// Scripts may call one another without end: deepest is how far they are followed,
// and most how many commands are looked at in all.
const (
	deepest = 6
	most    = 20_000
)

// Of returns what argv wants, started in dir. Its first word is the file of the
// command, or its name.
func (f *Finder) Of(argv []string, dir string) Wants {
	var out Wants
	f.add(&out, argv, dir, 0)
	return out
}

// add adds what one command line wants.
func (f *Finder) add(out *Wants, argv []string, dir string, depth int) {
	argv = unwrap(argv)
	out.looked++
	if len(argv) == 0 || depth > deepest || out.looked > most {
		return
	}
	name := path.Base(argv[0])
	if depth > 0 && slices.Contains(f.Blocked, name) && !slices.Contains(out.Blocked, name) {
		out.Blocked = append(out.Blocked, name)
	}
	if name == "sh" || name == "bash" || name == "dash" || name == "zsh" || name == "ksh" {
		f.shell(out, argv, dir, depth)
		return
	}
	line := f.line(name, word(argv))
	if line == nil {
		if depth == 0 {
			f.script(out, argv[0], dir, depth)
		}
		return
	}
	if out.Command == "" {
		out.Command = name
	}
	for _, item := range line.Items {
		switch item {
		case "-":
		case "@npm":
			f.npm(out, argv, dir, depth)
		case "@python":
			f.python(out, argv, dir)
		case "@make":
			f.make(out, argv, dir, depth)
		default:
			if file, ok := strings.CutPrefix(item, "?"); ok {
				out.Settings = append(out.Settings, file)
				continue
			}
			flag, arg, _ := strings.Cut(strings.TrimPrefix(item, "--"), "=")
			if flag == "@own" {
				flag, out.Own = "profile", arg
			}
			if w := (Want{flag, arg}); !slices.Contains(out.Flags, w) {
				out.Flags = append(out.Flags, w)
			}
		}
	}
}

// line returns the line of the lists that is for a command and its first word.
func (f *Finder) line(name, word string) *lists.Wanted {
	for i := range f.Lists {
		if f.Lists[i].Command == "*" {
			return &f.Lists[i]
		}
	}
	for _, exact := range [...]bool{true, false} {
		for i := range f.Lists {
			l := &f.Lists[i]
			if l.Command == name && (exact && l.Word == word && word != "" || !exact && l.Word == "") {
				return l
			}
		}
	}
	return nil
}

// word returns the first argument that is no flag. The few flags that take a word
// of their own before it are passed over with it.
func word(argv []string) string {
	for i := 1; i < len(argv); i++ {
		switch a := argv[i]; {
		case a == "-C" || a == "-c" || a == "--prefix" || a == "--cwd" || a == "--dir" || a == "--directory" || a == "-w" || a == "--workspace" || a == "-F" || a == "--filter":
			i++
		case !strings.HasPrefix(a, "-"):
			return a
		}
	}
	return ""
}

// unwrap takes off what only starts another command: env, time, nice and the like,
// assignments, and an interpreter that is told a module's name.
func unwrap(argv []string) []string {
	for len(argv) > 0 {
		name := path.Base(argv[0])
		switch {
		case assignment(argv[0]):
			argv = argv[1:]
		case name == "env" || name == "time" || name == "nice" || name == "nohup" || name == "exec" || name == "command" || name == "stdbuf" || name == "cross-env":
			argv = argv[1:]
			for len(argv) > 0 && strings.HasPrefix(argv[0], "-") {
				argv = argv[1:]
			}
		case strings.HasPrefix(name, "python") && len(argv) > 2 && argv[1] == "-m":
			argv = argv[2:]
		default:
			return argv
		}
	}
	return nil
}

// assignment reports whether a shell would take s for NAME=VALUE.
func assignment(s string) bool {
	name, _, ok := strings.Cut(s, "=")
	return ok && name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}
