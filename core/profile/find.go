package profile

import (
	"embed"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/fault/nearest"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/site"
)

//go:embed builtin
var builtin embed.FS

const suffix = ".profile"

// source is the text of a profile and where it is from.
type source struct {
	name  string
	label string // for messages: the quoted file, or "the built-in 'x'"
	own   bool   // the user's or the site's, not a built-in
	site  bool   // the site's
	text  string
}

// pos is a line of the source, for messages; 0 is the source as a whole.
func (s source) pos(n int) string {
	if n == 0 {
		return s.label
	}
	return "line " + strconv.Itoa(n) + " of " + s.label
}

// find reads the profile of that name: the site's, the user's, or the built-in. With
// hidden it passes over those that are no built-in. The site's is not hidden by the
// user's: who is told to use it gets it.
func find(name string, env Env, hidden bool) (source, error) {
	if !goodName(name) {
		return source{}, badName(name)
	}
	if file := env.Files[name]; file != "" && !hidden {
		text, err := os.ReadFile(file)
		if err != nil {
			return source{}, &fault.Error{Do: "read the profile", Path: file, Err: err}
		}
		return source{name: name, label: fault.Quote(file), own: true, text: string(text)}, nil
	}
	if !hidden {
		if f, ok, err := site.Profile(name); ok || err != nil {
			return source{name: name, label: fault.Quote(f.Path), own: true, site: true, text: f.Text}, err
		}
	}
	if dir := env.dir(); dir != "" && !hidden {
		file := filepath.Join(dir, name+suffix)
		text, err := readOwn(dir, file, env.UID)
		if err == nil && env.movedIntoWorkdir(dir) {
			err = refused(file, fault.Text("XDG_CONFIG_HOME leads into the project that you are in, where a command in a sandbox may have made it"),
				"unset XDG_CONFIG_HOME, or move the file to ~/.config/nono/profiles")
		}
		if err == nil && env.Verify != nil {
			err = env.Verify(file, text)
		}
		if err == nil {
			return source{name: name, label: fault.Quote(file), own: true, text: text}, nil
		}
		if err != errNone {
			return source{}, err
		}
	}
	text, err := builtin.ReadFile("builtin/" + name + suffix)
	if err != nil {
		return source{}, missing(name, env)
	}
	return source{name: name, label: "the built-in " + fault.Quote(name), text: string(text)}, nil
}

// IsBuiltin reports whether nono comes with a profile of that name.
func IsBuiltin(name string) bool {
	f, err := builtin.Open("builtin/" + name + suffix)
	if err != nil {
		return false
	}
	f.Close()
	return true
}

// goodName reports whether name is one: it becomes part of a file name.
func goodName(name string) bool {
	if name == "" || len(name) > 64 || name[0] == '.' || name[0] == '-' {
		return false
	}
	return strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == ""
}

// badName says what to give instead of a list or a path.
func badName(name string) error {
	const rule = "letters, digits, '-', '_' and '.' make one"
	m := &mistake{what: fault.Quote(name) + " is no name of a profile: " + rule, alone: "that is no name of a profile: " + rule, hint: "--list-profiles lists them"}
	parts := strings.Split(name, ",")
	switch {
	case len(parts) > 1 && !slices.ContainsFunc(parts, func(s string) bool { return !goodName(s) }):
		m.hint = "each has its flag: --profile " + strings.Join(parts, " --profile ")
	case strings.HasSuffix(name, suffix) && goodName(strings.TrimSuffix(filepath.Base(name), suffix)):
		m.hint = "put it into ~/.config/nono/profiles, and use --profile " + strings.TrimSuffix(filepath.Base(name), suffix)
	}
	return m
}

func missing(name string, env Env) error {
	m := &mistake{what: "there is no profile " + fault.Quote(name), alone: "there is none of that name", hint: "--list-profiles lists them"}
	if file := foreign(name, env); file != "" {
		own := fault.Quote(filepath.Join(env.dir(), name+suffix))
		m.hint = fault.Quote(file) + " is of another form: write what it says, a flag a line, into " + own
		if !strings.HasSuffix(file, ".yaml") {
			m.hint = "nono policy import " + fault.Quote(file) + " >" + own
		}
		return m
	}
	all, err := List(env)
	if err != nil {
		return m
	}
	var names []string
	for _, e := range all {
		names = append(names, e.Name)
	}
	near := nearest.Name(name, names)
	if near == "" {
		near = onlyWith(name+"-", names)
	}
	if near != "" {
		m.hint = "did you mean '" + near + "'? --list-profiles lists them"
	}
	return m
}

// foreign returns the file of that name which is a profile of another sandbox, if
// there is one, or "".
func foreign(name string, env Env) string {
	for _, ext := range [...]string{".toml", ".json", ".yaml"} {
		file := filepath.Join(env.dir(), name+ext)
		if info, err := os.Lstat(file); err == nil && info.Mode().IsRegular() && env.dir() != "" {
			return file
		}
	}
	return ""
}

// onlyWith returns the one name that begins so, or "".
func onlyWith(prefix string, names []string) string {
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !strings.HasPrefix(n, prefix) })
	if len(names) != 1 {
		return ""
	}
	return names[0]
}

// dir is where the user's own profiles are, or "" if there is no telling.
func (e Env) dir() string {
	config, err := e.variable("XDG_CONFIG_HOME")
	if err != nil {
		return ""
	}
	return filepath.Join(config, "nono", "profiles")
}

// movedIntoWorkdir reports whether the environment has put the profiles into the
// project in which the user works, where an earlier run could have made them.
func (e Env) movedIntoWorkdir(dir string) bool {
	home, err := e.home()
	if err != nil || dir == filepath.Join(home, ".config", "nono", "profiles") {
		return false
	}
	return paths.InProject(dir, e.Workdir, home)
}

// Entry is one profile that can be used.
type Entry struct {
	Name  string
	File  string // of the user's own; "" for a built-in
	Hides bool   // it hides a built-in, or, the site's, the user's own
	Site  bool   // it is the site's
	// About is the first comment line of a built-in. A user's own file is not
	// opened to list it.
	About string
}

// List returns the profiles, sorted by name.
func List(env Env) ([]Entry, error) {
	var all []Entry
	files, err := builtin.ReadDir("builtin")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		text, err := builtin.ReadFile("builtin/" + f.Name())
		if err != nil {
			return nil, err
		}
		first, _, _ := strings.Cut(string(text), "\n")
		name := strings.TrimSuffix(f.Name(), suffix)
		all = append(all, Entry{Name: name, About: strings.TrimPrefix(first, "# "+name+": ")})
	}
	for _, file := range ownFiles(env.dir()) {
		own := Entry{Name: strings.TrimSuffix(filepath.Base(file), suffix), File: file}
		if !goodName(own.Name) {
			continue
		}
		if i := slices.IndexFunc(all, func(e Entry) bool { return e.Name == own.Name }); i >= 0 {
			own.Hides = true
			all[i] = own
		} else {
			all = append(all, own)
		}
	}
	if err := addSite(&all); err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// addSite adds the site's profiles, in the place of what they hide.
func addSite(all *[]Entry) error {
	names, err := site.Profiles()
	for _, name := range names {
		if !goodName(name) {
			continue
		}
		e := Entry{Name: name, File: site.ProfileDir + "/" + name + suffix, Site: true}
		if i := slices.IndexFunc(*all, func(x Entry) bool { return x.Name == name }); i >= 0 {
			e.Hides = true
			(*all)[i] = e
		} else {
			*all = append(*all, e)
		}
	}
	return err
}
