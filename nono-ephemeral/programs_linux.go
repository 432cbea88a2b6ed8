package main

import (
	"os"
	"os/exec"
	"strings"

	"github.com/nono-sandbox/nono/core/policy"
)

// program is a command that is started outside of any sandbox. It is looked for, and
// looks for others, only where no sandbox could have left one: what is looked at here is
// the work of one.
func program(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	h, err := policy.ThisHost("linux")
	if err == nil {
		var dirs []string
		if dirs, err = policy.ProgramDirs(h, os.Getenv("PATH")); err == nil {
			c.Env = append(os.Environ(), "PATH="+strings.Join(dirs, ":"))
			if !strings.Contains(name, "/") {
				c.Path, c.Err = find(dirs, name)
			}
		}
	}
	if err != nil {
		c.Err = err
	}
	return c
}

// find finds name in dirs as a shell would.
func find(dirs []string, name string) (string, error) {
	for _, dir := range dirs {
		if path, err := exec.LookPath(dir + "/" + name); err == nil {
			return path, nil
		}
	}
	return name, &exec.Error{Name: name, Err: exec.ErrNotFound}
}
