package main

import (
	"os"

	"github.com/nono-sandbox/nono/core/fault"
)

// copyTo copies this program to path, with mode 0755. A container needs this: an image
// with only the shim has no cp to copy the shim to a volume. The copy appears as a whole
// or not at all.
func copyTo(path string) error {
	const self = "/proc/self/exe"
	program, err := os.ReadFile(self)
	if err != nil {
		return &fault.Error{Do: "read", Path: self, Err: err, Hint: "is /proc mounted?"}
	}
	part := path + ".part"
	// An interrupted copy may have left this file.
	os.Remove(part)
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err == nil {
		_, err = f.Write(program)
		if e := f.Chmod(0o755); err == nil { // the umask may have removed bits
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
