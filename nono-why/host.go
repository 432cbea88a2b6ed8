package main

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"golang.org/x/sys/unix"
)

// thisHost describes the machine and user to the policy, as nono-run does.
func thisHost(goos string) (policy.Host, error) {
	dir, err := unix.Getwd()
	if err != nil {
		return policy.Host{}, &fault.Error{Do: "tell the working directory", Err: err, Hint: "cd to a directory that exists"}
	}
	h := policy.Host{GOOS: goos, Dir: dir, Env: os.Getenv, UID: unix.Getuid()}
	if text, err := os.ReadFile("/etc/passwd"); err == nil {
		h.Passwd = string(text)
	}
	config := os.Getenv("XDG_CONFIG_HOME")
	if !strings.HasPrefix(config, "/") {
		config = os.Getenv("HOME") + "/.config"
	}
	if h.OwnName = config + "/nono/protected"; strings.HasPrefix(h.OwnName, "/") {
		text, err := os.ReadFile(h.OwnName)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return h, &fault.Error{Do: "read the list of protected paths", Path: h.OwnName, Err: cause(err)}
		}
		h.Own = string(text)
	}
	return h, nil
}

// cause takes the path off an error of package os: the message has it already.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
