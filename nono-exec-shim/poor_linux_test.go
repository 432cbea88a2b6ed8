package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

// In poor surroundings the shim either starts the command in the whole sandbox
// or not at all.
func TestPoorSurroundings(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	ops := []string{"read $D/h/src/f", "read $D/h/key", "read $D/out/f", "socket 2 1", "no-new-privs"}
	want := []string{"ok", "EACCES", "EACCES", "EPERM", "1"}
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPlace(t, u, shimFor(t, 99))
		p.make(t, "f h/key; f h/src/f; f out/f")
		spec := p.spec(t, "allow $D/h; deny $D/h/key")
		started, refused := 0, 0
		setups := []string{"exec <&-", "exec 2>&-", "exec <&- 2>&-"}
		for n := 3; n <= 14; n++ {
			setups = append(setups, fmt.Sprintf("ulimit -n %d", n))
		}
		for kib := 1000; kib <= 2_000_000; kib = kib * 3 / 2 {
			setups = append(setups, fmt.Sprintf("ulimit -v %d", kib))
		}
		for _, setup := range setups {
			args := append([]string{"-c", setup + ` && exec "$@"`, "sh", p.shim, spec, "--", probePath(t)}, p.words(ops)...)
			o := run(t, u.Command("/bin/sh", args...))
			got := strings.Split(o.stdout, "\n")
			if len(got) < len(ops) { // the probe itself may have had too little
				if refused++; o.status == 0 || strings.Contains(o.stdout, "ok") {
					t.Errorf("%s: %+v", setup, o)
				}
				continue
			}
			started++
			for i := range ops {
				if got[i] != want[i] {
					t.Errorf("%s: %s: %s, want %s", setup, ops[i], got[i], want[i])
				}
			}
		}
		t.Logf("%d surroundings: started in %d", len(setups), started)
		if started == 0 || refused == 0 {
			t.Error("one of the two never came about")
		}
	})
}

// What is written to a closed standard output must not land in a file that the
// shim had open.
func TestClosedOutput(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPlace(t, u, shimFor(t, 99))
		p.make(t, "f key; d w")
		spec := p.spec(t, "allow $D; deny $D/key")
		before, err := os.ReadFile(spec)
		if err != nil {
			t.Fatal(err)
		}
		o := run(t, u.Command("/bin/sh", "-c", `exec "$@" >&-`, "sh", p.shim, spec, "--", probePath(t), "nothing"))
		if after, err := os.ReadFile(spec); err != nil || string(after) != string(before) || o.status != 0 {
			t.Errorf("%+v, the spec is now %q, %v", o, after, err)
		}
	})
}

// While a granted directory and a symlink to a forbidden one change places all
// the time, what is granted is the directory, or the launch fails.
func TestSwappedWhileStarting(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	starts := 100 // and as many for the other user
	if os.Getenv("NONO_LONG") == "1" {
		starts = 5000
	}
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPlace(t, u, shimFor(t, 99))
		p.make(t, "f real/f; f out/f")
		if err := os.Symlink("out", filepath.Join(p.dir, "link")); err != nil {
			t.Fatal(err)
		}
		spec := p.spec(t, "allow $D/real")
		done := make(chan struct{})
		var swapping sync.WaitGroup
		swapping.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					unix.Renameat2(unix.AT_FDCWD, filepath.Join(p.dir, "real"), unix.AT_FDCWD, filepath.Join(p.dir, "link"), unix.RENAME_EXCHANGE)
				}
			}
		})
		defer swapping.Wait()
		defer close(done)
		started := 0
		for range starts {
			o := run(t, u.Command(p.shim, spec, "--", probePath(t), "read", p.dir+"/out/f"))
			switch {
			case o.status == 0 && o.stdout == "EACCES\nfinished\n":
				started++
			case o.status == 125 && strings.HasPrefix(o.stderr, "nono: error: cannot grant '"+p.dir+"/real': it is now a symlink"):
			default:
				t.Fatalf("%+v", o)
			}
		}
		t.Logf("%d starts, of which %d were refused", starts, starts-started)
		if started == 0 || started == starts {
			t.Error("one of the two never came about")
		}
	})
}
