//go:build linux

package oracle

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// home makes some of what the lists protect: HOME is the tree's root.
func (t *tree) home(tb testing.TB) {
	for _, name := range []string{".ssh", ".config", ".local"} {
		if p := filepath.Join(t.root, name); t.r.IntN(2) == 0 && os.Mkdir(p, 0o755) == nil {
			must(tb, os.Lchown(p, t.owner, t.owner))
			t.dirs = append(t.dirs, p)
		}
	}
	for _, name := range []string{".netrc", ".bashrc", ".gitconfig", ".ssh/id_rsa"} {
		if _, err := os.Stat(filepath.Dir(filepath.Join(t.root, name))); err == nil && t.r.IntN(2) == 0 {
			t.file(tb, filepath.Join(t.root, name))
		}
	}
}

// randomFlags is a command line about the tree.
func (t *tree) randomFlags() []string {
	var flags []string
	if t.r.IntN(4) > 0 {
		flags = append(flags, []string{"--allow", "--allow", "--read", "--write", "--temp"}[t.r.IntN(5)], t.root)
	}
	kinds := []string{"--read", "--write", "--allow", "--read-file", "--write-file", "--allow-file", "--device", "--temp",
		"--deny", "--deny", "--deny", "--deny-write", "--deny-write"}
	for range 1 + t.r.IntN(5) {
		k := kinds[t.r.IntN(len(kinds))]
		var p string
		switch {
		case strings.HasPrefix(k, "--deny") && t.r.IntN(3) == 0:
			p = filepath.Join(t.pick(t.dirs), t.name())
		case strings.HasPrefix(k, "--deny"):
			p = t.pick(slices.Concat(t.dirs, t.files))
			if t.r.IntN(4) == 0 && p != t.root {
				p = "**/" + form.Replace(filepath.Base(p))
			}
		case strings.HasSuffix(k, "-file"):
			p = t.pick(t.files)
		case k == "--device":
			p = t.pick(t.files)
			if st, err := os.Stat(p); err != nil || st.Mode()&os.ModeDevice == 0 {
				continue
			}
		default:
			p = t.pick(append(t.dirs[:len(t.dirs):len(t.dirs)], t.links...))
		}
		if st, err := os.Stat(p); strings.HasPrefix(k, "--deny") || err == nil && st.IsDir() == !strings.HasSuffix(k, "-file") {
			flags = append(flags, k, p)
		}
	}
	for _, f := range []string{"--allow-rmdir", "--allow-unix-sockets", "--net-block"} {
		// With nothing granted nono-run wants the network blocked at least.
		if t.r.IntN(3) == 0 || f == "--net-block" && !slices.ContainsFunc(flags, grants) {
			flags = append(flags, f)
		}
	}
	return flags
}

// form makes a name a pattern that matches it alone, or nearly.
var form = strings.NewReplacer(`\`, `\\`, "[", `\[`, "*", `\*`, "?", "?")

func grants(word string) bool {
	return strings.HasPrefix(word, "--") && !strings.HasPrefix(word, "--deny") && word != "--allow-rmdir" && word != "--allow-unix-sockets"
}
