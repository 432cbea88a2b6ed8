package policy

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/spec"
)

// systemBin are the directories in which commands are looked for besides PATH's.
var systemBin = [...]string{
	"/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/bin", "/sbin",
	"/run/current-system/sw/bin", "/snap/bin", "/opt/homebrew/bin",
}

// Blocked returns the category in which a command name is blocked under o, or
// "". It goes by the name alone.
func Blocked(name, goos string, o *Options) (string, error) {
	t, err := blockedTable(goos, o)
	if err != nil {
		return "", err
	}
	return t.category[name], nil
}

// table is the blocked names, in the lists' order and with their categories.
type table struct {
	names    []string
	category map[string]string
	lifted   []string // what the list has and --allow-command takes out
}

func (t *table) add(name, category string) {
	if t.category[name] == "" {
		t.names = append(t.names, name)
	}
	t.category[name] = category
}

func blockedTable(goos string, o *Options) (*table, error) {
	list, err := lists.Commands(goos)
	if err != nil {
		return nil, err
	}
	t := &table{names: make([]string, 0, len(list)), category: make(map[string]string, len(list))}
	for _, c := range list {
		switch {
		case slices.Contains(o.BlockCommands, c.Name):
		case slices.Contains(o.AllowCommands, "all"), slices.Contains(o.AllowCommands, c.Category), slices.Contains(o.AllowCommands, c.Name):
			t.lifted = append(t.lifted, c.Name)
		default:
			t.add(c.Name, strings.ReplaceAll(c.Category, "-", " "))
		}
	}
	for _, a := range o.AllowCommands {
		if a != "all" && !slices.ContainsFunc(list, func(c lists.Command) bool { return c.Name == a || c.Category == a }) {
			return nil, &fault.Error{Do: "use --allow-command " + fault.Quote(a), Err: fault.Text("no blocked command or category has that name"),
				Hint: "'nono why --command " + a + "' tells whether it is blocked; the categories are in nono-run(1)"}
		}
	}
	for _, b := range o.BlockCommands {
		if b == "" || strings.Contains(b, "/") {
			return nil, &fault.Error{Do: "use --block-command " + fault.Quote(b), Err: fault.Text("it wants the name of a command"), Hint: "--deny blocks a path"}
		}
		t.add(b, spec.BlockFlag)
	}
	return t, nil
}

// findBlocked fills c.blocked, which the command itself is held against too.
func (c *compiler) findBlocked() (err error) {
	c.blocked, err = blockedTable(c.h.GOOS, c.o)
	return err
}

// blockCommands denies the files of the blocked commands, wherever a grant
// reaches them. A file that is another program too, one face of a multi-call
// binary, cannot be denied alone.
func (c *compiler) blockCommands() error {
	names := c.blocked.names
	if len(names) == 0 {
		return nil
	}
	for _, dir := range c.binDirs() {
		if !c.granted(dir) {
			continue
		}
		for _, f := range c.res.among(dir, names) {
			c.blockFile(dir, f.name, f.place)
		}
	}
	return nil
}

// binDirs returns the existing directories of commands, resolved, once each.
func (c *compiler) binDirs() []string {
	if c.bins != nil {
		return c.bins
	}
	dirs := []string{}
	for _, d := range append(systemBin[:], strings.Split(c.h.Env("PATH"), ":")...) {
		if !strings.HasPrefix(d, "/") {
			continue
		}
		if p, err := c.res.resolve(d); err == nil && p.dir() && !slices.Contains(dirs, p.path) {
			dirs = append(dirs, p.path)
		}
	}
	c.bins = dirs
	return dirs
}

// granted reports whether any grant is at, above or beneath path.
func (c *compiler) granted(path string) bool {
	for i := range c.spec.Paths {
		if p := &c.spec.Paths[i]; p.Kind.Grants() && (spec.Within(path, p.Path) || spec.Beneath(p.Path, path)) {
			return true
		}
	}
	return false
}

// blockFile denies the file that name in dir leads to.
func (c *compiler) blockFile(dir, name string, file place) {
	if !file.exists || file.dir() {
		return
	}
	path, category := spec.Join(dir, name), c.blocked.category[name]
	if why := c.loose(dir, path, file, category); why != "" {
		c.out.Loose = append(c.out.Loose, Loose{name, file.path, why})
		return
	}
	by := spec.Origin{Source: spec.BlockedCommand, Detail: category}
	for _, p := range [...]string{path, file.path} {
		c.covered[p] = cover{spec.Deny, by}
		if c.reached(p) {
			c.add(spec.Deny, p, by, fromUser)
		}
	}
}

// loose says why a blocked command's file cannot be denied, or "".
func (c *compiler) loose(dir, path string, file place, category string) string {
	if c.environment(dir) {
		return "is part of an environment in a directory that is granted for writing"
	}
	// Who blocks a program by its own name means the program.
	if category == spec.BlockFlag && path == file.path && file.nlink == 1 {
		return ""
	}
	if c.otherFace(file, category) {
		return "is other commands too"
	}
	return ""
}

// otherFace reports whether the file is also a command that may run: an ordinary
// one, or one that --allow-command gives back by another name. --block-command
// is stronger than the latter.
func (c *compiler) otherFace(file place, category string) bool {
	if category == spec.BlockFlag {
		return c.ordinary(file)
	}
	c.findFaces()
	_, face := c.faces[fileID{file.dev, file.ino}]
	return face
}

// ordinary reports whether the file is also an ordinary command: where one of
// these shares its file with a blocked name, it is a multi-call binary.
func (c *compiler) ordinary(file place) bool {
	c.findFaces()
	lifted, face := c.faces[fileID{file.dev, file.ino}]
	return face && !lifted
}

type fileID struct{ dev, ino uint64 }

// findFaces fills c.faces, once.
func (c *compiler) findFaces() {
	if c.faces != nil {
		return
	}
	c.faces = map[fileID]bool{}
	if len(c.blocked.names) == 0 {
		return
	}
	for _, n := range c.blocked.lifted {
		c.noteFace(n, true)
	}
	for _, n := range [...]string{"ls", "cat", "sh", "echo", "true"} {
		if c.blocked.category[n] == "" { // the last word is that of the ordinary ones
			c.noteFace(n, false)
		}
	}
}

// noteFace notes the files that are called name.
func (c *compiler) noteFace(name string, lifted bool) {
	for _, dir := range c.binDirs() {
		if p, err := c.res.resolve(spec.Join(dir, name)); err == nil && p.exists {
			c.faces[fileID{p.dev, p.ino}] = lifted
		}
	}
}

// environment reports whether dir has the programs of a Python or conda
// environment that belongs to a project: the user granted the project itself,
// and not the home, for writing. To deny a file there would keep everything on
// the way to it, the project's own directory first, from getting new entries,
// for a program that whoever can write there can make anew.
func (c *compiler) environment(dir string) bool {
	env := spec.Parent(dir)
	i := slices.IndexFunc(c.asked, func(g spec.Path) bool {
		return g.Kind.Writes() && spec.Within(env, g.Path)
	})
	if i < 0 || c.holdsHome(c.asked[i].Path) {
		return false
	}
	if p, err := c.res.resolve(spec.Join(env, "pyvenv.cfg")); err == nil && p.exists {
		return true
	}
	p, err := c.res.resolve(spec.Join(env, "conda-meta"))
	return err == nil && p.dir()
}

// holdsHome reports whether the user's home is at or beneath path.
func (c *compiler) holdsHome(path string) bool {
	for _, h := range c.homes[:min(1, len(c.homes))] {
		if spec.Within(h.path, path) {
			return true
		}
	}
	return false
}
