package wants

import (
	"path/filepath"
	"slices"
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

// npm looks into the scripts of package.json that a package manager is to run.
func (f *Finder) npm(out *Wants, argv []string, dir string, depth int) {
	file := filepath.Join(dir, "package.json")
	all := f.scriptsIn(file)
	before := len(out.Blocked)
	names := scripts(argv)
	for i, name := range names {
		if script := all[name]; script != "" && !slices.Contains(names[:i], name) {
			f.text(out, script, dir, depth)
		}
	}
	if len(out.Blocked) > before && out.Script == "" {
		out.Script = file
	}
}

// mostPackages is how many package.json are looked into: each takes a program that reads
// it.
const mostPackages = 8

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

// scripts are the names of the scripts that a package manager runs when it is
// called so.
func scripts(argv []string) []string {
	word := word(argv)
	at := slices.Index(argv, word)
	if word == "run" || word == "run-script" {
		if word = ""; at+1 < len(argv) {
			word = argv[at+1]
		}
	}
	switch word {
	case "i", "ci", "add", "it", "":
		word = "install"
	case "t", "tst":
		word = "test"
	}
	if names := always(word); names != nil {
		return names
	}
	return []string{"pre" + word, word, "post" + word}
}
