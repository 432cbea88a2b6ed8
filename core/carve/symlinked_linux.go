package carve

import "github.com/nono-sandbox/nono/core/spec"

// elsewhere reports whether the grants at n, whose path leads through a symlink, say
// only what other lines say of the real path: /bin beside /usr, where the one is a symlink
// to a directory in the other. They need no rule of their own then. A deny between such a line and
// what n leads to would take from it what the grants at n are written to give.
func elsewhere(s *spec.Spec, n *node) bool {
	_, real, err := leadsTo(n.path)
	if err != nil || real == n.path {
		return false
	}
	for _, p := range n.lines {
		if !covered(s, p, real) {
			return false
		}
	}
	return len(n.lines) > 0
}

// covered reports whether one grant of s, at or above real, gives what p gives.
func covered(s *spec.Spec, p *spec.Path, real string) bool {
	grant, shut := 0, 0
	for i := range s.Paths {
		q := &s.Paths[i]
		wanted := Granted(p.Kind, s.Rmdir)
		switch {
		case !spec.Within(real, q.Path):
		case !q.Kind.Grants():
			shut = max(shut, len(q.Path))
		case Granted(q.Kind, s.Rmdir)&wanted == wanted:
			grant = max(grant, len(q.Path))
		}
	}
	return grant > 0 && grant >= shut
}
