package policy

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// Pattern is a --deny or --deny-write that names files by their form.
type Pattern struct {
	Flag, Text string // the flag with its dashes, and its argument
	Matches    int    // how many files it denies
	Policy     string // the policy that it is of, or "" for the flag's own
}

// MostExamined is how many files patterns are tried on at one start. Each costs
// about a microsecond.
const MostExamined = 200_000

// A form is a pattern made absolute, by its components: "**", which stands for any
// number of them, or what filepath.Match takes.
type form struct {
	grant Grant
	parts []string
	found []string
}

// isPattern reports whether the path of a deny has a character that a pattern needs. It
// may be the name of a file all the same, and then means both: a command in a sandbox can
// make a file of that very name, which must not do away with the pattern.
func isPattern(g Grant) bool { return strings.ContainsAny(g.Path, "*?[") }

// isNamed reports whether something has that very name.
func (c *compiler) isNamed(path string) bool {
	p, err := c.res.Resolve(path)
	return err == nil && p.Exists
}

// newForm makes a pattern absolute. One without a slash is about a name at any
// depth.
func (c *compiler) newForm(g Grant) (*form, error) {
	text := g.Path
	switch {
	case strings.HasPrefix(text, "/"):
	case !strings.Contains(text, "/"), strings.HasPrefix(text, "**/"):
		text = "/**/" + text
	default:
		here := strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(c.h.Dir)
		text = spec.Join(here, text)
	}
	f := &form{grant: g}
	deep := 0
	for _, part := range strings.Split(text[1:], "/") {
		_, bad := filepath.Match(part, "")
		again := part == "**" && len(f.parts) > 0 && f.parts[len(f.parts)-1] == "**"
		switch {
		case bad != nil || part == "" || part == "." || part == "..":
			return nil, f.refusal("it is no pattern: each part between slashes is '**', or has '*', '?' or '[a-z]'", "a path without these characters is denied as it is")
		case again:
			continue
		case part == "**":
			deep++
		}
		f.parts = append(f.parts, part)
	}
	if deep > 2 {
		return nil, f.refusal("it has '**' more than twice", "")
	}
	return f, nil
}

func (f *form) refusal(why, hint string) error {
	r := refusal(f.grant, f.grant.Path, fault.Text(why))
	r.Do, r.Hint = "use the pattern of "+flagOf(f.grant.Kind), hint
	if f.grant.Policy != "" {
		r.Do, r.Path = "use the pattern "+fault.Quote(f.grant.Path)+" of the policy "+fault.Quote(f.grant.Policy), ""
		r.Hint = "grant less, or have the administrator deny the paths themselves"
	}
	return r
}

// by is the origin of the lines that the pattern makes.
func (f *form) by() spec.Origin {
	if f.grant.From != "" || f.grant.Policy != "" {
		return byOf(f.grant)
	}
	return spec.Origin{Source: spec.Flag, Detail: flagOf(f.grant.Kind) + " " + f.grant.Path}
}

// matches reports whether the components of an absolute path have the form.
func matches(parts, names []string) bool {
	for len(parts) > 0 && parts[0] != "**" {
		if len(names) == 0 {
			return false
		}
		if ok, _ := filepath.Match(parts[0], names[0]); !ok {
			return false
		}
		parts, names = parts[1:], names[1:]
	}
	if len(parts) == 0 {
		return len(names) == 0
	}
	for skip := range len(names) + 1 {
		if matches(parts[1:], names[skip:]) {
			return true
		}
	}
	return false
}

// findPatterns tries the forms on everything that the grants reach: it follows no
// symlink, and does not look beneath what it has found. What it cannot see in full
// is an error, since a file there would stay open.
func (c *compiler) findPatterns(forms []*form) error {
	tops := c.askedFor()
	slices.Sort(tops)
	s := &search{forms: forms, shut: c.shutByMode}
	for i, top := range tops {
		if slices.ContainsFunc(tops[:i], func(t string) bool { return spec.Within(top, t) }) {
			continue
		}
		names := strings.Split(strings.Trim(top, "/"), "/")
		if top == "/" {
			names = nil
		}
		if err := s.at(top, names, forms); err != nil {
			return err
		}
	}
	return nil
}

// search walks through a tree with the forms that still may match in it.
type search struct {
	forms    []*form
	shut     func(path string) string // shutByMode
	examined int
}

// at tries the forms on path, whose components are names, and on what is beneath.
func (s *search) at(path string, names []string, forms []*form) error {
	if s.examined++; s.examined > MostExamined {
		return s.forms[0].refusal("the grants reach more than "+strconv.Itoa(MostExamined)+" files, too many to look for it at each start",
			"deny the paths themselves, or grant less")
	}
	var rest []*form
	for _, f := range forms {
		if matches(f.parts, names) {
			f.found = append(f.found, path)
		} else {
			rest = append(rest, f)
		}
	}
	if len(rest) == 0 {
		return nil
	}
	entries, err := os.ReadDir(path)
	switch unwrapped := errno(err); {
	case unwrapped == unix.ENOTDIR, unwrapped == unix.ENOENT:
		return nil
	case unwrapped == unix.EACCES && s.shut(path) == "" && unix.Access(path, unix.X_OK) != nil:
		return nil // nobody gets further here
	case err != nil:
		f := rest[0].refusal("", "deny the paths themselves").(*fault.Error)
		if shut := s.shut(path); unwrapped == unix.EACCES && shut != "" {
			f.Hint = opens(shut)
		}
		f.Do, f.Path, f.Err = "look for '"+rest[0].grant.Path+"' in", path, err
		return f
	}
	for _, e := range entries {
		next := append(names[:len(names):len(names)], e.Name())
		if e.IsDir() {
			if err := s.at(spec.Join(path, e.Name()), next, rest); err != nil {
				return err
			}
			continue
		}
		if s.examined++; s.examined > MostExamined {
			return s.at(path, names, forms) // which refuses
		}
		for _, f := range rest {
			if matches(f.parts, next) {
				f.found = append(f.found, spec.Join(path, e.Name()))
			}
		}
	}
	return nil
}

func errno(err error) error {
	if p, ok := err.(*os.PathError); ok {
		return p.Err
	}
	return err
}
