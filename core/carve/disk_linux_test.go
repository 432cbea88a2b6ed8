package carve

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

func TestTenThousandChildren(t *testing.T) {
	dir, err := os.MkdirTemp(fastDir(), "nono-many-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	const n = 10_000
	for i := range n {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d", strings.Repeat("long", 20), i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	start := time.Now()
	r := carveNow(lines(t, dir, "allow /; deny /key"))
	if r.err != nil {
		t.Fatal(r.err)
	}
	t.Logf("%d rules in %v", len(r.rules), time.Since(start))
	if len(r.rules) != n+1 { // every child, and listing
		t.Errorf("%d rules", len(r.rules))
	}
	if len(r.rights) != n+1 {
		t.Errorf("rules for %d things", len(r.rights))
	}
}

// churn calls f with 0, 1, 2 … from another goroutine until the function that it
// returns is called.
func churn(f func(i int)) (stop func()) {
	done := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
				f(i)
			}
		}
	})
	return func() { close(done); running.Wait() }
}

// exchange swaps two names: at no moment is either of them free.
func exchange(dir, a, b string) {
	unix.Renameat2(unix.AT_FDCWD, filepath.Join(dir, a), unix.AT_FDCWD, filepath.Join(dir, b), unix.RENAME_EXCHANGE)
}

// While entries come and go, the carve does not fail, denied paths get nothing,
// and what stays gets its rights.
func TestVanishingEntries(t *testing.T) {
	dir := scratch(t)
	plantTree(t, dir, "f stays; d d/stays; f key; d shut")
	defer churn(func(i int) {
		name := filepath.Join(dir, fmt.Sprintf("w%d", i%50))
		switch i % 4 {
		case 0:
			os.WriteFile(name, nil, 0o600)
		case 1:
			os.Mkdir(name, 0o700)
		case 2:
			os.Symlink("key", name)
		}
		os.Remove(filepath.Join(dir, fmt.Sprintf("w%d", (i+20)%50)))
	})()
	s := lines(t, dir, "allow /; deny /key; deny /shut; deny /d/key")
	for range 300 {
		r := carveNow(s)
		if r.err != nil {
			t.Fatal(r.err)
		}
		for path, want := range map[string]string{"stays": "rxw", "d/stays": "rxwlc", "key": "-", "shut": "-", "d": "l"} {
			if got := letters(r.at(filepath.Join(dir, path))); got != want {
				t.Fatalf("%s has %s, want %s", path, got, want)
			}
		}
	}
}

// What is denied changes places with its neighbour all the time: the one that
// was found by the denied name gets nothing, whatever it is called a moment later.
func TestDeniedThatMoves(t *testing.T) {
	dir := scratch(t)
	plantTree(t, dir, "f h/shut/id; f h/open/f")
	defer churn(func(int) { exchange(dir, "h/shut", "h/open") })()
	s := lines(t, dir, "allow /; deny /h/shut")
	one := 0
	for range 500 {
		r := carveNow(s)
		if r.err != nil {
			t.Fatal(r.err)
		}
		if len(r.rules) > 1 {
			t.Fatalf("both have rights: %q", r.rules)
		}
		one += len(r.rules)
	}
	if one == 0 {
		t.Error("neither ever had rights")
	}
}

// A grant's directory and a symlink to a forbidden place are exchanged all the
// time: the carve grants the directory or fails, and never follows.
func TestGrantSwappedForSymlink(t *testing.T) {
	dir := scratch(t)
	plantTree(t, dir, "f real/f; f outside/f; l link /outside; f c/real/f; f c/key; l c/link /outside")
	defer churn(func(int) {
		exchange(dir, "real", "link")
		exchange(dir, "c/real", "c/link")
	})()
	granted, failed := 0, 0
	for _, s := range []*spec.Spec{lines(t, dir, "allow /real"), lines(t, dir, "allow /c; deny /c/key; read /c/real")} {
		for range 500 {
			r := carveNow(s)
			if r.err != nil {
				failed++
			} else {
				granted++
			}
			for _, out := range []string{"outside", "outside/f"} {
				if got := r.at(filepath.Join(dir, out)); got != 0 {
					t.Fatalf("%s has %s", out, letters(got))
				}
			}
		}
	}
	t.Logf("%d carved, %d refused", granted, failed)
	if granted == 0 || failed == 0 {
		t.Error("one of the two never came about")
	}
}

// Processes come and go in /proc; its entries are chain entries like any other.
func TestProcOnTheWay(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("no /proc")
	}
	r := carveNow(&spec.Spec{Paths: []spec.Path{
		{Kind: spec.Read, Path: "/proc"}, {Kind: spec.Deny, Path: "/proc/kcore"}, {Kind: spec.Deny, Path: "/proc/sys/kernel"},
	}})
	if r.err != nil {
		t.Fatal(r.err)
	}
	for path, want := range map[string]string{
		"/proc": "-", "/proc/kcore": "-", "/proc/sys": "-", "/proc/sys/kernel": "-", "/proc/sys/kernel/hostname": "-",
		"/proc/version": "rx", "/proc/sys/vm": "rxl", "/proc/1/stat": "rx",
	} {
		var st unix.Stat_t
		if lstat(path, &st) != nil && want != "-" {
			t.Errorf("%s is not there", path)
			continue
		}
		if got := letters(r.at(path)); got != want {
			t.Errorf("%s has %s, want %s", path, got, want)
		}
	}
}

// A descriptor table that grows beyond 64 makes the kernel wait; a launch has
// other descriptors open too.
func TestFewDescriptors(t *testing.T) {
	dir := scratch(t)
	for i := range 200 {
		if err := os.WriteFile(filepath.Join(dir, strconv.Itoa(i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := lines(t, dir, "read .; deny 7")
	before, most := openFDs(t), 0
	if _, err := Rules(s, func(*Rule) error {
		most = max(most, openFDs(t)-before)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if most < 10 || most > 32 {
		t.Errorf("%d descriptors open at once, want up to 32", most)
	}
}
