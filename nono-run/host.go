package main

import (
	"errors"
	"os"
	"runtime"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"golang.org/x/sys/unix"
)

// thisHost describes the machine and user to the policy.
func thisHost() (policy.Host, error) {
	dir, err := unix.Getwd()
	if err != nil {
		return policy.Host{}, &fault.Error{Do: "tell the working directory", Err: err, Hint: "cd to a directory that exists"}
	}
	h := policy.Host{GOOS: runtime.GOOS, Dir: dir, Env: os.Getenv, UID: unix.Getuid()}
	// Without a user database HOME alone says where the home is.
	if text, err := os.ReadFile("/etc/passwd"); err == nil {
		h.Passwd = string(text)
	}
	config := os.Getenv("XDG_CONFIG_HOME")
	if !strings.HasPrefix(config, "/") {
		config = os.Getenv("HOME") + "/.config"
	}
	if h.OwnName = config + "/nono/protected"; strings.HasPrefix(h.OwnName, "/") {
		text, err := os.ReadFile(h.OwnName)
		// A list that exists and cannot be read would protect nothing: stop.
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return h, &fault.Error{Do: "read the list of protected paths", Path: h.OwnName, Err: errors.Unwrap(err)}
		}
		h.Own = string(text)
	}
	return h, nil
}
