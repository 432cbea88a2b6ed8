package main

import (
	"os"
	"path/filepath"

	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// ownProgram finds nono-exec-shim or nono-supervise where it was installed with this
// program, going by this program's own real path. PATH and the working directory, which
// others may fill, play no part.
func ownProgram(name string) (string, error) {
	self, err := os.Executable()
	if err == nil {
		self, err = filepath.EvalSymlinks(self)
	}
	if err != nil {
		return "", &fault.Error{Do: "find " + name, Err: fault.Text("this program cannot tell where it is: is /proc mounted?")}
	}
	dir := filepath.Dir(self)
	beside := filepath.Join(dir, name)
	for _, path := range []string{beside, filepath.Join(filepath.Dir(dir), "libexec", "nono", name)} {
		if unix.Access(path, unix.X_OK) == nil {
			return path, nil
		}
	}
	return "", &fault.Error{Do: "find " + name, Err: fault.Text("it is neither beside " + fault.Quote(self) + " nor in ../libexec/nono"),
		Hint: "install it from the same release as nono-run"}
}

// insideTools are the programs beside this one with which a command asks about
// its own sandbox, so that `nono why --self` works wherever nono is installed.
func insideTools() []string {
	self, err := os.Executable()
	if err != nil {
		return nil
	}
	dir := filepath.Dir(self)
	return []string{filepath.Join(dir, "nono-why"), filepath.Join(dir, "nono")}
}
