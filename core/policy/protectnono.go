package policy

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// byNono is the reason of the lines that protect nono's own programs.
var byNono = listed("runs as you later: nono itself")

// protectNono protects the programs of nono, and what shells read of it, against
// change, where a grant to write reaches them: what starts the next sandbox must
// not come out of this one. A program that is not there is protected too, since
// the one beside nono-run is looked for first.
func (c *compiler) protectNono(l *lines, p *protected) {
	done := map[string]bool{}
	for _, tool := range c.o.Tools {
		at, err := c.res.Resolve(spec.Parent(tool))
		if err != nil || done[at.Path] {
			continue
		}
		done[at.Path] = true
		prefix := spec.Parent(at.Path)
		paths := []string{spec.Join(prefix, "libexec/nono"), spec.Join(prefix, "share/nono")} // a shell reads the latter
		if clone := spec.Join(prefix, "shell"); isFile(clone + "/nono.bash") {
			paths = append(paths, clone)
		}
		for _, name := range [...]string{"nono", "nono-run", "nono-why", "nono-exec-shim", "nono-supervise", "nono-overlay", "nono-ephemeral", "nono-ask", "nono-hook",
			"nono-audit", "nono-learn", "nono-policy", "nono-policy-sigstore"} {
			paths = append(paths, spec.Join(at.Path, name))
		}
		for _, path := range paths {
			if _, ok := p.at[path]; !ok {
				p.at[path] = protection{spec.DenyWrite, byNono}
			}
			if l.reachedForWriting(path) {
				l.deny(spec.DenyWrite, path, byNono)
			}
		}
	}
}

// isFile reports whether path is a file, by whatever symlink.
func isFile(path string) bool {
	var st unix.Stat_t
	return unix.Stat(path, &st) == nil && uint32(st.Mode)&unix.S_IFMT == unix.S_IFREG
}

// beforeNono returns the directories of PATH that stand before nono's own and in which
// a grant lets new names be made: a nono that is put there would be the next one that
// is started by its name, outside.
func (c *compiler) beforeNono(l *lines, closed []string) []string {
	var own []string
	for _, tool := range c.o.Tools {
		if at, err := c.res.Resolve(spec.Parent(tool)); err == nil {
			own = append(own, at.Path)
		}
	}
	if len(own) == 0 {
		return nil
	}
	var out []string
	for dir := range strings.SplitSeq(c.h.Env("PATH"), ":") {
		if !strings.HasPrefix(dir, "/") { // an empty entry is the working directory
			dir = filepath.Join(c.h.Dir, dir)
		}
		at, err := c.res.Resolve(dir)
		switch {
		case err != nil || slices.Contains(out, at.Path):
		case slices.Contains(own, at.Path):
			return out
		case (l.changeable[at.Path] || above(l.changeable, at.Path)) && !slices.Contains(closed, at.Path) && !l.shutFor(at.Path):
			out = append(out, at.Path)
		}
	}
	return nil // nono is not found by PATH
}

// shutFor reports whether a line denies changes at path, or above it and beneath the
// grant that would let it be changed.
func (l *lines) shutFor(path string) bool {
	for ; path != "/"; path = spec.Parent(path) {
		if l.have[line{spec.Deny, path}] || l.have[line{spec.DenyWrite, path}] {
			return true
		}
		if l.changeable[path] {
			return false
		}
	}
	return false
}
