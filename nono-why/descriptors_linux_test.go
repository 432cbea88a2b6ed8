package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// What standard input and output are open on may be opened again in the same mode,
// by the names that lead there, and by no other name for that.
func TestDescriptors(t *testing.T) {
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u)
		for _, c := range []struct {
			op, path, act string
			allowed       bool
		}{
			{"read", "/dev/stdin", "read x < /dev/stdin", true},
			{"read", "/proc/self/fd/0", "read x < /proc/self/fd/0", true},
			{"write", "/dev/stdin", ": >> /dev/stdin", false},
			{"read", "/dev/fd/7", "read x < /dev/fd/7", false},
			{"write", "/dev/stderr", ": >> /dev/stderr", true},
			{"read", "/dev/stderr", "read x < /dev/stderr", false},
			{"write", filepath.Join(w.home, "errors"), "", false},
		} {
			for _, args := range [][]string{
				{"nono-why", "--allow", ".", "--op", c.op, c.path},
				{"nono-run", "--silent", "--allow", ".", "--", "/bin/sh", "-c", c.act},
			} {
				if args[0] == "nono-run" && c.act == "" {
					continue
				}
				cmd := u.Command(filepath.Join(w.bin, args[0]), args[1:]...)
				cmd.Dir = filepath.Join(w.home, "project")
				cmd.Env = []string{"HOME=" + w.home, "PATH=" + w.bin + ":/usr/bin:/bin", "TMPDIR=" + w.home + "/tmp"}
				in, err := os.Open(filepath.Join(w.home, "notes"))
				w.must(err)
				errs, err := os.OpenFile(filepath.Join(w.home, "errors"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
				w.must(err)
				u.Own(t, errs.Name())
				cmd.Stdin, cmd.Stderr = in, errs
				if err := cmd.Run(); (err == nil) != c.allowed {
					t.Errorf("%s %s: %v", c.op, args, err)
				}
				in.Close()
				errs.Close()
			}
		}
	})
}
