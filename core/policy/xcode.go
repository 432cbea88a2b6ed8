package policy

import (
	"strings"

	"github.com/nono-sandbox/nono/core/spec"
)

// xcode grants reading what the tools of /usr/bin on macOS (git, clang, make,
// python3) really are: they load a library from the Xcode, or the command line
// tools, that DEVELOPER_DIR or else xcode-select(1) names, and run what lies there.
// Of an Xcode that is all of its Contents, since its tools load what lies beside
// Developer.
//
// xcrun's cache of where it found what can be read, and not be written: the user's
// other programs believe it, and run what it says.
func (c *compiler) xcode(l *lines, homes []home) {
	if c.h.GOOS != "darwin" {
		return
	}
	chosen := c.h.Env("DEVELOPER_DIR")
	if !strings.HasPrefix(chosen, "/") {
		chosen = c.h.XcodeLink
	}
	for _, dir := range []string{chosen, chosen + "/Contents/Developer"} { // Xcode.app alone will do
		if dir := c.developer(homes, dir); dir != "" {
			l.grantOptional(spec.Read, dir, spec.Origin{Source: spec.System})
			break
		}
	}
	if tmp := c.h.Env("TMPDIR"); strings.HasPrefix(tmp, "/") {
		c.xcrunCache(l, tmp)
	}
}

// xcrunCache grants reading xcrun's cache in tmp: outside, TMPDIR is the directory
// that confstr(3) names. A symlink of that name would lead somewhere else.
func (c *compiler) xcrunCache(l *lines, tmp string) {
	dir, err := c.res.Resolve(tmp)
	if err != nil || !dir.IsDir() {
		return
	}
	cache := spec.Join(dir.Path, "xcrun_db")
	if p, err := c.res.Resolve(cache); err == nil && p.Exists && !p.IsDir() && p.Path == cache {
		l.grantOptional(spec.ReadFile, cache, spec.Origin{Source: spec.System})
	}
}

// developer returns what to grant if dir is a directory of developer tools, or "".
// One that a home lies beneath is none, whatever is in it.
func (c *compiler) developer(homes []home, dir string) string {
	if !strings.HasPrefix(dir, "/") {
		return ""
	}
	p, err := c.res.Resolve(dir)
	if err != nil || !p.IsDir() {
		return ""
	}
	lib, err := c.res.Resolve(p.Path + "/usr/lib/libxcrun.dylib")
	if err != nil || !lib.Exists || !spec.Beneath(lib.Path, p.Path) {
		return ""
	}
	at := p.Path
	if app, ok := strings.CutSuffix(at, "/Contents/Developer"); ok && strings.HasSuffix(app, ".app") {
		at = app + "/Contents"
	}
	for _, h := range homes {
		if home, err := c.res.Resolve(h.path); err != nil || spec.Within(home.Path, at) {
			return ""
		}
	}
	return at
}
