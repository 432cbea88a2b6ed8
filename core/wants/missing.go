package wants

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/profile"
	"github.com/nono-sandbox/nono/core/spec"
)

// Have is what a sandbox gives already.
type Have struct {
	Spec     *spec.Spec // nil where there is none, because it could not be made
	Profiles []string
	// Lifted reports whether a blocked command may be called all the same.
	Lifted func(command string) bool
	// Load reads a profile, with what it includes.
	Load func(name string) (*profile.Profile, error)
	// Dir is where the command starts, resolved.
	Dir string
}

// Missing returns the flags that are wanted and that the sandbox lacks, as few as
// will do: a profile of which nothing is missing here is left out. Where a tool
// gets something, the directory in which it works is one of the flags.
func (w Wants) Missing(have Have) []Want {
	var out []Want
	lifted := have.Lifted
	allowed := func(p *profile.Profile, command string) bool {
		return slices.ContainsFunc(p.Lines, func(l profile.Line) bool { return l.Word == "allow-command" && l.Value == command })
	}
	workdir := false
	add := func(name string) {
		p, err := have.Load(name)
		want := Want{"profile", name}
		if err != nil || slices.Contains(have.Profiles, name) || slices.Contains(out, want) || !lacks(p, have) {
			return
		}
		out = append(out, want)
		workdir = workdir || p.Workdir != 0
		before := lifted
		lifted = func(command string) bool { return before(command) || allowed(p, command) }
	}
	for _, want := range w.Flags {
		switch {
		case want.Flag == "profile":
			add(want.Arg)
		case switched(have.Spec, want.Flag), want.Flag == "allow-command" && lifted(want.Arg):
		default:
			out = append(out, want)
		}
	}
	blocked := slices.DeleteFunc(slices.Clone(w.Blocked), func(c string) bool { return lifted(c) })
	if build, err := have.Load("build"); err == nil && slices.ContainsFunc(blocked, func(c string) bool { return allowed(build, c) }) {
		add("build")
	}
	for _, c := range blocked {
		if !lifted(c) {
			out = append(out, Want{"allow-command", c})
		}
	}
	if len(out) > 0 && !workdir && have.Spec != nil && !writable(have.Spec, have.Dir) {
		out = append(out, Want{"allow", "."})
	}
	return out
}

// lacks reports whether a profile says something that the sandbox does not give. A
// path that does not exist, and that the profile does not make, is nothing.
func lacks(p *profile.Profile, have Have) bool {
	if have.Spec == nil {
		return true
	}
	for _, l := range p.Lines {
		kind := spec.KindOf(l.Word)
		switch {
		case isSwitch(l.Word) && !switched(have.Spec, l.Word), l.Word == "allow-command" && !have.Lifted(l.Value):
			return true
		case kind == 0 || !kind.Grants():
			continue
		}
		path, err := filepath.EvalSymlinks(l.Value)
		made := slices.ContainsFunc(p.Create, func(n profile.New) bool { return n.Path == l.Value })
		if err != nil && !made {
			continue
		}
		if err != nil {
			path = l.Value
		}
		if !gives(have.Spec, kind, path) {
			return true
		}
	}
	return false
}

// isSwitch reports whether a flag is one that is on or off in a spec.
func isSwitch(flag string) bool {
	return slices.ContainsFunc(spec.SwitchTable[:], func(w spec.Switch) bool { return w.Flag == flag && flag != "" })
}

// switched reports whether a flag is one that is on in s; s may be nil.
func switched(s *spec.Spec, flag string) bool {
	if s == nil {
		return false
	}
	for i := range spec.SwitchTable {
		if w := &spec.SwitchTable[i]; w.Flag == flag && flag != "" {
			return *w.Of(&s.Switches) || flag == "allow-rmdir-own" && s.Rmdir ||
				flag == "private-shm" && gives(s, spec.Allow, "/dev/shm")
		}
	}
	return false
}

// gives reports whether s grants path at least as kind does.
func gives(s *spec.Spec, kind spec.Kind, path string) bool {
	read, write := false, false
	for _, p := range s.Paths {
		if !p.Kind.Grants() || !spec.Within(path, p.Path) || p.Path != path && p.Kind.File() {
			continue
		}
		write = write || p.Kind.Writes()
		read = read || p.Kind != spec.Write && p.Kind != spec.WriteFile
	}
	return (write || !kind.Writes()) && (read || kind == spec.Write || kind == spec.WriteFile)
}

// writable reports whether s lets files be made in dir.
func writable(s *spec.Spec, dir string) bool {
	return slices.ContainsFunc(s.Paths, func(p spec.Path) bool {
		return (p.Kind == spec.Allow || p.Kind == spec.Write || p.Kind == spec.Temp) && spec.Within(dir, p.Path)
	})
}

// Hint says in one line which flags are missing, and because of what; "" for none.
func (w Wants) Hint(missing []Want) string {
	if len(missing) == 0 {
		return ""
	}
	flags := make([]string, len(missing))
	for i, m := range missing {
		flags[i] = m.String()
	}
	text := strings.Join(flags, " ")
	switch {
	case w.Script != "" && len(w.Blocked) > 0:
		return "'" + filepath.Base(w.Script) + "' calls blocked commands (" + strings.Join(w.Blocked, ", ") + "): add " + text
	case len(w.Blocked) > 0:
		return "it calls blocked commands (" + strings.Join(w.Blocked, ", ") + "): add " + text
	}
	if w.Own != "" && missing[0] == (Want{"profile", w.Own}) {
		return "there is a profile for '" + w.Command + "', which has its settings: add " + text
	}
	return w.Command + " usually needs more than is granted: add " + text
}

// dirs returns the names of the directories in one, for a Finder.
func dirs(path string) []string {
	entries, _ := os.ReadDir(path)
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

// largest is how much of a script is read.
const largest = 2 << 20

// ReadFile reads a file for a Finder: a regular one, and not too large. Nothing
// waits, whatever lies there.
func ReadFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > largest {
		return "", os.ErrInvalid
	}
	text, err := os.ReadFile(path)
	return string(text), err
}
