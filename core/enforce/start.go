package enforce

import (
	"os"
	"strings"
	"syscall"

	"github.com/nono-sandbox/nono/core/fault"
)

// Start executes the command in the sandbox. If file has a slash, it is the path of the
// command. Otherwise Start executes the first file of this name in PATH that the sandbox
// allows. Start returns only after a failure: the exit status of nono, and the error.
func (b *Sandbox) Start(file string, argv, env []string) (int, *fault.Error) {
	if strings.Contains(file, "/") {
		return failed(file, b.exec(file, argv, env))
	}
	var found error
	for dir := range strings.SplitSeq(os.Getenv("PATH"), ":") {
		if !strings.HasPrefix(dir, "/") {
			continue // a relative entry would execute files of the working directory
		}
		err := b.exec(dir+"/"+file, argv, env)
		if err != syscall.ENOENT && err != syscall.ENOTDIR {
			found = err
		}
	}
	if found != nil {
		return failed(file, found)
	}
	return fault.NotFound, &fault.Error{Do: "find the command", Path: file, Err: fault.Text("it is in no directory of PATH")}
}

func failed(path string, err error) (int, *fault.Error) {
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
