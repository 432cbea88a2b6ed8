package policy

import (
	"path/filepath"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
)

// TooMuch says why dir, which is resolved, is no project to grant: it is the user's home
// or holds one, and with it far more. It returns "" where dir is neither. Services have homes too, such as
// /var/www, in which people work; of others, only what is above a home counts.
func TooMuch(dir string, h Host) string {
	if dir == "/" {
		return "all of the disk"
	}
	homes := map[string]bool{h.Env("HOME"): true} // whether it is the user's own
	for path, own := range h.Homes() {
		homes[path] = homes[path] || own
	}
	for home, own := range homes {
		if !filepath.IsAbs(home) {
			continue
		}
		if real, err := filepath.EvalSymlinks(home); err == nil {
			home = real
		}
		switch home = filepath.Clean(home); {
		case own && home == dir:
			return "your home"
		case spec.Beneath(home, dir):
			return "above the home " + fault.Quote(home)
		}
		if why := tooMuchElsewhere(dir, home, own); why != "" {
			return why
		}
	}
	return ""
}

// tooMuchElsewhere is TooMuch for a home by another name that a mount gives it. Only
// those of people are asked about: there are few.
func tooMuchElsewhere(dir, home string, own bool) string {
	if !own {
		return ""
	}
	for _, name := range OtherNames(home) {
		switch {
		case name == dir:
			return "your home by another name"
		case spec.Beneath(name, dir):
			return "above your home, which is " + fault.Quote(name) + " there"
		}
	}
	return ""
}
