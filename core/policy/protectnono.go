package policy

import "github.com/nono-sandbox/nono/core/spec"

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
		paths := []string{spec.Join(prefix, "libexec/nono/nono-exec-shim"), spec.Join(prefix, "share/nono")} // a shell reads the latter
		for _, name := range [...]string{"nono", "nono-run", "nono-why", "nono-exec-shim"} {
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
