package wants

import (
	"encoding/json"
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
	text, err := f.Read(file)
	if err != nil {
		return
	}
	var pkg struct{ Scripts map[string]string }
	if json.Unmarshal([]byte(text), &pkg) != nil {
		return
	}
	before := len(out.Blocked)
	for _, name := range scripts(argv) {
		if script := pkg.Scripts[name]; script != "" {
			delete(pkg.Scripts, name) // one that calls itself is no news
			f.text(out, script, dir, depth)
		}
	}
	if len(out.Blocked) > before && out.Script == "" {
		out.Script = file
	}
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
