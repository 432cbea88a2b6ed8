package main

import (
	"os"
	"path/filepath"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/entry/brief"
	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// hook becomes nono-hook, which puts a hook into an agent's settings or takes it out. It
// returns only if that failed.
func (o *options) hook() error {
	words := []string{"remove", o.removeHook}
	if o.installHook != "" {
		why, err := whyPath()
		if err != nil {
			return err
		}
		words = []string{"install", o.installHook, why}
	}
	program, err := cli.OwnProgram("nono-hook")
	if err != nil {
		return err
	}
	argv := []string{"nono-hook"}
	if o.silent {
		argv = append(argv, "--silent")
	}
	brief.Leave()
	return &fault.Error{Do: "start", Path: program, Err: unix.Exec(program, append(argv, words...), brief.Environ())}
}

// whyPath is nono-why as it was installed with this program.
func whyPath() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", &fault.Error{Do: "find nono-why", Err: fault.Text("this program cannot tell where it is: is /proc mounted?")}
	}
	path := filepath.Join(filepath.Dir(self), "nono-why")
	if unix.Access(path, unix.X_OK) != nil {
		return "", &fault.Error{Do: "find nono-why", Err: fault.Text("it is not beside " + fault.Quote(self)), Hint: "install the package nono-why"}
	}
	return path, nil
}
