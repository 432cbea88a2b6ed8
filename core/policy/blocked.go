package policy

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/spec"
)

// ByBlocked begins the reason of a blocked command's deny; its category follows.
const ByBlocked = "blocked command: "

// byBlockFlag is the category of what --block-command names.
const byBlockFlag = "--block-command"

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
		if !slices.Contains(o.AllowCommands, "all") && !slices.Contains(o.AllowCommands, c.Category) && !slices.Contains(o.AllowCommands, c.Name) {
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
		t.add(b, byBlockFlag)
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
		if c.res.small(dir, len(names)) {
			l := c.res.list(dir)
			for _, n := range names {
				if l.has(n) {
					c.blockFile(dir, n)
				}
			}
			continue
		}
		for _, n := range c.res.existing(dir, names) {
			c.blockFile(dir, n)
		}
	}
	return nil
}

// binDirs returns the existing directories of commands, resolved, once each.
func (c *compiler) binDirs() []string {
	var dirs []string
	for _, d := range append(systemBin[:], strings.Split(c.h.Env("PATH"), ":")...) {
		if !strings.HasPrefix(d, "/") {
			continue
		}
		if p, err := c.res.resolve(d); err == nil && p.dir() && !slices.Contains(dirs, p.path) {
			dirs = append(dirs, p.path)
		}
	}
	return dirs
}

// granted reports whether any grant is at, above or beneath path.
func (c *compiler) granted(path string) bool {
	for i := range c.spec.Paths {
		if p := &c.spec.Paths[i]; p.Kind.Grants() && (p.Path == path || spec.Beneath(path, p.Path) || spec.Beneath(p.Path, path)) {
			return true
		}
	}
	return false
}

func (c *compiler) blockFile(dir, name string) {
	path, by := join(dir, name), ByBlocked+c.blocked.category[name]
	file, err := c.res.resolve(path)
	if err != nil || !file.exists || file.dir() {
		return
	}
	if file.path != path || file.nlink > 1 {
		if face := c.otherFace(dir, file); face != "" {
			c.out.Loose = append(c.out.Loose, Loose{Name: name, File: file.path})
			return
		}
	}
	for _, p := range [...]string{path, file.path} {
		if c.reached(p) {
			c.add(spec.Deny, p, by, fromUser)
		}
	}
}

// otherFace returns an ordinary command of the same directory that is the same
// file, or "". Where one of these shares its file with a blocked name, the file
// is a multi-call binary.
func (c *compiler) otherFace(dir string, file place) string {
	for _, n := range [...]string{"ls", "cat", "sh", "echo", "true"} {
		if p, err := c.res.resolve(join(dir, n)); err == nil && p.exists && p.dev == file.dev && p.ino == file.ino {
			return n
		}
	}
	return ""
}
