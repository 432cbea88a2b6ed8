package fetch

import (
	"os"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/program"
	"github.com/nono-sandbox/nono/core/shellquote"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// places tells where the command could have left something.
type places struct {
	spec *spec.Spec
	res  *paths.Resolver
	// path are the directories of PATH that the command cannot change, and others the
	// rest.
	path, others []string
}

// Dirs returns the directories in which a program is looked for that nono starts outside
// of the sandbox of s: of PATH those in which neither the command nor one of an earlier
// run could have left one, and the usual ones.
func Dirs(s *spec.Spec, h policy.Host) ([]string, error) {
	p, err := newPlaces(s, h)
	return p.path, err
}

func newPlaces(s *spec.Spec, h policy.Host) (places, error) {
	p := places{spec: s, res: paths.NewResolver()}
	for _, dir := range append(strings.Split(os.Getenv("PATH"), ":"), lists.CommandDirs[:]...) {
		if !strings.HasPrefix(dir, "/") || slices.Contains(p.path, dir) || slices.Contains(p.others, dir) {
			continue
		}
		real, problem := p.safe(dir)
		switch {
		case problem != nil:
			p.others = append(p.others, dir)
		case slices.Contains(lists.CommandDirs[:], dir):
			p.path = append(p.path, dir)
		default:
			filled, err := policy.CouldFill(h, []string{real})
			if err != nil {
				return p, err
			}
			if len(filled) > 0 {
				p.others = append(p.others, dir)
			} else {
				p.path = append(p.path, dir)
			}
		}
	}
	return p, nil
}

// leftThere is why a program is not taken that is in a directory of PATH which a
// sandbox could fill.
func leftThere(file string) *problem {
	return &problem{"a command in a sandbox may have left " + fault.Quote(file) + " there",
		"if you trust it: ln -s " + shellquote.Word(file) + " ~/.local/bin/"}
}

// safe returns where path leads, if the command can change neither what is there nor a
// symlink on the way.
func (p *places) safe(path string) (string, *problem) {
	links, to, err := p.res.Trace(path)
	switch {
	case err != nil:
		return "", &problem{fault.Quote(path) + ": " + err.Error(), "name what you can read"}
	case !to.Exists:
		return "", &problem{fault.Quote(path) + " does not exist", "name what is there"}
	}
	for _, at := range append(links, to.Path) {
		if by := p.grant(at); by != nil {
			return "", &problem{"the command may change " + fault.Quote(at) + " (" + by.By.String() + "), so an earlier run may have left it there",
				"--deny-write " + fault.Quote(at) + " keeps the command from that"}
		}
	}
	return to.Path, nil
}

// grant returns the line that lets the command change what is at path, which is
// resolved, or nil. A deny at or beneath the grant takes it away.
func (p *places) grant(path string) *spec.Path {
	var grant *spec.Path
	deny := -1
	for i := range p.spec.Paths {
		line := &p.spec.Paths[i]
		switch {
		case !spec.Within(path, line.Path):
		case !line.Kind.Grants():
			deny = max(deny, len(line.Path))
		case line.Kind.Writes() && line.Kind != spec.Device && (grant == nil || len(line.Path) > len(grant.Path)):
			grant = line
		}
	}
	if grant != nil && deny > len(grant.Path) {
		return nil
	}
	return grant
}

// program finds the program of a manager by nono's own rules, and refuses one that the
// command could have left, or whose interpreter it could have.
func (p *places) program(name string) (string, *problem) {
	file := name
	if !strings.Contains(name, "/") {
		var problem *problem
		if file, problem = p.lookUp(name); problem != nil {
			return "", problem
		}
	}
	real, problem := p.safe(file)
	for depth := 0; problem == nil && depth < 5; depth++ {
		f, err := program.Open(real)
		if err != nil || !f.IsScript() {
			f.Close()
			return file, nil
		}
		next, _, errno := f.Interpreter()
		f.Close()
		if errno != 0 || !strings.HasPrefix(next, "/") {
			return file, nil // the kernel says best what is wrong
		}
		real, problem = p.safe(next)
	}
	return file, problem
}

// lookUp finds a program by its name.
func (p *places) lookUp(name string) (string, *problem) {
	if file := executable(p.path, name); file != "" {
		return file, nil
	}
	file := executable(p.others, name)
	if file == "" {
		return "", &problem{"the program " + fault.Quote(name) + " is not in PATH", "install it, or name another source"}
	}
	if _, problem := p.safe(file); problem != nil {
		return "", problem
	}
	return "", leftThere(file)
}

// executable returns the first file of this name in dirs that can be executed, or "".
func executable(dirs []string, name string) string {
	for _, dir := range dirs {
		var st unix.Stat_t
		file := spec.Join(dir, name)
		if unix.Stat(file, &st) == nil && uint32(st.Mode)&unix.S_IFMT == unix.S_IFREG && unix.Access(file, unix.X_OK) == nil {
			return file
		}
	}
	return ""
}
