package policy

import (
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
)

// keychain grants the files that the Keychain's own library reads and writes in the
// command, besides what it asks services for. It lifts their protection.
func (c *compiler) keychain(l *lines, homes []home) error {
	if !c.o.Allow.Keychain {
		return nil
	}
	by := spec.Origin{Source: spec.Flag, Detail: "--allow-keychain"}
	if c.h.GOOS != "darwin" {
		return &fault.Error{Do: "use --allow-keychain", Err: fault.Text("only macOS has a Keychain"),
			Hint: "in a profile 'macos allow-keychain' is for macOS alone"}
	}
	home := homes[0]
	if at, err := c.res.Resolve(home.path); err == nil {
		home.path = at.Path
	}
	for _, p := range []struct {
		kind spec.Kind
		path string
	}{
		{spec.Allow, "~/Library/Keychains"},
		{spec.ReadFile, "/Library/Keychains/System.keychain"},
		{spec.ReadFile, "~/Library/Preferences/com.apple.security.plist"},
		{spec.ReadFile, "/Library/Preferences/com.apple.security.plist"},
		{spec.Read, "/private/var/db/mds"},
	} {
		for _, path := range home.expand(p.path, true) {
			// One that a symlink leads elsewhere is not the Keychain's.
			if at, err := c.res.Resolve(path); err == nil && at.Exists && misfit(p.kind, at) == nil && at.Path == path {
				l.put(spec.Path{Kind: p.kind, Path: path, By: by, Optional: true}, fromUser)
			}
		}
	}
	return nil
}
