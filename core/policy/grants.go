package policy

import (
	"path/filepath"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// absolute makes a path as given absolute. A leading ~ has been expanded, by the
// shell or by the profile.
func (c *compiler) absolute(g Grant) (string, error) {
	switch {
	case g.Path == "":
		return "", &fault.Error{Do: "use an empty path for " + flagOf(g.Kind)}
	case len(g.Path) > 0 && g.Path[0] == '/':
		return g.Path, nil
	}
	return spec.Join(c.h.Dir, g.Path), nil
}

func flagOf(k spec.Kind) string { return "--" + k.String() }

// byOf is the reason written on the line of a grant or deny.
func byOf(g Grant) spec.Origin {
	switch {
	case g.From != "":
		return spec.Origin{Source: spec.Profile, Detail: g.From}
	case !g.Kind.Grants():
		return spec.Origin{Source: spec.Flag, Detail: flagOf(g.Kind)}
	}
	return spec.Origin{Source: spec.Flag, Detail: flagOf(g.Kind) + " " + g.Path}
}

func (c *compiler) userGrants() error {
	for _, g := range c.o.Grants {
		if !g.Kind.Grants() {
			continue
		}
		path, err := c.absolute(g)
		if err != nil {
			return err
		}
		p, err := c.res.resolve(path)
		if err == nil && !p.exists {
			err = unix.ENOENT
		}
		if err == nil {
			err = misfit(g.Kind, p)
		}
		if err == unix.ENOENT && c.created(g, path) {
			c.noteDetour(g, path, p.path)
			n := len(c.spec.Paths)
			if c.add(g.Kind, p.path, byOf(g), fromOthers); len(c.spec.Paths) > n {
				c.spec.Paths[n].Optional = true
				c.out.Create = append(c.out.Create, filepath.Clean(path))
			}
			continue
		}
		if err != nil && g.From != "" && (err == unix.ENOENT || err == unix.EACCES) {
			c.out.Skipped = append(c.out.Skipped, path)
			continue
		}
		if err != nil {
			return refusal(g, path, err)
		}
		from := fromUser
		if g.From != "" {
			from = fromOthers
			c.noteDetour(g, path, p.path)
		}
		c.add(g.Kind, p.path, byOf(g), from)
	}
	return nil
}

// A misfitError says that a path is of another kind than the flag is for.
type misfitError struct {
	what string
	flag string // the one that fits, or ""
}

func (e *misfitError) Error() string { return e.what }

func misfit(k spec.Kind, p place) error {
	other := map[spec.Kind]string{
		spec.Read: "--read-file", spec.Write: "--write-file", spec.Allow: "--allow-file",
		spec.ReadFile: "--read", spec.WriteFile: "--write", spec.AllowFile: "--allow",
	}
	switch {
	case k.Directory() && !p.dir():
		return &misfitError{"it is not a directory", other[k]}
	case k == spec.UnixSocket && p.mode&unix.S_IFMT != unix.S_IFSOCK:
		return &misfitError{"it is not a Unix socket", ""}
	case k.File() && p.dir():
		return &misfitError{"it is a directory", other[k]}
	case k == spec.Device && !p.dir() && !p.device():
		return &misfitError{"it is not a device", ""}
	}
	return nil
}

func refusal(g Grant, path string, err error) *fault.Error {
	f := &fault.Error{Do: "grant " + flagOf(g.Kind), Path: path, Err: err}
	if g.From != "" {
		f.Do = "use profile " + g.From + ": cannot grant " + flagOf(g.Kind)
	}
	if m, ok := err.(*misfitError); ok && m.flag != "" {
		f.Hint = "use " + m.flag + " " + fault.Quote(g.Path)
	}
	if err == unix.ENOENT {
		f.Hint = "create it first: the kernel cannot grant what does not exist"
	}
	return f
}

// userDenies adds --deny and --deny-write, by name and by what the name leads
// to. A path that does not exist is kept absent.
func (c *compiler) userDenies() error {
	for _, g := range c.o.Grants {
		if g.Kind.Grants() {
			continue
		}
		path, err := c.absolute(g)
		if err != nil {
			return err
		}
		if err := c.deny(g.Kind, path, byOf(g)); err != nil {
			return refusal(g, path, err)
		}
	}
	return nil
}

// deny adds a deny by its name and, where a symlink leads elsewhere, by that.
func (c *compiler) deny(k spec.Kind, path string, by spec.Origin) error {
	names, err := c.names(path)
	for _, name := range names {
		c.add(k, name, by, fromUser)
	}
	return err
}

// names returns the paths by which a deny must know path: its name and, where a
// symlink leads elsewhere, that.
func (c *compiler) names(path string) ([]string, error) {
	p, err := c.res.resolve(path)
	if err != nil && err != unix.EACCES && err != unix.ELOOP {
		return nil, err
	}
	// The directories of the name are resolved, its last part is not: a rule
	// on the way through a symlink would be on what the symlink leads to.
	name := filepath.Clean(path)
	if up, err := c.res.resolve(spec.Parent(name)); err == nil && name != "/" {
		name = spec.Join(up.path, spec.Base(name))
	}
	if err == nil && p.path != name {
		return []string{name, p.path}, nil
	}
	return []string{name}, nil
}

// system adds what programs need to start.
func (c *compiler) system() error {
	paths, err := lists.System(c.h.GOOS)
	if err != nil {
		return err
	}
	for _, l := range paths {
		if l.Path[0] == '/' {
			c.systemPath(l.Kind, l.Path)
			continue
		}
		for _, h := range c.homes[:min(1, len(c.homes))] {
			for _, path := range h.expand(l.Path, true) {
				if to := c.systemPath(l.Kind, path); to != "" {
					c.noteDetour(Grant{Kind: l.Kind, Path: path}, path, to)
				}
			}
		}
	}
	return nil
}

// systemPath grants one listed path and returns where it leads, or "" where there
// is none.
func (c *compiler) systemPath(k spec.Kind, path string) string {
	p, err := c.res.resolve(path)
	if err != nil || !p.exists || misfit(k, p) != nil {
		return "" // another system than the line was written for
	}
	c.addOptional(k, p.path, spec.Origin{Source: spec.System})
	return p.path
}

// addOptional adds what the command may well start without. It is there now; an
// update of the system may remove it before the sandbox is made, and a spec may be
// applied in a container that lacks it.
func (c *compiler) addOptional(k spec.Kind, path string, by spec.Origin) {
	n := len(c.spec.Paths)
	c.add(k, path, by, fromOthers)
	for i := n; i < len(c.spec.Paths); i++ {
		c.spec.Paths[i].Optional = true
	}
}

// own adds the private temp, the spec's copy, what reads it, and what --allow-ipc
// needs. The first two are optional because --print-spec makes neither: what it
// prints must still be of use.
func (c *compiler) own() error {
	for _, tool := range c.o.Tools {
		if p, err := c.res.resolve(tool); err == nil && p.exists && !p.dir() {
			c.addOptional(spec.ReadFile, p.path, spec.Origin{Source: spec.WhySelf})
		}
	}
	// POSIX message queues are files of a file system of their own, which only
	// Landlock sees: it is shown here, and by nothing else.
	if p, err := c.res.resolve("/dev/mqueue"); c.o.IPC && err == nil && p.dir() {
		c.add(spec.Allow, p.path, spec.Origin{Source: spec.Flag, Detail: "--allow-ipc"}, fromOthers)
	}
	for _, l := range []spec.Path{
		{Kind: spec.Temp, Path: c.o.Temp, By: spec.Origin{Source: spec.PrivateTemp}},
		{Kind: spec.ReadFile, Path: c.o.SpecFile, By: spec.Origin{Source: spec.SpecCopy}},
	} {
		if l.Path != "" {
			l.Optional = true
			c.spec.Paths = append(c.spec.Paths, l)
		}
	}
	return nil
}
