package policy

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// system adds what programs need to start.
func (c *compiler) system(l *lines, homes []home, out *given) error {
	listed, err := lists.System(c.h.GOOS)
	if err != nil {
		return err
	}
	c.res.List("/etc") // the patterns need it, and half of the list is there
	for _, p := range listed {
		switch {
		case strings.Contains(p.Path, "*"):
			for _, path := range c.matches("/", p.Path[1:]) {
				c.systemMatch(l, p.Kind, path)
			}
			continue
		case p.Path[0] == '/':
			c.systemPath(l, p.Kind, p.Path, nil, out)
			continue
		}
		for _, h := range homes[:1] {
			for _, path := range h.expand(p.Path, true) {
				if to := c.systemPath(l, p.Kind, path, homes, out); to != "" {
					out.redirected = noteRedirected(out.redirected, Grant{Kind: p.Kind, Path: path}, path, to)
				}
			}
		}
	}
	return nil
}

// matches returns, in order, the names beneath dir that a pattern means: the * in
// one of its names stands for any run of bytes, but for a leading dot.
func (c *compiler) matches(dir, pattern string) []string {
	name, rest, more := strings.Cut(pattern, "/")
	names := []string{name}
	if before, after, star := strings.Cut(name, "*"); star {
		names = c.res.NamesIn(dir, func(n string) bool {
			return len(n) >= len(before)+len(after) && n[0] != '.' && strings.HasPrefix(n, before) && strings.HasSuffix(n, after)
		})
	}
	var out []string
	for _, n := range names {
		at := spec.Join(dir, n)
		if more {
			out = append(out, c.matches(at, rest)...)
		} else {
			out = append(out, at)
		}
	}
	return out
}

// systemMatch grants what a pattern of the list means, if it is not granted as it
// is. Where a symlink leads out of the directories of the system, it must be one
// that root has laid, and lead to what is root's.
func (c *compiler) systemMatch(l *lines, k spec.Kind, path string) {
	p, err := c.res.Resolve(path)
	covered := func(have spec.Path) bool {
		return have.By.Source == spec.System && have.Kind == spec.Read && spec.Within(p.Path, have.Path)
	}
	if err != nil || !p.Exists || slices.ContainsFunc(l.paths, covered) {
		return
	}
	if p.Path != path && !(rootsLink(path) && rootsOwn(p.Path)) {
		return
	}
	c.systemPath(l, k, path, nil, nil)
}

// rootsLink reports whether nobody but root has laid the symlink at path, if it is
// one.
func rootsLink(path string) bool {
	var st unix.Stat_t
	return unix.Lstat(path, &st) == nil && st.Uid == 0
}

// rootsOwn reports whether path, which is resolved, is root's and neither open to
// everybody nor in what holds people's own files.
func rootsOwn(path string) bool {
	var st unix.Stat_t
	if unix.Stat(path, &st) != nil || st.Uid != 0 || st.Mode&unix.S_IWOTH != 0 {
		return false
	}
	for _, dir := range [...]string{"/home", "/var/home", "/root", "/var/roothome", "/tmp", "/run", "/proc", "/sys", "/dev", "/etc"} {
		if spec.Within(path, dir) || spec.Within(dir, path) {
			return false
		}
	}
	return true
}

// systemPath grants one listed path and returns where it leads, or "" where there
// is none. homes are nil for one that is in no home.
func (c *compiler) systemPath(l *lines, k spec.Kind, path string, homes []home, out *given) string {
	if c.res.Lacks(path) {
		return ""
	}
	p, err := c.res.Resolve(path)
	if err != nil || !p.Exists || misfit(k, p) != nil {
		return "" // another system than the line was written for
	}
	by := spec.Origin{Source: spec.System}
	if homes == nil || !c.misled(Grant{Kind: k, Path: path}, by, path, p, homes, out) {
		l.grantOptional(k, p.Path, by)
	}
	return p.Path
}

// ownFiles adds the private temp, the spec's copy, what reads it, and what
// --allow-ipc needs. The first two are optional because --print-spec makes neither:
// what it prints must still be of use.
func (c *compiler) ownFiles(l *lines) {
	for _, tool := range c.o.Tools {
		files := []string{tool}
		if spec.Base(tool) == "nono-why" { // which starts another one for its --hook
			dir := spec.Parent(tool)
			files = append(files, spec.Join(dir, "nono-hook"), spec.Join(spec.Parent(dir), "libexec/nono/nono-hook"))
		}
		for _, file := range files {
			if p, err := c.res.Resolve(file); err == nil && p.Exists && !p.IsDir() {
				l.grantOptional(spec.ReadFile, p.Path, spec.Origin{Source: spec.WhySelf})
			}
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
