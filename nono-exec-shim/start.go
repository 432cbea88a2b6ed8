package main

import (
	"os"
	"strings"
	"syscall"

	"github.com/nono-sandbox/nono/core/enforce"
	"github.com/nono-sandbox/nono/core/entry/brief"
	"github.com/nono-sandbox/nono/core/fault"
)

// start executes the command: the file itself if it is named with a slash, or
// the first in PATH that the sandbox lets it execute.
func start(box *enforce.Sandbox, o options) (int, error) {
	env := brief.Environ()
	brief.Leave()
	if strings.Contains(o.exec, "/") {
		return failed(o.exec, box.Exec(o.exec, o.argv, env))
	}
	var found error
	for dir := range strings.SplitSeq(os.Getenv("PATH"), ":") {
		if !strings.HasPrefix(dir, "/") {
			continue // a relative entry would run what lies in the working directory
		}
		err := box.Exec(dir+"/"+o.exec, o.argv, env)
		if err != syscall.ENOENT && err != syscall.ENOTDIR {
			found = err
		}
	}
	if found != nil {
		return failed(o.exec, found)
	}
	return fault.NotFound, &fault.Error{Do: "find the command", Path: o.exec, Err: fault.Text("it is in no directory of PATH")}
}

func failed(path string, err error) (int, error) {
	f := &fault.Error{Do: "start", Path: path, Err: err}
	switch err {
	case syscall.ENOENT:
		if _, err := os.Stat(path); err == nil {
			f.Err = fault.Text("the interpreter or loader that it names does not exist, or is not granted")
			return fault.CannotStart, f
		}
		return fault.NotFound, f
	case syscall.EACCES:
		f.Hint = "the spec must grant reading it, and its interpreter or loader"
	case syscall.ENOEXEC:
		f.Err = fault.Text("it is neither a program for this machine nor a script with a '#!' line")
	}
	return fault.CannotStart, f
}
