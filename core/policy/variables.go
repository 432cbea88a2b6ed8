package policy

import (
	"path/filepath"
	"strings"

	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/spec"
)

// relocated returns the paths that a listed path with a variable in it means in this
// environment: protected-variables.list says how. There are none where a variable is
// not set, and none that would shut a whole home, or a device such as /dev/null,
// which is how a history is turned off.
func (c *compiler) relocated(path string, homes []home) []string {
	path, ok := c.filled(path)
	if !ok {
		return nil
	}
	name, rest, _ := strings.Cut(path[1:], "/")
	if lists.IsXDG(name) {
		return homes[0].expand(path, true)
	}
	var out []string
	for _, dir := range c.values(name, homes[0]) {
		if rest != "" {
			dir = spec.Join(dir, rest)
		}
		if dir = c.real(dir); !systems(dir) && !holdsHome(dir, homes) && !c.ofNono(dir) {
			out = append(out, dir)
		}
	}
	return out
}

// ofNono reports whether path is among the files with which nono starts a shell in a
// sandbox: zsh finds them by ZDOTDIR.
func (c *compiler) ofNono(path string) bool {
	for _, tool := range c.o.Tools {
		prefix := spec.Parent(spec.Parent(tool))
		if spec.Within(path, spec.Join(prefix, "share/nono")) || spec.Within(path, spec.Join(prefix, "shell/inside")) {
			return true
		}
	}
	return false
}

// filled replaces the variables behind the first one. It reports false where one is
// not set, or leads elsewhere.
func (c *compiler) filled(path string) (string, bool) {
	for {
		i := strings.LastIndexByte(path, '$')
		if i <= 0 {
			return path, true
		}
		tail := path[i+1:]
		name := tail[:len(tail)-len(strings.TrimLeft(tail, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"))]
		value := c.h.Env(name)
		if clean := filepath.Clean("/" + value); value == "" || clean != "/"+value {
			return "", false
		}
		path = path[:i] + value + tail[len(name):]
	}
}

// values returns the absolute paths that the variable name gives, most often one.
// Kerberos writes the kind of a cache before its path, as in FILE:/tmp/x.
func (c *compiler) values(name string, h home) []string {
	value := c.h.Env(name)
	if value == "" {
		return nil
	}
	parts := []string{value}
	if strings.Contains(value, ":") {
		parts = append(parts, strings.Split(value, ":")...)
	}
	var out []string
	for _, v := range parts {
		if rest, ok := strings.CutPrefix(v, "~/"); ok {
			v = spec.Join(h.path, rest)
		}
		if !strings.HasPrefix(v, "/") {
			// From here, a name that means no path is one that does not exist.
			v = spec.Join(c.h.Dir, v)
			if p, err := c.res.Resolve(v); err != nil || !p.Exists || p.Path == c.h.Dir {
				continue
			}
		}
		out = append(out, v)
	}
	return out
}

// systems reports whether path is of a file system that is the kernel's own, and no
// place for a secret. Memory in /dev/shm is one.
func systems(path string) bool {
	dir, rest, _ := strings.Cut(path[1:], "/")
	return dir == "" || dir == "proc" || dir == "sys" || dir == "dev" && !strings.HasPrefix(rest, "shm/")
}

// holdsHome reports whether path is a home or above one.
func holdsHome(path string, homes []home) bool {
	for _, h := range homes {
		if spec.Within(h.path, path) {
			return true
		}
	}
	return false
}

// variableOf returns the name of the variable with which a listed path begins.
func variableOf(path string) string {
	name, _, _ := strings.Cut(path[1:], "/")
	return name
}
