package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// In a sandbox in a sandbox the inner one's spec does not tell what the outer one
// refuses: the kernel is asked, and nothing comes of that.
func TestNested(t *testing.T) {
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u)
		sticky := filepath.Join(w.home, "project/sticky")
		w.must(os.Mkdir(sticky, 0o777))
		w.must(os.Chmod(sticky, 0o777|os.ModeSticky))
		w.must(os.WriteFile(filepath.Join(sticky, "others"), nil, 0o666))
		w.must(os.Chmod(filepath.Join(w.home, "project"), 0o755))
		before := names(t, w.home)
		outer := []string{"--silent", "--read", ".", "--read", w.bin, "--"}
		inner := []string{filepath.Join(w.bin, "nono-run"), "--silent", "--allow", ".", "--read", w.bin, "--", "nono-why", "--self", "--json"}
		for question, allowed := range map[string]bool{
			"a": true, "--op list .": true, "--op write a": false, "--op readwrite a": false, "--op truncate a": false,
			"--op create new": false, "--op mkdir new": false, "--op delete a": false, "--op rename-to a --to b": false,
			"--op link-to a --to b": false, "--op execute /bin/sh": true, "--op execute /usr/bin/rm": false, "@/.ssh/id": false,
		} {
			args := append(append([]string{}, outer...), append(append([]string{}, inner...), strings.Fields(question)...)...)
			if r := w.start("", "nono-run", args...); (r.status == 0) != allowed || r.status > 1 {
				t.Errorf("%s, inside: status %d, %s%s", question, r.status, r.out, r.err)
			}
			// By itself the inner one allows it, but for what is blocked anyway.
			alone := !strings.Contains(question, "rm") && !strings.Contains(question, "@")
			if r := w.start("", "nono-run", append(append([]string{}, inner[1:]...), strings.Fields(question)...)...); (r.status == 0) != alone || r.status > 1 {
				t.Errorf("%s, alone: status %d, %s%s", question, r.status, r.out, r.err)
			}
		}
		// A thing that ordinary permissions keep is not there to be deleted, though
		// it can be renamed to itself.
		r := w.start("", "nono-run", append(append([]string{}, inner[1:]...), "--op", "delete", "sticky/others")...)
		if want := u.Root() || os.Geteuid() != 0; (r.status == 0) != want {
			t.Errorf("the sticky directory: status %d, %s%s", r.status, r.out, r.err)
		}
		if after := names(t, w.home); after != before {
			t.Errorf("it was\n%s\nand is\n%s", before, after)
		}
	})
}

// names lists what is in a home, but for private temps.
func names(t *testing.T, home string) string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(home, func(path string, _ os.DirEntry, err error) error {
		if !strings.HasPrefix(path, home+"/tmp") {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}
