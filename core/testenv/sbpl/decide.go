package sbpl

import (
	"slices"
	"strings"
)

// A Request is an operation on something, as the kernel asks about it.
type Request struct {
	Op string
	// Path is the kernel's own path of the thing: without symlinks, in the spelling
	// on disk. As is the path as it was named, where that is another.
	Path, As string
	Dir      bool   // the path is a directory
	Vnode    string // what else it is, as vnode-type names it; a regular file if empty
	Sock     string // "local" or "remote" for a Unix socket at Path
	IP       string // "local" or "remote" for an IP address
	Address  string // "localhost:PORT" or another host's
	// Name is that of a Mach service, a sysctl, an IPC object and the like; Space is
	// the filter that compares it, where the operation does not say.
	Name, Space string
	Self, Same  bool // the target is this process, or in this sandbox
}

// seen is the path that filters compare: the kernel's own, but for the question
// whether something exists, which is asked before the path is resolved.
func (r *Request) seen() string {
	if r.Op == "file-test-existence" && r.As != "" {
		return r.As
	}
	return r.Path
}

func (r *Request) vnode() string {
	switch {
	case r.Dir:
		return "DIRECTORY"
	case r.Vnode != "":
		return r.Vnode
	}
	return "REGULAR-FILE"
}

func (r *Request) target() string {
	switch {
	case r.Self:
		return "self"
	case r.Same:
		return "same-sandbox"
	}
	return "others"
}

func (r *Request) space() string {
	switch {
	case r.Name == "" || r.Space != "":
		return r.Space
	case strings.HasPrefix(r.Op, "sysctl"):
		return "sysctl-name"
	case strings.HasPrefix(r.Op, "ipc-posix"):
		return "ipc-posix-name"
	case r.Op == "network-outbound":
		return "control-name"
	case strings.HasPrefix(r.Op, "user-preference"):
		return "preference-domain"
	}
	return "global-name"
}

// Allows says what the profile decides for r.
func (p *Profile) Allows(r *Request) bool {
	ops := append([]string{r.Op}, wildcards(r.Op)...)
	otherwise := false
	for i, op := range ops {
		if byVersion1[op] {
			ops, otherwise = ops[:i+1], true
			break
		}
	}
	if p.Flat {
		if yes, ok := p.last(r, ops...); ok {
			return yes
		}
		return otherwise
	}
	for _, op := range ops {
		if yes, ok := p.last(r, op); ok {
			return yes
		}
	}
	return otherwise
}

// last returns what the last matching rule for any of ops says. A rule without a
// filter counts only where none with one matches.
func (p *Profile) last(r *Request, ops ...string) (yes, ok bool) {
	bare := false
	for i := len(p.rules) - 1; i >= 0; i-- {
		rule := &p.rules[i]
		if !slices.ContainsFunc(rule.ops, func(op string) bool { return slices.Contains(ops, op) }) {
			continue
		}
		if len(rule.filters) == 0 {
			if !bare {
				yes, ok, bare = rule.allow, true, true
			}
		} else if matching(rule.filters, r) > 0 {
			return rule.allow, true
		}
	}
	return yes, ok
}

// Unconfined reports whether a program at path would be executed outside the
// sandbox: (with no-sandbox) does that.
func (p *Profile) Unconfined(path string) bool {
	r := &Request{Op: "process-exec", Path: path}
	return slices.ContainsFunc(p.rules, func(x rule) bool {
		return x.allow && slices.Contains(x.with, "no-sandbox") && (len(x.filters) == 0 || matching(x.filters, r) > 0)
	})
}

// wildcards returns the operations that stand for op and others, nearest first.
func wildcards(op string) []string {
	all := []string{op + "*"}
	for i := len(op) - 1; i > 0; i-- {
		if op[i] == '-' {
			all = append(all, op[:i]+"*")
			if op[:i] == "ipc-posix-sem" || op[:i] == "ipc-posix-shm" {
				all = append(all, op[:i]) // the same without the star
			}
		}
	}
	return append(all, "default")
}
