package policy

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// homeCommandDirs are the directories of a home in which installers put commands.
var homeCommandDirs = [...]string{".local/bin", "bin", ".cargo/bin", "go/bin", ".npm-global/bin", ".bun/bin", ".deno/bin"}

// shellWords are words that only a shell knows, and that people type first.
var shellWords = [...]string{".", "alias", "cd", "eval", "exec", "export", "set", "source", "ulimit", "umask", "unset"}

// insteadOf is the remedy where no directory of PATH has name: what a shell would
// read, which nothing does here, or a file of this name in another usual place.
func (c *compiler) insteadOf(name string) string {
	before, _, assignment := strings.Cut(name, "=")
	switch {
	case assignment && before != "" && !strings.ContainsAny(before, " |&;<>()$`*?'\"\\\n"):
		return "env " + fault.Quote(name) + " COMMAND sets a variable for COMMAND"
	case strings.ContainsAny(name, " |&;<>$`"):
		return "no shell reads the command: sh -c " + fault.Quote(name) + " starts one that does"
	case slices.Contains(shellWords[:], name):
		return "only a shell knows this word: sh -c '" + name + " …' starts one"
	}
	if c.executable(spec.Join(c.startDir(), name)) {
		return fault.Quote("./"+name) + " starts the file in this directory"
	}
	places := lists.CommandDirs[:]
	if home := c.h.home(); strings.HasPrefix(home, "/") {
		for _, dir := range homeCommandDirs {
			places = append(places, spec.Join(filepath.Clean(home), dir))
		}
	}
	for _, dir := range places {
		if path := spec.Join(dir, name); c.executable(path) {
			return fault.Quote(path) + " has this name: start it by its path"
		}
	}
	return ""
}

func (c *compiler) executable(path string) bool {
	p, err := c.res.Resolve(path)
	return err == nil && p.Exists && !p.IsDir() && unix.Access(p.Path, unix.X_OK) == nil
}
