package policy

import (
	"slices"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
)

// Where no grant is in the home, a protected path there is passed over, unless a symlink
// on its way, at its end or in it leads to where one is.
func TestLinksFarFromGrants(t *testing.T) {
	for name, link := range map[string]string{
		"a directory of the home": "home/.docker",
		"the second directory":    "home/.config/gh",
		"the third":               "home/.local/share/keyrings",
		"a file":                  "home/.docker/config.json",
		"in a directory":          "home/.ssh/id_work",
		"deep in a directory":     "home/.local/bin/tool",
		"none":                    "",
	} {
		b := newBox(t)
		b.mkdir("home/.config/git", "home/.local/share/other", "home/.local/bin", "home/.ssh")
		b.file("home/.netrc", "")
		target := b.file("project/t", "")
		if link != "" {
			b.symlink(target, link)
		}
		denied := slices.DeleteFunc(b.grants("allow project").Spec.Paths, func(p spec.Path) bool {
			return p.Kind.Grants() || !spec.Within(p.Path, b.root)
		})
		switch {
		case link == "" && len(denied) > 0, link != "" && (len(denied) != 1 || denied[0].Path != target):
			t.Errorf("%s: %v", name, denied)
		}
	}
}
