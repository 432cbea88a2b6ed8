package cli

import (
	"os"
	"path/filepath"

	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// OwnProgram finds one of nono's programs where it was installed with this one, going by
// this program's own real path. PATH and the working directory, which others may fill,
// play no part.
func OwnProgram(name string) (string, error) {
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
