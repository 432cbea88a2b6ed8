package policy

import "github.com/nono-sandbox/nono/core/spec"

// byItself is the reason of the lines that protect nono's own programs.
var byItself = listed("runs as you later: nono itself")

// itself protects the programs of nono, and what shells read of it, against
// change, where a grant to write reaches them: what starts the next sandbox must
// not come out of this one. A program that is not there is protected too, since
// the one beside nono-run is looked for first.
func (c *compiler) itself() error {
	done := map[string]bool{}
	for _, tool := range c.o.Tools {
		at, err := c.res.resolve(spec.Parent(tool))
		if err != nil || done[at.path] {
			continue
		}
		done[at.path] = true
		prefix := spec.Parent(at.path)
		paths := []string{spec.Join(prefix, "libexec/nono/nono-exec-shim"), spec.Join(prefix, "share/nono")} // a shell reads the latter
		for _, name := range [...]string{"nono", "nono-run", "nono-why", "nono-exec-shim"} {
			paths = append(paths, spec.Join(at.path, name))
		}
		for _, path := range paths {
			if _, ok := c.covered[path]; !ok {
				c.covered[path] = cover{spec.DenyWrite, byItself}
			}
			if c.writable["/"] || anyAbove(c.writable, spec.Parent(path)) {
				c.add(spec.DenyWrite, path, byItself, fromUser)
			}
		}
	}
	return nil
}
