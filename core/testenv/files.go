package testenv

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func realPath(path string) (string, error) {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

// removeAll removes a scratch directory, also where a test took rights away.
func removeAll(t testing.TB, dir string) {
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() {
			os.Chmod(path, 0o700)
		}
		return nil
	})
	if err := os.RemoveAll(dir); err != nil {
		t.Errorf("scratch directory: %v", err)
	}
}
