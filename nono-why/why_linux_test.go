package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// A world is a home with the programs in it, for one user.
type world struct {
	t    *testing.T
	u    testenv.User
	home string
	bin  string // the directory of nono-run, nono-why and the shim
	path string // PATH
}

func newWorld(t *testing.T, u testenv.User) *world {
	t.Helper()
	testenv.RequireLandlock(t, 1)
	w := &world{t: t, u: u, home: u.Dir(t)}
	w.bin = filepath.Join(w.home, "programs")
	w.path = w.bin + ":/usr/bin:/bin"
	for _, d := range []string{".ssh", "project/sub", "programs", "tmp"} {
		w.must(os.MkdirAll(filepath.Join(w.home, d), 0o755))
		u.Own(t, filepath.Join(w.home, d))
	}
	u.Own(t, filepath.Join(w.home, "project"))
	for _, f := range []string{".ssh/id", "project/a", "notes", ".gitconfig"} {
		w.must(os.WriteFile(filepath.Join(w.home, f), []byte("text\n"), 0o644))
		u.Own(t, filepath.Join(w.home, f))
	}
	for name, pkg := range map[string]string{"nono-run": "../nono-run", "nono-why": ".", "nono-exec-shim": "../nono-exec-shim"} {
		text, err := os.ReadFile(testenv.Build(t, pkg))
		w.must(err)
		w.must(os.WriteFile(filepath.Join(w.bin, name), text, 0o755))
	}
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// ran is what a program left behind.
type ran struct {
	out, err string
	status   int
}

// start runs a program of the suite in the project, with a clean environment.
func (w *world) start(stdin, name string, args ...string) ran {
	w.t.Helper()
	for i, a := range args {
		args[i] = strings.ReplaceAll(a, "@", w.home)
	}
	cmd := w.u.Command(filepath.Join(w.bin, name), args...)
	cmd.Dir = filepath.Join(w.home, "project")
	cmd.Env = []string{"HOME=" + w.home, "PATH=" + w.path, "TMPDIR=" + w.home + "/tmp", "LC_ALL=C"}
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	err := cmd.Run()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		w.t.Fatal(err)
	}
	return ran{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

func (w *world) why(args ...string) ran { return w.start("", "nono-why", args...) }

func TestAnswers(t *testing.T) {
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u)
		profiles := filepath.Join(w.home, ".config/nono/profiles")
		w.must(os.MkdirAll(profiles, 0o755))
		w.must(os.WriteFile(filepath.Join(profiles, "maker.profile"), []byte("create ~/made\nallow ~/made\ncreate-json ~/made.json\nallow-file ~/made.json\n"), 0o644))
		for _, c := range []struct {
			args   string
			status int
			lines  string // each must be among the output's
		}{
			{"@/.ssh/id", 1, "denied: read '@/.ssh/id'|'@/.ssh' is protected (SSH keys)|to allow it: --read-file @/.ssh/id"},
			{"--path @/.ssh/id --op read", 1, "denied: read '@/.ssh/id'"},
			{"--allow @ @/.ssh/id", 1, "'@/.ssh' is protected (SSH keys)|enforced by Landlock (EACCES)"},
			{"@/.ssh/id --allow @", 1, "'@/.ssh' is protected (SSH keys)"},
			{"--read @/.ssh @/.ssh/id", 0, "allowed: read '@/.ssh/id'|'@/.ssh' is granted (--read @/.ssh)"},
			{"--allow @ --op write @/.gitconfig", 1, "'@/.gitconfig' is protected (runs as you later: tools)"},
			{"--allow . a", 0, "it is '@/project/a'|it is in the working directory, which is granted (--allow .)"},
			{"--allow . --op rmdir sub", 1, "directories are neither removed nor renamed unless --allow-rmdir is given|to allow it: --allow-rmdir"},
			{"--allow @ --op create @/new", 1, "nothing on the command line allows it"},
			{"--verbose /usr/bin", 0, "allowed: read '/usr/bin'"},
			{"--net-block --host example.com --port 443", 1, "denied: tcp to 'example.com' port 443|to allow it: leave out --net-block"},
			{"--host example.com --udp", 0, "allowed: udp to 'example.com'"},
			{"--grant-host *.example.com --host a.example.com --port 443", 0, "allowed: tcp to 'a.example.com' port 443|by the line 'host *.example.com' (--host *.example.com), if the TLS connection names that host"},
			{"--grant-host a.example:443/raw --host a.example --port 443", 0, "by the line 'host a.example:443/raw' (--host a.example:443/raw)"},
			{"--grant-host *.example.com --deny-host a.example.com --host A.example.com. --port 443", 1, "it is denied, whatever --host allows|to allow it: leave out --deny-host a.example.com"},
			{"--grant-host *.example.com --deny-host a.example.com:80 --host a.example.com --port 443", 0, "allowed: tcp to 'a.example.com' port 443"},
			{"--grant-host 192.0.2.0/24:80 --host 192.0.2.9 --port 80", 0, "by the line 'host 192.0.2.0/24:80' (--host 192.0.2.0/24:80)"},
			{"--grant-host 192.0.2.0/24:80 --host 192.0.2.9 --port 81", 1, "to allow it: --host 192.0.2.9:81"},
			{"--grant-host [2001:db8::/32]:80 --host 2001:db8::9 --port 80", 0, "by the line 'host [2001:db8::/32]:80' (--host [2001:db8::/32]:80)"},
			{"--grant-host 192.0.2.1 --host 2001:db8::9 --port 80", 1, "to allow it: --host '[2001:db8::9]:80'"},
			{"--grant-host localhost:5432 --host 127.0.0.1 --port 5432", 0, "by the line 'host localhost:5432' (--host localhost:5432)"},
			{"--grant-host localhost:5432 --host ::1 --port 5432", 0, "by the line 'host localhost:5432' (--host localhost:5432)"},
			{"--grant-host a.example --host localhost --port 5432", 1, "servers inside are reached all the same|to allow it: --host localhost:5432"},
			{"--grant-host a.example --host a.example --udp", 1, "hosts are connected to by TCP alone"},
			{"--net-block --grant-host a.example --host a.example", 1, "the network is blocked"},
			{"--unix-socket /run/docker.sock", 1, "denied: connect to '/run/docker.sock'|to allow it: --allow-unix-sockets"},
			{"--unix-socket @", 1, "Unix sockets outside are blocked"},
			{"--allow-unix-sockets --unix-socket /run/docker.sock", 0, "every Unix socket is allowed"},
			{"--command rm", 1, "denied: the command 'rm'|blocked command: file destruction|to allow it: --allow-command rm"},
			{"--command rm --allow-command rm", 0, "allowed: the command 'rm'"},
			{"--command shred --allow-command file-destruction", 0, "allowed: the command 'shred'"},
			{"--command mkfs.nilfs2", 1, "blocked command: disk operations"},
			{"--command ls", 0, "as the command itself and as a child process"},
			{"--allow . --op rename-to a --to sub/a", 0, "allowed: rename 'a' to 'sub/a'"},
			{"--platform darwin --allow @ @/.ssh/id", 1, "enforced by Seatbelt (EPERM)"},
			{"--allow @/.ssh --workdir @/.ssh id", 0, "it is '@/.ssh/id'|it is in the working directory, which is granted (--allow @/.ssh)"},
			{"--allow . --workdir sub ../a", 0, "it is '@/project/a'|'@/project' is granted (--allow .)"},
			{"--allow . --workdir sub --command ./a", 1, "the file permissions or the mount do not let this user"},
			{"--profile maker @/made", 0, "'@/made' is granted (profile maker)|nono run makes it before the start"},
			{"--profile maker --op write @/made.json", 0, "nono run makes it before the start"},
			{"--profile maker --op execute @/made.json", 1, "denied: execute '@/made.json'"},
			{"--silent /etc/shadow", 1, ""},
			{"--self /etc/shadow", 0, "not sandboxed: read '/etc/shadow'"},
			{"--self --summary", 0, "This process is in no sandbox of nono's: nothing is blocked by it."},
			{"--summary --allow .", 0, "Read and write: '@/project'|System V IPC and message queues: blocked. Network: allowed. Unix sockets outside: blocked. Removing or renaming directories: blocked."},
			{"--summary --allow . --allow-ipc", 0, "System V IPC and message queues: allowed. Network: allowed. Unix sockets outside: blocked. Removing or renaming directories: blocked."},
			{"--help", 0, "The question:"},
		} {
			t.Run(c.args, func(t *testing.T) {
				r := w.why(strings.Fields(c.args)...)
				if r.status != c.status || r.err != "" {
					t.Errorf("status %d, want %d; stderr %q", r.status, c.status, r.err)
				}
				for line := range strings.SplitSeq(c.lines, "|") {
					line = strings.ReplaceAll(line, "@", w.home)
					if line != "" && !strings.Contains("\n"+r.out, "\n"+line+"\n") && !strings.Contains(r.out, "  "+line+"\n") {
						t.Errorf("no line %q in\n%s", line, r.out)
					}
				}
				if c.lines == "" && r.out != "" {
					t.Errorf("it says %q", r.out)
				}
			})
		}
	})
}

// What nono why says of a blocked command that children can run, nono run says in
// its notice: here, a virtual environment's dd.
func TestReasonOfACommandThatIsNotDenied(t *testing.T) {
	w := newWorld(t, testenv.User{UID: os.Getuid()})
	env := filepath.Join(w.home, "project/.venv")
	w.must(os.MkdirAll(env+"/bin", 0o755))
	w.must(os.WriteFile(env+"/pyvenv.cfg", nil, 0o644))
	w.must(os.WriteFile(env+"/bin/dd", []byte("#!/bin/sh\n"), 0o755))
	w.path = env + "/bin:/usr/bin:/bin"
	const why = "is part of an environment in a directory that is granted for writing"
	for name, r := range map[string]ran{
		"nono-run": w.start("", "nono-run", "--allow", ".", "--dry-run"),
		"nono-why": w.why("--allow", ".", "--command", "dd"),
	} {
		if !strings.Contains(r.out+r.err, "'"+env+"/bin/dd' "+why) {
			t.Errorf("%s: %s%s", name, r.out, r.err)
		}
	}
}

func TestJSON(t *testing.T) {
	w := newWorld(t, testenv.User{UID: os.Getuid()})
	var v map[string]any
	doc := w.start("", "nono-run", "--allow", "@", "--print-spec").out
	r := w.start(doc, "nono-why", "--json", "--spec", "-", "@/.ssh/id")
	if err := json.Unmarshal([]byte(r.out), &v); err != nil {
		t.Fatalf("%v: %s", err, r.out)
	}
	for key, want := range map[string]any{"status": "denied", "reason": "sensitive_path", "op": "read", "exists": true,
		"category": "SSH keys", "enforced_by": "Landlock", "granted_by": nil, "suggestion": "--read-file " + w.home + "/.ssh/id"} {
		if v[key] != want {
			t.Errorf("%s is %v, want %v", key, v[key], want)
		}
	}
	for n, line := range strings.Split(doc, "\n") {
		if line == v["spec_line"] && float64(n+1) == v["line"] {
			return
		}
	}
	t.Errorf("line %v is not %v in\n%s", v["line"], v["spec_line"], doc)
}

// Every suggestion, given to nono-run, lets the kernel do it.
func TestSuggestions(t *testing.T) {
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u)
		for _, c := range []struct{ flags, op, path, script string }{
			{"--allow .", "read", "@/notes", "read x < @/notes"},
			{"--allow @", "read", "@/.ssh/id", "read x < @/.ssh/id"},
			{"--allow .", "list", "@/.ssh", "cd @/.ssh; ls"},
			{"--allow @", "list", "@/.ssh", "ls @/.ssh"},
			{"--read .", "write", "a", "echo x >> a"},
			{"--read .", "readwrite", "a", "exec 3<>a"},
			{"--allow @", "write", "@/.gitconfig", "echo >> @/.gitconfig"},
			{"--allow .", "execute", "/usr/bin/rm", "rm --version"},
			{"--allow . --block-command cat", "read", "/usr/bin/wc", ""},
			{"--read .", "create", "made", ": > made"},
			{"--allow .", "rmdir", "sub", "python3 -c 'import os; os.rmdir(\"sub\"); os.mkdir(\"sub\")' 2>/dev/null || perl -e 'rmdir(\"sub\") && mkdir(\"sub\") or exit 1'"},
		} {
			args := append(strings.Fields(c.flags), "--json", "--op", c.op, c.path)
			var v struct{ Status, Suggestion string }
			r := w.why(args...)
			w.must(json.Unmarshal([]byte(r.out), &v))
			if c.script == "" {
				if v.Status != "allowed" {
					t.Errorf("%+v: %s", c, r.out)
				}
				continue
			}
			if v.Status != "denied" || v.Suggestion == "" {
				t.Errorf("%+v: %s", c, r.out)
				continue
			}
			better := append(strings.Fields(c.flags), strings.Fields(v.Suggestion)...)
			if r := w.why(append(append([]string{}, better...), "--op", c.op, c.path)...); r.status != 0 {
				t.Errorf("%+v: with %s: %s%s", c, v.Suggestion, r.out, r.err)
			}
			script := strings.ReplaceAll(c.script, "@", w.home)
			if r := w.start("", "nono-run", append(strings.Fields(c.flags), "--silent", "--", "/bin/sh", "-c", script)...); r.status == 0 {
				t.Errorf("%+v: the kernel allows it without", c)
			}
			if r := w.start("", "nono-run", append(better, "--silent", "--", "/bin/sh", "-c", script)...); r.status != 0 {
				t.Errorf("%+v: with %s the kernel does not: %s", c, v.Suggestion, r.err)
			}
		}
	})
}
