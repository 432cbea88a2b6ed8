package main

import (
	"os"
	"path/filepath"

	"github.com/nono-sandbox/nono/core/cli"
)

// ownProgram finds nono-exec-shim or nono-supervise where it was installed with this
// program.
func ownProgram(name string) (string, error) { return cli.OwnProgram(name) }

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
