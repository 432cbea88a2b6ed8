package policy

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// Command is what will be executed.
type Command struct {
	Path string   // the file, as PATH lookup or the user named it, absolute
	Argv []string // untouched
}

// A CommandError says why the command itself cannot be started, with the exit
// status that says so too: fault.CannotStart or fault.NotFound.
type CommandError struct {
	Status int
	Fault  *fault.Error
	// Blocked is the blocked command that it is, by this or another name; or "".
	Blocked string
}

func (e *CommandError) Error() string { return e.Fault.Error() }
func (e *CommandError) Unwrap() error { return e.Fault }

func cannotStart(name string, status int, why, hint string) error {
	return &CommandError{Status: status, Fault: &fault.Error{Do: "start", Path: name, Err: fault.Text(why), Hint: hint}}
}

// command finds what is to be started and grants it, what it resolves to and
// its interpreter, and nothing beside them.
func (c *compiler) command(l *lines, cmds *commands) (Command, error) {
	if len(c.o.Command) == 0 {
		return Command{}, nil
	}
	path, err := c.lookup(c.o.Command[0])
	if err != nil {
		return Command{}, err
	}
	s := &starter{c, l, cmds}
	return Command{Path: path, Argv: c.o.Command}, s.grant("it", path, 0)
}

// starter grants one command and the interpreters that it names.
type starter struct {
	*compiler
	lines *lines
	cmds  *commands
}

// lookup finds name as execvp(3) does, except that an entry of PATH that is
// empty or relative is passed over: it would run what lies in the working
// directory.
func (c *compiler) lookup(name string) (string, error) {
	if name == "" {
		return "", &fault.Error{Do: "start a command with an empty name"}
	}
	if strings.Contains(name, "/") {
		path := name
		if name[0] != '/' {
			path = spec.Join(c.startDir(), name)
		}
		return path, c.startable(name, path)
	}
	var found error
	for dir := range strings.SplitSeq(c.h.Env("PATH"), ":") {
		if !strings.HasPrefix(dir, "/") {
			continue
		}
		path := spec.Join(filepath.Clean(dir), name)
		p, err := c.res.Resolve(path)
		if err != nil || !p.Exists || p.IsDir() {
			continue
		}
		if err := c.startable(name, path); err == nil {
			return path, nil
		} else if found == nil {
			found = err
		}
	}
	if found != nil {
		return "", found
	}
	return "", &CommandError{Status: fault.NotFound, Fault: &fault.Error{Do: "find the command", Path: name, Err: fault.Text("it is in no directory of PATH"), Hint: c.insteadOf(name)}}
}

// startDir is where the command starts.
func (c *compiler) startDir() string {
	switch {
	case c.o.StartIn == "":
		return c.h.Dir
	case c.o.StartIn[0] == '/':
		return c.o.StartIn
	}
	return spec.Join(c.h.Dir, c.o.StartIn)
}

func (c *compiler) startable(name, path string) error {
	p, err := c.res.Resolve(path)
	switch {
	case err != nil:
		return cannotStart(name, fault.CannotStart, err.Error(), "")
	case !p.Exists:
		return cannotStart(name, fault.NotFound, "no such file or directory", "")
	case p.IsDir():
		return cannotStart(name, fault.CannotStart, "it is a directory", "")
	case unix.Access(p.Path, unix.X_OK) != nil:
		hint := ""
		if unix.Access(p.Path, unix.W_OK) == nil { // not /etc/passwd
			hint = "chmod +x " + fault.Quote(name)
		}
		return cannotStart(name, fault.CannotStart, "it is not executable", hint)
	}
	return nil
}

// refuseBlocked refuses a blocked command by the name it is called, the name of
// the file and every name in between: a symlink is no way round. who is "it", or
// which interpreter of it. A name that --allow-command gives back ends the
// search, where commands are: what it leads to was meant too.
func (s *starter) refuseBlocked(who, path string) error {
	lifted := false
	for hop := 0; hop < 40; hop++ {
		name := spec.Base(path)
		up, err := s.res.Resolve(spec.Parent(path))
		if err != nil {
			return nil
		}
		at, link, _ := s.res.Name(spec.Join(up.Path, name)) // what cannot be looked at has no other name here
		if category := s.cmds.category[name]; category != "" && (!lifted || byName(category)) {
			if hop > 0 && link == "" && s.cmds.isOrdinary(at) {
				return nil // sh, and not busybox, was called
			}
			return s.isBlocked(who+" is the blocked command "+fault.Quote(name), name)
		}
		lifted = lifted || slices.Contains(s.cmds.lifted, name) && slices.Contains(s.cmds.dirs, up.Path)
		if link == "" {
			return s.refuseHardLink(who, at)
		}
		if path = link; path[0] != '/' {
			path = spec.Join(up.Path, path)
		}
	}
	return nil
}

// refuseHardLink refuses a hard link to a blocked command's file.
func (s *starter) refuseHardLink(who string, p paths.Target) error {
	if p.Nlink < 2 {
		return nil
	}
	for _, dir := range s.cmds.dirs {
		for _, b := range s.cmds.blockedIn(s.res, dir) {
			if b.Exists && b.Dev == p.Dev && b.Ino == p.Ino && !s.cmds.isOther(b.Target, s.cmds.category[b.Name]) {
				return s.isBlocked(who+" is the blocked command "+fault.Quote(b.Name)+" by another name", b.Name)
			}
		}
	}
	return nil
}

// isBlocked says which blocked command stands against starting the command.
func (s *starter) isBlocked(what, name string) error {
	category := s.cmds.category[name]
	hint := "--allow-command " + name + " allows it"
	by := s.o.Managed.Forbids("allow-command", name, s.h.GOOS)
	switch {
	case category != spec.BlockFlag && byName(category):
		hint = shows
	case category == spec.BlockFlag:
		hint = "leave out --block-command " + name
	case category == "privilege escalation" && s.h.UID != 0:
		hint = "no program in a sandbox gains privileges: run it outside"
	case by != "":
		hint = "the policy " + fault.Quote(by) + " keeps it blocked; " + shows
	case name == "rmdir" && !s.o.Allow.Rmdir:
		hint = "--allow-command rmdir --allow-rmdir allows it"
	}
	return &CommandError{Status: fault.CannotStart, Blocked: name,
		Fault: &fault.Error{Do: "start", Path: s.o.Command[0], Err: fault.Text(what + " (" + category + ")"), Hint: hint}}
}
