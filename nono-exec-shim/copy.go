package main

import (
	"os"

	"github.com/nono-sandbox/nono/core/fault"
)

// copyTo writes this program to path, for containers: an image that holds only
// the shim has nothing else that could copy it to a volume. The copy appears
// whole or not at all, and everyone may execute it.
func copyTo(path string) error {
	const self = "/proc/self/exe"
	program, err := os.ReadFile(self)
	if err != nil {
		return &fault.Error{Do: "read", Path: self, Err: err, Hint: "is /proc mounted?"}
	}
	part := path + ".part"
	// What a copy that was cut short has left is no reason to fail.
	os.Remove(part)
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err == nil {
		_, err = f.Write(program)
		if e := f.Chmod(0o755); err == nil { // whatever the umask
			err = e
		}
		if e := f.Close(); err == nil {
			err = e
		}
		if err == nil {
			err = os.Rename(part, path)
		}
		if err != nil {
			os.Remove(part)
		}
	}
	if err != nil {
		return &fault.Error{Do: "copy this program to", Path: path, Err: err}
	}
	return nil
}
