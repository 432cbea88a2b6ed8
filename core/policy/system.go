package policy

import (
	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/spec"
)

// system adds what programs need to start.
func (c *compiler) system(l *lines, homes []home, out *given) error {
	paths, err := lists.System(c.h.GOOS)
	if err != nil {
		return err
	}
	for _, p := range paths {
		if p.Path[0] == '/' {
			c.systemPath(l, p.Kind, p.Path)
			continue
		}
		for _, h := range homes[:1] {
			for _, path := range h.expand(p.Path, true) {
				if to := c.systemPath(l, p.Kind, path); to != "" {
					out.redirected = noteRedirected(out.redirected, Grant{Kind: p.Kind, Path: path}, path, to)
				}
			}
		}
	}
	return nil
}

// systemPath grants one listed path and returns where it leads, or "" where there
// is none.
func (c *compiler) systemPath(l *lines, k spec.Kind, path string) string {
	p, err := c.res.Resolve(path)
	if err != nil || !p.Exists || misfit(k, p) != nil {
		return "" // another system than the line was written for
	}
	l.grantOptional(k, p.Path, spec.Origin{Source: spec.System})
	return p.Path
}

// ownFiles adds the private temp, the spec's copy, what reads it, and what
// --allow-ipc needs. The first two are optional because --print-spec makes neither:
// what it prints must still be of use.
func (c *compiler) ownFiles(l *lines) {
	for _, tool := range c.o.Tools {
		if p, err := c.res.Resolve(tool); err == nil && p.Exists && !p.IsDir() {
			l.grantOptional(spec.ReadFile, p.Path, spec.Origin{Source: spec.WhySelf})
		}
	}
	// POSIX message queues are files of a file system of their own, which only
	// Landlock sees: it is shown here, and by nothing else.
	if p, err := c.res.Resolve("/dev/mqueue"); c.o.Allow.IPC && err == nil && p.IsDir() {
		l.grant(spec.Allow, p.Path, spec.Origin{Source: spec.Flag, Detail: "--allow-ipc"}, fromOthers)
	}
	for _, p := range []spec.Path{
		{Kind: spec.Temp, Path: c.o.Temp, By: spec.Origin{Source: spec.PrivateTemp}},
		{Kind: spec.ReadFile, Path: c.o.SpecFile, By: spec.Origin{Source: spec.SpecCopy}},
	} {
		if p.Path != "" {
			p.Optional = true
			l.paths = append(l.paths, p) // no deny takes it, and no list looks in it
		}
	}
}
