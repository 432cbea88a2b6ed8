package policy

import (
	"strings"

	"github.com/nono-sandbox/nono/core/carve/aliases"
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

// sealedBy returns the policy of which a deny is at path or above it, or "". Whether
// anything was found by a pattern does not matter: the name alone tells.
func (l *lines) sealedBy(path string) string { return sealedIn(l.sealed, l.forms, spec.Deny, path) }

// frozenBy is sealedBy for deny-write.
func (l *lines) frozenBy(path string) string {
	return sealedIn(l.sealedWrite, l.forms, spec.DenyWrite, path)
}

func sealedIn(set map[string]string, forms []*form, k spec.Kind, path string) string {
	if len(set) == 0 && len(forms) == 0 {
		return ""
	}
	for at := path; ; at = spec.Parent(at) {
		if set[at] != "" {
			return set[at]
		}
		if at == "/" {
			break
		}
	}
	names := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for _, f := range forms {
		for n := range names {
			if f.grant.Kind == k && matches(f.parts, names[:n+1]) {
				return f.grant.Policy
			}
		}
	}
	return ""
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
	names, err := aliases.Of(at.Path)
	if err != nil {
		return refusal(g, path, err)
	}
	for _, a := range names {
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
	if policy := l.sealedBy(path); policy != "" {
		return PolicyError("grant "+flagOf(g.Kind), g.Path, "it is denied by", policy)
	}
	if policy := l.frozenBy(path); policy != "" && g.Kind.Writes() && l.readingOf(g.Kind, path) == 0 {
		return PolicyError("grant "+flagOf(g.Kind), g.Path, "writing there is denied by", policy)
	}
	return nil
}

// refuseFromFiles refuses to hand in what a policy denies: by its contents, it would be
// inside all the same.
func (c *compiler) refuseFromFiles(l *lines) error {
	for _, name := range c.o.FromFiles {
		if rest, ok := strings.CutPrefix(name, "~/"); ok {
			name = spec.Join(c.h.Env("HOME"), rest)
		}
		path := name
		if at, err := c.res.Resolve(name); err == nil {
			path = at.Path
		}
		for _, p := range [...]string{name, path} {
			if policy := l.sealedBy(p); policy != "" {
				return PolicyError("hand in the contents of", name, "it is denied by", policy)
			}
		}
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
	policy := l.sealedBy(g.Path)
	if policy == "" && left != g.Kind {
		policy = l.frozenBy(g.Path)
	}
	if policy != "" {
		l.taken = append(l.taken, Taken{g, left != 0, policy})
	}
}
