package query

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/nono-sandbox/nono/core/paths"
)

// What the command makes in /dev/shm is allowed, and nothing that is there.
func TestPrivateShm(t *testing.T) {
	name := filepath.Join(paths.Shm, "nono-query-"+strconv.Itoa(os.Getpid()))
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Skip("no file can be made in /dev/shm")
	}
	defer os.Remove(name)
	dir := home(t)
	for _, c := range []struct {
		op      Op
		path    string
		private bool
		status  Status
	}{
		{Write, name + "-new", true, Allowed},
		{ReadWrite, name + "-new", true, Allowed},
		{Create, name + "-new", true, Allowed},
		{Mkdir, name + "-new", true, Allowed},
		{Write, paths.Shm, true, Allowed},
		{Write, name + "-new", false, Denied},
		{Symlink, name + "-new", true, Denied},
		{Read, name, true, Denied},
		{Write, name, true, Denied},
		{Delete, name, true, Denied},
		{List, paths.Shm, true, Denied},
		{Write, name + "-new/beneath", true, Denied},
	} {
		s := policyFor(dir)
		s.PrivateShm = c.private
		a, err := New(s, 7, dir)
		if err != nil {
			t.Fatal(err)
		}
		if v := a.Ask(Question{Op: c.op, Path: c.path}); v.Status != c.status {
			t.Errorf("%s %s with %t: %s, want %s", c.op, c.path, c.private, v.Status, c.status)
		}
	}
}
