package policy

import (
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/span"
	"golang.org/x/sys/unix"
)

// absolute makes a path as given absolute. A leading ~ has been expanded, by the
// shell or by the profile.
func (c *compiler) absolute(g Grant) (string, error) {
	if why := c.doubtful(g); why != "" {
		return "", &fault.Error{Do: "use " + flagOf(g.Kind), Path: g.Path, Err: fault.Text(why),
			Hint: "it would deny a name that does not exist; if that is meant, make it first"}
	}
	switch {
	case g.Path == "":
		return "", &fault.Error{Do: "use an empty path for " + flagOf(g.Kind)}
	case len(g.Path) > 0 && g.Path[0] == '/':
		return g.Path, nil
	}
	path := spec.Join(c.h.Dir, g.Path)
	if rest, ok := strings.CutPrefix(g.Path, "~/"); ok && !g.Kind.Grants() && !isThere(path) {
		// A grant of what is not there is refused; a deny of it would be silent.
		return "", &fault.Error{Do: "use " + flagOf(g.Kind), Path: g.Path, Err: fault.Text("the shell has not replaced '~' by your home"),
			Hint: flagOf(g.Kind) + " ~/" + rest + ", with a blank before the path"}
	}
	return path, nil
}

// doubtful says why the path of a deny on the command line, which does not exist, can
// hardly be the one that was meant, or "": nothing would tell that it protects nothing.
func (c *compiler) doubtful(g Grant) string {
	if byOf(g).Source != spec.Flag || g.Kind != spec.Deny && g.Kind != spec.DenyWrite || g.Path == "" || isPattern(g) {
		return ""
	}
	path := g.Path
	if path[0] != '/' {
		path = c.h.Dir + "/" + path
	}
	switch {
	case isThere(path) || !utf8.ValidString(path) || strings.ContainsFunc(path, unicode.IsControl):
		return ""
	case g.Path[0] == '$':
		return "the shell has not put its value in the place of the variable"
	}
	return lists.Doubtful(g.Path)
}

func isThere(path string) bool {
	var st unix.Stat_t
	return unix.Lstat(path, &st) == nil
}

func flagOf(k spec.Kind) string { return "--" + k.String() }

// byOf is the reason written on the line of a grant or deny.
func byOf(g Grant) spec.Origin {
	switch {
	case g.Policy != "":
		return byPolicy(g.Policy)
	case g.From != "":
		return spec.Origin{Source: spec.Profile, Detail: g.From}
	case !g.Kind.Grants():
		return spec.Origin{Source: spec.Flag, Detail: flagOf(g.Kind)}
	}
	return spec.Origin{Source: spec.Flag, Detail: flagOf(g.Kind) + " " + g.Path + g.Ends}
}

// userGrants adds the grants of the command line and of profiles.
func (c *compiler) userGrants(l *lines, homes []home, out *given) error {
	for _, g := range c.o.Grants {
		if !g.Kind.Grants() {
			continue
		}
		path, err := c.absolute(g)
		if err != nil {
			return err
		}
		if err := c.userGrant(l, g, path, homes, out); err != nil {
			return err
		}
	}
	return nil
}

// userGrant adds one of them. path is the grant's, made absolute.
func (c *compiler) userGrant(l *lines, g Grant, path string, homes []home, out *given) error {
	p, err := c.res.Resolve(path)
	if err == nil && !p.Exists {
		err = unix.ENOENT
	}
	if err == nil {
		err = misfit(g.Kind, p)
	}
	switch {
	case err == unix.ENOENT && c.created(g, path):
		out.redirected = noteRedirected(out.redirected, g, path, p.Path)
		if c.misled(g, byOf(g), path, p, homes, out) {
			return nil
		}
		if l.put(spec.Path{Kind: g.Kind, Path: p.Path, By: byOf(g), Optional: true, Until: Until(g.For)}, fromOthers) {
			out.create = append(out.create, filepath.Clean(path))
		}
	case err != nil && g.From != "" && (err == unix.ENOENT || err == unix.EACCES):
		out.skipped = append(out.skipped, path)
	case err != nil:
		return refusal(g, path, err)
	case g.From != "":
		out.redirected = noteRedirected(out.redirected, g, path, p.Path)
		if !c.misled(g, byOf(g), path, p, homes, out) {
			l.put(spec.Path{Kind: g.Kind, Path: p.Path, By: byOf(g), Until: Until(g.For)}, fromOthers)
		}
	default:
		if err := l.refuseSealed(g, p.Path); err != nil {
			return err
		}
		if link := c.strays(filepath.Clean(path), p, homes); link != "" {
			out.led = append(out.led, Misled{spec.Path{Kind: g.Kind, Path: p.Path, By: byOf(g)}, path, link})
		}
		l.put(spec.Path{Kind: g.Kind, Path: p.Path, By: byOf(g), Until: Until(g.For)}, fromUser)
	}
	return nil
}

// created reports whether path, which does not exist, is one that the start will
// make because a profile says so.
func (c *compiler) created(g Grant, path string) bool {
	return g.From != "" && slices.Contains(c.o.Create, filepath.Clean(path))
}

// withoutUnit reports whether path may have been meant with a time that lacks its unit.
func withoutUnit(path string) bool {
	at := strings.LastIndexByte(path, ':')
	return at > 0 && at < len(path)-1 && strings.Trim(path[at+1:], "0123456789") == ""
}

const errTilde = fault.Text("no such file or directory: a shell expands '~' only at the beginning of a word")

// unexpanded reports whether a typed path begins as a home does for a shell: behind
// a '=', or in quotes, the shell leaves it as it is.
func unexpanded(g Grant) bool {
	return g.From == "" && (g.Path == "~" || strings.HasPrefix(g.Path, "~/"))
}

// A misfitError says that a path is of another kind than the flag is for.
type misfitError struct {
	what string
	flag string // the one that fits, or ""
}

func (e *misfitError) Error() string { return e.what }

func misfit(k spec.Kind, p paths.Target) error {
	other := map[spec.Kind]string{
		spec.Read: "--read-file", spec.Write: "--write-file", spec.Allow: "--allow-file",
		spec.ReadFile: "--read", spec.WriteFile: "--write", spec.AllowFile: "--allow",
	}
	switch {
	case k.Directory() && !p.IsDir():
		return &misfitError{"it is not a directory", other[k]}
	case k == spec.UnixSocket && !p.IsDir() && p.Mode&unix.S_IFMT != unix.S_IFSOCK:
		return &misfitError{"it is neither a Unix socket nor a directory", ""}
	case k.File() && p.IsDir():
		return &misfitError{"it is a directory", other[k]}
	case k == spec.Device && !p.IsDir() && !p.IsDevice():
		return &misfitError{"it is not a device", ""}
	}
	return nil
}

func refusal(g Grant, path string, err error) *fault.Error {
	f := &fault.Error{Do: "grant " + flagOf(g.Kind), Path: path, Err: err}
	if g.Policy != "" {
		f.Do = "use policy " + fault.Quote(g.Policy) + ": cannot " + g.Kind.String()
	}
	if g.From != "" {
		f.Do = "use profile " + g.From + ": cannot grant " + flagOf(g.Kind)
	}
	if m, ok := err.(*misfitError); ok && m.flag != "" {
		f.Hint = "use " + m.flag + " " + fault.Quote(span.Lasting(g.Path)+g.Ends)
	}
	switch {
	case err == unix.ENOENT && unexpanded(g):
		f.Err, f.Hint = errTilde, flagOf(g.Kind)+" "+g.Path
	case err == unix.ENOENT && withoutUnit(g.Path):
		f.Hint = "a time has a unit: " + flagOf(g.Kind) + " " + g.Path + "m"
	case err == unix.ENOENT:
		f.Hint = "create it first: the kernel cannot grant what does not exist"
	}
	return f
}
