package policy

import (
	"strings"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/spec"
)

// seal notes the deny of a policy.
func (l *lines) seal(k spec.Kind, path, policy string) {
	set := l.sealed
	if k == spec.DenyWrite {
		set = l.sealedWrite
	}
	if set[path] == "" {
		set[path] = policy
	}
}

// sealedBy returns the policy of which a deny in the set is at path or above it, or "".
func sealedBy(set map[string]string, path string) string {
	if len(set) == 0 {
		return ""
	}
	for ; ; path = spec.Parent(path) {
		if set[path] != "" || path == "/" {
			return set[path]
		}
	}
}

// sealAliases seals what a policy denies by the other names that mounts give it too: a
// grant at such a name, or beneath one, is at no name of the deny.
func (c *compiler) sealAliases(l *lines, g Grant, path string) error {
	if g.Policy == "" || c.h.GOOS != "linux" {
		return nil
	}
	at, err := c.res.Resolve(path)
	if err != nil {
		return nil // nothing is mounted there
	}
	aliases, err := carve.Aliases(at.Path)
	if err != nil {
		return refusal(g, path, err)
	}
	for _, a := range aliases {
		l.seal(g.Kind, strings.TrimSuffix(a.At, "/"), g.Policy)
	}
	return nil
}

// sealCommands keeps the files of the commands that a policy blocks, or that it does not
// let anybody allow, from being granted: a grant of the file itself would give the
// command back.
func (c *compiler) sealCommands(l *lines, cmds *commands) {
	m := c.o.Managed
	if m == nil || len(m.Blocked) == 0 && len(m.Forbidden) == 0 {
		return
	}
	for _, dir := range cmds.dirs {
		for _, f := range cmds.blockedIn(c.res, dir) {
			policy := m.Forbids("allow-command", f.Name, c.h.GOOS)
			if by := spec.ParseOrigin(cmds.category[f.Name]); by.Source == spec.Policy {
				policy = by.Detail
			}
			path := spec.Join(dir, f.Name)
			if policy == "" || !f.Target.Exists || f.Target.IsDir() || cmds.whyNotDenied(path, f.Target, false) != "" {
				continue
			}
			l.seal(spec.Deny, path, policy)
			l.seal(spec.Deny, f.Target.Path, policy)
		}
	}
}

// refuseSealed refuses a typed grant that a policy's deny takes back: it would be as
// if it had not been typed.
func (l *lines) refuseSealed(g Grant, path string) error {
	if policy := sealedBy(l.sealed, path); policy != "" {
		return PolicyError("grant "+flagOf(g.Kind), g.Path, "it is denied by", policy)
	}
	if policy := sealedBy(l.sealedWrite, path); policy != "" && g.Kind.Writes() && l.readingOf(g.Kind, path) == 0 {
		return PolicyError("grant "+flagOf(g.Kind), g.Path, "writing there is denied by", policy)
	}
	return nil
}

// Taken is a grant of which the deny of a policy leaves nothing, or, where Reads, the
// reading.
type Taken struct {
	Grant  spec.Path
	Reads  bool
	Policy string
}

// noteTaken notes what a policy has left of a grant, if that is less than was asked
// for.
func (l *lines) noteTaken(g spec.Path, left spec.Kind) {
	policy := sealedBy(l.sealed, g.Path)
	if policy == "" && left != g.Kind {
		policy = sealedBy(l.sealedWrite, g.Path)
	}
	if policy != "" {
		l.taken = append(l.taken, Taken{g, left != 0, policy})
	}
}
