package wants

import (
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// always returns the scripts that npm and its like run by themselves with a
// subcommand, or nil.
func always(subcommand string) []string {
	switch subcommand {
	case "install":
		return []string{"preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"}
	case "publish":
		return []string{"prepublishOnly", "prepack", "prepare", "postpack", "publish", "postpublish"}
	case "pack":
		return []string{"prepack", "prepare", "postpack"}
	case "version":
		return []string{"preversion", "version", "postversion"}
	}
	return nil
}

// npm looks into the scripts of package.json that a package manager, or a program that
// runs such scripts, is to run; with workspaces, into those of the packages beneath too.
func (f *Finder) npm(out *Wants, argv []string, dir string, depth int) {
	before := len(out.Blocked)
	names := scripts(argv)
	places := []string{dir}
	if everywhere(argv) {
		places = append(places, f.workspaces(dir, names)...)
	}
	for _, place := range places {
		file := filepath.Join(place, "package.json")
		all := f.scriptsIn(file)
		for i, name := range names {
			if script := all[name]; script != "" && !slices.Contains(names[:i], name) {
				f.text(out, script, place, depth)
			}
		}
		if len(out.Blocked) > before && out.Script == "" {
			out.Script = file
		}
	}
}

// mostPackages is how many package.json are looked into: each takes a program that reads
// it. mostPlaces is how many directories are looked for them.
const (
	mostPackages = 8
	mostPlaces   = 256
)

// scriptsIn returns the scripts of a package.json by their names, or nil.
func (f *Finder) scriptsIn(file string) map[string]string {
	all, known := f.packages[file]
	if known || f.Scripts == nil || len(f.packages) == mostPackages {
		return all
	}
	text, err := f.Read(file)
	if err == nil {
		all = f.Scripts(text)
	}
	if f.packages == nil {
		f.packages = map[string]map[string]string{}
	}
	f.packages[file] = all
	return all
}

// workspaces returns the directories beneath dir, at most two steps down, whose
// package.json may have a script of one of these names. That is where workspaces are
// but for a few; which they are is said in four ways, and not looked at.
func (f *Finder) workspaces(dir string, names []string) []string {
	if f.Dirs == nil {
		return nil
	}
	var found []string
	looked := 0
	look := func(place string) {
		text, err := f.Read(filepath.Join(place, "package.json"))
		if err == nil && slices.ContainsFunc(names, func(n string) bool { return strings.Contains(text, `"`+n+`"`) }) {
			found = append(found, place)
		}
		looked++
	}
	for _, d := range f.Dirs(dir) {
		if d == "node_modules" || d[0] == '.' || looked > mostPlaces {
			continue
		}
		look(filepath.Join(dir, d))
		for _, e := range f.Dirs(filepath.Join(dir, d)) {
			if e != "node_modules" && e[0] != '.' && looked <= mostPlaces {
				look(filepath.Join(dir, d, e))
			}
		}
	}
	return found
}

// everywhere reports whether a command line is for the packages of a workspace.
func everywhere(argv []string) bool {
	switch path.Base(argv[0]) {
	case "turbo", "nx", "lerna":
		return true
	}
	return slices.ContainsFunc(argv[1:], func(a string) bool {
		switch name, _, _ := strings.Cut(a, "="); name {
		case "-r", "-w", "-F", "-ws", "--recursive", "--workspace", "--workspaces", "--filter", "workspace", "workspaces", "recursive", "multi":
			return true
		}
		return false
	})
}

// scripts are the names of the scripts that a package manager runs when it is
// called so.
func scripts(argv []string) []string {
	switch path.Base(argv[0]) {
	case "npm-run-all", "npm-run-all2", "run-s", "run-p":
		return around(argv[1:])
	case "turbo", "nx", "lerna":
		return around(tasks(argv[1:]))
	}
	name := word(argv)
	if name == "" {
		name = "install"
	}
	rest := argv[max(0, slices.Index(argv, name)):]
	switch name {
	case "workspaces", "recursive", "multi": // run NAME, or foreach -A run NAME
		name = word(rest[max(0, slices.Index(rest, "run")):])
	case "workspace": // PACKAGE [run] NAME
		rest = rest[min(1, len(rest)-1):]
		if name = word(rest); name == "run" {
			name = word(rest[1:])
		}
	case "run", "run-script":
		name = word(rest)
	}
	switch name {
	case "i", "ci", "add", "it":
		name = "install"
	case "t", "tst":
		name = "test"
	}
	if names := always(name); names != nil {
		return names
	}
	return around([]string{name})
}

// around returns names with the scripts that run before and after each.
func around(names []string) []string {
	var out []string
	for _, n := range names {
		if n != "" && n[0] != '-' {
			out = append(out, "pre"+n, n, "post"+n)
		}
	}
	return out
}

// tasks returns the names of scripts in what turbo, nx and lerna are told: names, lists
// set apart by commas, and PACKAGE:NAME.
func tasks(words []string) []string {
	var out []string
	for _, w := range words {
		_, value, ok := strings.Cut(w, "=")
		if ok {
			w = value
		}
		for name := range strings.SplitSeq(w, ",") {
			out = append(out, name[strings.LastIndexByte(name, ':')+1:])
		}
	}
	return out
}
