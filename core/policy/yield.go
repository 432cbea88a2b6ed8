package policy

import "github.com/nono-sandbox/nono/core/spec"

// source says how strong a grant is against the user's own --deny and
// --deny-write.
type source uint8

const (
	fromUser   source = iota // gives back what lies beneath one
	fromOthers               // system, profile: yields to one at or above it
)

// yield returns what the user's own denies leave of a grant: another kind, or 0.
func (c *compiler) yield(k spec.Kind, path string, from source) spec.Kind {
	if beaten(c.shut, c.grants, path, from) {
		return 0
	}
	if !k.Writes() || !beaten(c.shutWrite, c.writable, path, from) {
		return k
	}
	switch k {
	case spec.Allow, spec.Temp:
		return spec.Read
	case spec.AllowFile:
		return spec.ReadFile
	case spec.Device:
		if p, err := c.res.resolve(path); err == nil && p.dir() {
			return spec.Read
		}
		return spec.ReadFile
	}
	return 0
}

// beaten reports whether a deny in the set is stronger than a grant of path: one
// at the same path always is, one above it unless the user granted the path, or
// what is between the two. given are the grants so far.
func beaten(denies, given map[string]bool, path string, from source) bool {
	if len(denies) == 0 {
		return false
	}
	if denies[path] || from == fromUser {
		return denies[path]
	}
	for ; path != "/"; path = spec.Parent(path) {
		if given[path] || denies[path] {
			return denies[path]
		}
	}
	return denies["/"]
}
