package ephemeral

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/fault"
)

// A scene is an original with a run over it that a shell script changed.
type scene struct {
	original string
	store    Store
	run      *Run
	saw      string
}

// play makes the original with the script before, and changes it in a run with the
// script during. The store lies in storeIn, which may be another file system.
func play(t *testing.T, userns bool, storeIn, before, during string, denied ...string) scene {
	t.Helper()
	s := scene{original: filepath.Join(t.TempDir(), "original"), store: Store{Dir: filepath.Join(storeIn, "store")}}
	os.Mkdir(s.original, 0o755)
	shell(t, s.original, before)
	for i, d := range denied {
		denied[i] = filepath.Join(s.original, d)
	}
	r, err := s.store.Create([]string{"test"}, s.original, []Tree{{Path: s.original}}, denied)
	if err != nil {
		t.Fatal(err)
	}
	s.run = r
	forget(t, r)
	removable(t, s.original)
	s.saw = inside(t, r, userns, "SCRIPT="+during, "SEED=0")
	return s
}

const (
	before = `mkdir -p d/e full empty; echo one > a; echo two > d/b; echo three > d/e/c; echo 4 > full/x; echo 5 > full/y; ln -s a link; echo k > kind; mkdir kind2; echo > kind2/in`
	during = `echo more >> a; rm d/b; echo new > d/new; mkdir -p n/m; echo deep > n/m/f; ln n/m/f n/m/g; rm -r full; mkdir full; echo 6 > full/z; rm link; ln -s d link; rm kind; mkdir kind; echo > kind/in; rm -r kind2; echo file > kind2; mkfifo p`
)

func changed(changes []Change, in string) string {
	var out []string
	for _, c := range changes {
		rel, _ := filepath.Rel(in, c.Path)
		out = append(out, c.Kind.String()+" "+rel)
	}
	return strings.Join(out, ", ")
}

func TestChanges(t *testing.T) {
	ways(t, func(t *testing.T, userns bool) {
		s := play(t, userns, t.TempDir(), before, during)
		all, err := s.run.Changes()
		if err != nil {
			t.Fatal(err)
		}
		want := "changed a, removed d/b, added d/new, added full/z, removed full/x, removed full/y, changed kind, added kind/in, " +
			"removed kind2/in, changed kind2, changed link, added n, added n/m, added n/m/f, added n/m/g, added p"
		if got := changed(all, s.original); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

// A store on another file system makes keep copy.
func TestKeepAcrossFileSystems(t *testing.T) {
	other, err := os.MkdirTemp("/dev/shm", "nono-test-")
	if err != nil {
		t.Skip(err)
	}
	defer os.RemoveAll(other)
	ways(t, func(t *testing.T, userns bool) {
		s := play(t, userns, other, before, during)
		if _, err := s.run.Keep(nil, false); err != nil {
			t.Fatal(err)
		}
		if now := snapshot(s.original); now != s.saw {
			t.Errorf("keep gave something else than the command saw:\n%s", difference(s.saw, now))
		}
	})
}

func TestKeepAPart(t *testing.T) {
	ways(t, func(t *testing.T, userns bool) {
		s := play(t, userns, t.TempDir(), before, during)
		kept, err := s.run.Keep([]string{filepath.Join(s.original, "n/m/f"), filepath.Join(s.original, "full/z"), filepath.Join(s.original, "d/b")}, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := changed(kept, s.original); got != "removed d/b, added full/z, added n/m/f" {
			t.Errorf("kept %s", got)
		}
		for name, want := range map[string]string{"a": "one\n", "n/m/f": "deep\n", "full/z": "6\n", "full/x": "4\n", "d/b": "", "n/m/g": ""} {
			if b, _ := os.ReadFile(filepath.Join(s.original, name)); string(b) != want {
				t.Errorf("%s is %q, want %q", name, b, want)
			}
		}
		// What was not kept is still a change, and the command goes on seeing all.
		if again := inside(t, s.run, userns, "SCRIPT=true", "SEED=0"); stripTimes(again) != stripTimes(strings.ReplaceAll(s.saw, " link 1", "")) &&
			!strings.Contains(again, `"full/z"`) {
			t.Errorf("the command sees something else:\n%s", difference(stripTimes(s.saw), stripTimes(again)))
		}
		if _, err := s.run.Keep(nil, false); err != nil {
			t.Fatal(err)
		}
		if now := snapshot(s.original); stripTimes(now) != stripTimes(s.saw) {
			t.Errorf("the rest:\n%s", difference(stripTimes(s.saw), stripTimes(now)))
		}
	})
}

func TestDiscardAPart(t *testing.T) {
	ways(t, func(t *testing.T, userns bool) {
		s := play(t, userns, t.TempDir(), before, during)
		old := snapshot(s.original)
		if _, err := s.run.Discard([]string{filepath.Join(s.original, "full/x"), filepath.Join(s.original, "a"), filepath.Join(s.original, "n")}); err != nil {
			t.Fatal(err)
		}
		if now := snapshot(s.original); now != old {
			t.Errorf("discard changed the original:\n%s", difference(old, now))
		}
		saw := inside(t, s.run, userns, "SCRIPT=cat a full/x > all; [ ! -e full/y ]; [ ! -e n ]; [ -e full/z ]; grep -q one all; grep -q 4 all; ! grep -q more all", "SEED=0")
		if !strings.Contains(saw, `"all"`) {
			t.Error("the command did not see what was thrown away")
		}
	})
}

// What somebody changes outside meanwhile stops keep before it moves anything.
func TestConflicts(t *testing.T) {
	ways(t, func(t *testing.T, userns bool) {
		for outside, want := range map[string]string{
			"echo other > a":     "made or changed outside",
			"echo mine > d/new":  "made or changed outside",
			"echo other > d/b":   "made or changed outside",
			"echo other >full/x": "made or changed outside",
			"touch kind2/in":     "made or changed outside",
		} {
			s := play(t, userns, t.TempDir(), before, during)
			shell(t, s.original, outside)
			old := snapshot(s.original)
			_, err := s.run.Keep(nil, false)
			if err == nil || !strings.Contains(err.Error(), want) || fault.HintOf(err) == "" {
				t.Errorf("%s: %v", outside, err)
			}
			if now := snapshot(s.original); now != old {
				t.Errorf("%s: something was kept:\n%s", outside, difference(old, now))
			}
			if _, err := s.run.Keep(nil, true); err != nil {
				t.Errorf("%s: with force: %v", outside, err)
			}
			if now := snapshot(s.original); now != s.saw {
				t.Errorf("%s: with force:\n%s", outside, difference(s.saw, now))
			}
		}
	})
}

// Nothing that the spec denied is ever kept, not even with force.
func TestKeepRefusesWhatIsDenied(t *testing.T) {
	ways(t, func(t *testing.T, userns bool) {
		s := play(t, userns, t.TempDir(), before, during, "n/m")
		old := snapshot(s.original)
		_, err := s.run.Keep(nil, true)
		if err == nil || !strings.Contains(err.Error(), "denies") {
			t.Errorf("got %v", err)
		}
		if now := snapshot(s.original); now != old {
			t.Errorf("something was kept:\n%s", difference(old, now))
		}
	})
}

// A symlink that somebody puts in the place of a directory of the original must not
// lead keep out of the original.
func TestKeepFollowsNoLink(t *testing.T) {
	ways(t, func(t *testing.T, userns bool) {
		s := play(t, userns, t.TempDir(), before, during)
		victim := t.TempDir()
		shell(t, s.original, "mv d gone; ln -s "+victim+" d; rm -rf full; ln -s "+victim+" full")
		s.run.Keep(nil, true)
		if left, _ := os.ReadDir(victim); len(left) != 0 {
			t.Errorf("outside of the original there is %v", left)
		}
	})
}

func TestStore(t *testing.T) {
	store := Store{Dir: filepath.Join(t.TempDir(), "s")}
	if _, err := store.Open(""); err == nil || fault.HintOf(err) == "" {
		t.Errorf("no run: %v", err)
	}
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "file \"x\"\n")
	os.WriteFile(file, []byte("content"), 0o640)
	r, err := store.Create([]string{"a b", "c\n", ""}, "/w", []Tree{{Path: dir}, {Path: file, File: true}}, []string{"/x"})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"", r.ID} {
		o, err := store.Open(id)
		if err != nil {
			t.Fatal(err)
		}
		if string(o.text()) != string(r.text()) {
			t.Errorf("read back: %s", o.text())
		}
		var f *fault.Error
		if err := o.Lock(); !errors.As(err, &f) || f.Hint == "" {
			t.Errorf("a run in use can be locked: %v", err)
		}
	}
	for _, id := range []string{"../x", "x/y", strings.Repeat("a", 65), "20260101-000000-abcdef"} {
		if _, err := store.Open(id); err == nil || fault.HintOf(err) == "" {
			t.Errorf("%q: %v", id, err)
		}
	}
	if gone, err := store.Prune(0); err != nil || len(gone) != 0 {
		t.Errorf("prune took a run in use: %v, %v", gone, err)
	}
	r.Unlock()
	if gone, err := store.Prune(time.Hour); err != nil || len(gone) != 0 {
		t.Errorf("prune took a young run: %v, %v", gone, err)
	}
	if gone, err := store.Prune(0); err != nil || len(gone) != 1 {
		t.Errorf("prune: %v, %v", gone, err)
	}
	if left, _ := os.ReadDir(store.Dir); len(left) != 0 {
		t.Errorf("prune left %v", left)
	}
}
