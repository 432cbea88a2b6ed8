package main

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// What a line of a program's output says was refused.
func TestRefusals(t *testing.T) {
	for _, c := range []struct{ line, path string }{
		{"cat: /home/u/.ssh/id: Permission denied", "/home/u/.ssh/id"},
		{"cat: notes: Permission denied", "/w/notes"},
		{"cat: 'a b': Permission denied", "/w/a b"},
		{"rm: cannot remove 'foo': Permission denied", "/w/foo"},
		{"mkdir: cannot create directory ‘/x/y’: Permission denied", "/x/y"},
		{"ls: cannot open directory '/home': Permission denied", "/home"},
		{"touch: cannot touch '/a/b': Permission denied", "/a/b"},
		{"bash: line 1: /usr/bin/rm: Permission denied", "/usr/bin/rm"},
		{"/bin/sh: 1: cannot create /x: Permission denied", "/x"},
		{"bash: /etc/x: Permission denied", "/etc/x"},
		{"EACCES: permission denied, open '/home/u/x'", "/home/u/x"},
		{"Error: EACCES: permission denied, mkdir '/home/u/.x'", "/home/u/.x"},
		{"Error: connect EPERM /run/docker.sock", "/run/docker.sock"},
		{"PermissionError: [Errno 13] Permission denied: '/home/u/x'", "/home/u/x"},
		{"PermissionError: [Errno 1] Operation not permitted: 'x'", "/w/x"},
		{"open /x/y: permission denied", "/x/y"},
		{"fatal: could not open '/r/.git/HEAD' for writing: Permission denied", "/r/.git/HEAD"},
		{"error: failed to open `/x/y`: Permission denied (os error 13)", "/x/y"},
		{"permission denied while trying to connect to the docker API at unix:///var/run/docker.sock", "/var/run/docker.sock"},
		{"grep: /etc/shadow: Permission denied\r", "/etc/shadow"},
		{"find: ‘/root’: Permission denied", "/root"},
	} {
		got := refusals(c.line+"\n", "/w")
		if len(got) != 1 || got[0].path != c.path || got[0].net || len(got[0].ops) == 0 {
			t.Errorf("%q: %+v, want %q", c.line, got, c.path)
		}
	}
	for _, line := range []string{
		"", "all is well", "ERROR:  permission denied for table users", "psql: FATAL:  permission denied for database \"foo\"",
		"remote: Permission denied to ada.", "git@example.org: Permission denied (publickey).", "403: permission denied", "Permission denied",
		"Permission denied, please try again.", "GraphQL: EACCES_ROLE is required", "cat: notes: No such file or directory",
	} {
		if got := refusals(line+"\n", "/w"); len(got) != 0 {
			t.Errorf("%q: %+v, want none", line, got)
		}
	}
	for _, line := range []string{"socket: Operation not permitted", "curl: (6) Could not resolve host: example.com", "connect: Permission denied"} {
		if got := refusals(line, "/w"); len(got) != 1 || !got[0].net {
			t.Errorf("%q: %+v, want the network", line, got)
		}
	}
	many := strings.Repeat("cat: /x: Permission denied\n", 100)
	for i := range 100 {
		many += "cat: /x" + string(rune('A'+i%26)) + ": Permission denied\n"
	}
	if got := refusals(many, "/w"); len(got) != mostRefusals {
		t.Errorf("%d refusals, want %d, each once", len(got), mostRefusals)
	}
}

func FuzzRefusals(f *testing.F) {
	f.Add("cat: /x: Permission denied")
	f.Add("''‘’: permission denied, open '")
	f.Add("\xff\xfe: EPERM \"/a")
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range refusals(text, "/w") {
			if !r.net && (!strings.HasPrefix(r.path, "/") || len(r.ops) == 0) {
				t.Errorf("%q: %+v", text, r)
			}
		}
	})
}

func TestFit(t *testing.T) {
	for _, s := range []string{"", "short", strings.Repeat("é", 200), strings.Repeat("x", 4096), "\xff" + strings.Repeat("\xff", 400)} {
		for _, most := range []int{10, 11, 80} {
			if got := fit(s, most); len(got) > most || utf8.ValidString(s) && !utf8.ValidString(got) {
				t.Errorf("fit(%.20q, %d) = %q", s, most, got)
			}
		}
	}
}
