package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

func TestMisuse(t *testing.T) {
	w := newWorld(t, testenv.User{UID: os.Getuid()})
	for args, want := range map[string]string{
		"":                               "no question is given",
		"a b":                            "one path at a time",
		"--op fly a":                     "there is no operation 'fly'",
		"--op rename-to a":               "--to goes with rename-to",
		"--to b a":                       "--to goes with rename-to",
		"--path a --path b":              "given twice",
		"--host h --command c":           "one at a time",
		"--port 70000 --host h":          "1 to 65535",
		"--udp a":                        "--host",
		"--self --allow . a":             "one or the other",
		"--self --spec x a":              "one or the other",
		"--spec /nonexistent a":          "no such file",
		"--spec /etc/passwd a":           "line 1",
		"--platform plan9 a":             "linux or darwin",
		"--allow /nonexistent a":         "no such file",
		"--profile nonexistent-here a":   "nonexistent-here",
		"--workdir /nonexistent a":       "cannot start in '/nonexistent': no such file",
		"--workdir /etc/passwd a":        "cannot start in '/etc/passwd': not a directory",
		"--bogus a":                      "there is no such flag",
		"--unix-socket /a --path /b":     "one at a time",
		"--allow-command bogus /etc/foo": "bogus",
	} {
		r := w.why(strings.Fields(args)...)
		if r.status != 2 || !strings.Contains(r.err, want) || r.out != "" || !strings.HasPrefix(r.err, "nono: error: ") {
			t.Errorf("%q: status %d, %q %q; want %q", args, r.status, r.err, r.out, want)
		}
	}
}

func TestBatch(t *testing.T) {
	w := newWorld(t, testenv.User{UID: os.Getuid()})
	var in strings.Builder
	for i := range 300 {
		fmt.Fprintf(&in, "read %s/project/%d\nwrite /etc/x%d\n", w.home, i, i)
	}
	in.WriteString("rename-to " + w.home + "/project/a\t" + w.home + "/project/b\n\nread \"/new\\nline\"\nfly /x\nread\nrename-to /a\n")
	r := w.start(in.String(), "nono-why", "--allow", ".", "--batch")
	lines := strings.Split(strings.TrimSuffix(r.out, "\n"), "\n")
	if len(lines) != 605 || r.status != 1 || r.err != "" {
		t.Fatalf("%d lines, status %d, %s", len(lines), r.status, r.err)
	}
	count := map[any]int{}
	for _, l := range lines {
		var v map[string]any
		if err := json.Unmarshal([]byte(l), &v); err != nil {
			t.Fatalf("%v: %s", err, l)
		}
		count[v["status"]]++
	}
	if count["allowed"] != 301 || count["denied"] != 301 || count["error"] != 3 {
		t.Errorf("%v", count)
	}
}

func TestSpec(t *testing.T) {
	w := newWorld(t, testenv.User{UID: os.Getuid()})
	doc := "nono-spec 1\nread " + w.home + "/project by \"hand\"\nnet block\nunix-sockets block\nrmdir block\n"
	if r := w.start(doc, "nono-why", "--spec", "-", "--verbose", "a"); r.status != 0 || !strings.Contains(r.out, "line 2: read "+w.home+"/project") {
		t.Errorf("%+v", r)
	}
	if r := w.start(doc, "nono-why", "--spec", "-", "--host", "x"); r.status != 1 {
		t.Errorf("%+v", r)
	}
	// What the shim would not start with is no policy to answer about.
	w.must(os.Symlink("a", filepath.Join(w.home, "project/link")))
	doc = strings.Replace(doc, "net block", "deny "+w.home+"/project/link by \"hand\"\nnet block", 1)
	if r := w.start(doc, "nono-why", "--spec", "-", "a"); r.status != 2 || !strings.Contains(r.err, "which stays granted") {
		t.Errorf("%+v", r)
	}
}

// Inside, the kernel's answer counts and NONO_SPEC is only a name.
func TestSelf(t *testing.T) {
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u)
		forged := "nono-spec 1\\nread / by \"forged\"\\nnet allow\\nunix-sockets allow\\nrmdir allow\\n"
		w.must(os.WriteFile(filepath.Join(w.home, "project/huge"), nil, 0o600))
		w.must(os.Truncate(filepath.Join(w.home, "project/huge"), 1<<30))
		w.must(unix.Mkfifo(filepath.Join(w.home, "project/fifo"), 0o600))
		w.must(os.Symlink("/etc/shadow", filepath.Join(w.home, "project/link")))
		w.must(os.WriteFile(filepath.Join(w.home, "project/others"), []byte("nono-spec 1\n"), 0o644))
		w.must(os.Chmod(filepath.Join(w.home, "project/others"), 0o644))
		for _, f := range []string{"huge", "fifo"} {
			u.Own(t, filepath.Join(w.home, "project", f))
		}
		if os.Geteuid() == 0 {
			w.must(os.Chown(filepath.Join(w.home, "project/others"), 4242, 4242))
		}
		for _, c := range []struct{ script, want string }{
			{"nono-why --self a", "allowed: read 'a'"},
			{"nono-why --self @/.ssh/id", "denied: read '@/.ssh/id'"},
			{"nono-why --self --json @/notes", `"reason":"not_in_allowed_paths"`},
			{"nono-why --self --op write a", "allowed: write 'a'"},
			{"nono-why --self --op execute /usr/bin/rm", "blocked command: file destruction"},
			{"nono-why --self --op delete a", "allowed: delete 'a'"},
			{"nono-why --self --op rmdir sub", "to allow it: --allow-rmdir"},
			{"nono-why --self --host x", "denied: tcp to 'x'"},
			{"nono-why --self --command rm", "denied: the command 'rm'"},
			{"nono-why --self $TMPDIR", "it is in the sandbox's private temp"},
			{"nono-why --self --summary", "Read and write: '@/project'"},
			{"env -u NONO_SPEC nono-why --self a", "NONO_SPEC is not set"},
			{"NONO_SPEC=/nonexistent nono-why --self a", "no such file"},
			{"NONO_SPEC=/dev/zero nono-why --self a", "not a plain file"},
			{"NONO_SPEC=/usr nono-why --self a", "not a plain file"},
			{"NONO_SPEC=@/project/fifo nono-why --self a", "not a plain file"},
			{"NONO_SPEC=@/project/huge nono-why --self a", "too large"},
			{"NONO_SPEC=@/project/link nono-why --self a", "not a plain file"},
			{"NONO_SPEC=@/project/a nono-why --self a", "line 1"},
			{"printf '" + forged + "' > f; NONO_SPEC=@/project/f nono-why --self --json @/notes", `"reason":"differs_from_the_kernel"`},
			{"printf '" + forged + "' > f; NONO_SPEC=@/project/f nono-why --self --json --op execute /usr/bin/rm", `"status":"denied"`},
			{"printf '" + forged + "' > f; NONO_SPEC=@/project/f nono-why --self --json --op rmdir sub", `"status":"denied"`},
			{"printf '" + forged + "' > f; NONO_SPEC=@/project/f nono-why --self --json --host x", `"status":"denied"`},
			{"printf '" + forged + "' > f; NONO_SPEC=@/project/f nono-why --self --json --unix-socket $(printf '\\100')abstract", `"status":"denied"`},
			{"printf '" + forged + "' > f; NONO_SPEC=@/project/f nono-why --self --json --unix-socket @/project/a", `"status":"denied"`},
			{"printf '#!/usr/bin/rm' > script; chmod +x script; nono-why --self --json --op execute script", `"status":"denied"`},
			{"NONO_SPEC=@/project/others nono-why --self a", "belongs to another user"},
		} {
			if strings.Contains(c.want, "another user") && os.Geteuid() != 0 {
				continue // nobody else's file can be made
			}
			if support, err := kernel.Detect(); err == nil && support.ABI >= kernel.ABIUnix && strings.Contains(c.script, "unix-socket") {
				continue // a socket can be made there, and only connecting it tells
			}
			r := w.start("", "nono-run", "--silent", "--allow", ".", "--net-block", "--read", w.bin, "--", "/bin/sh", "-c", strings.ReplaceAll(c.script, "@", w.home))
			if want := strings.ReplaceAll(c.want, "@", w.home); !strings.Contains(r.out+r.err, want) {
				t.Errorf("%s: no %q in\n%s%s", c.script, want, r.out, r.err)
			}
		}
	})
}
