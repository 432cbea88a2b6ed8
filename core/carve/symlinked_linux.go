package carve

import "github.com/nono-sandbox/nono/core/spec"

// elsewhere reports whether other lines grant the same as the grants at n, whose path has a
// symlink: for example /bin and /usr, if /bin is a symlink to /usr/bin. Then the grants at n
// need no rule. If there is a deny between the other line and the target of n, the result
// is false: the deny would take rights away that the grants at n should give.
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

// covered reports whether one grant of s, at or above real, gives all rights of p.
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
