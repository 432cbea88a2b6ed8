package policy

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/ask"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// TestAskUnderAPolicy: what a policy forbids to grant is not granted by an answer
// either, and everything else is asked about as ever.
func TestAskUnderAPolicy(t *testing.T) {
	s := suite.Build(t, suite.Newest)
	const once, file, dir = `{"yes":true}`, `{"yes":true,"for":"run"}`, `{"yes":true,"for":"run","dir":true}`
	// What is asked are the lines that a yes would grant.
	rows := []struct{ name, forbid, answer, script, want, asked string }{
		{"nothing is forbidden", "ephemeral", dir, "cat /srv/x/f /srv/x/g", "f\ng\n", "read-file /srv/x/f|read /srv/x"},
		{"the flag", "allow", file, "cat /srv/x/f", "f\n", "read-file /srv/x/f|read /srv/x"},
		{"the flag, of a directory", "read", dir, "cat /srv/x/f", "denied", "read-file /srv/x/f|"},
		{"the flag, of a file", "read-file", file, "cat /srv/x/f", "denied", ""},
		{"everything", "allow /", dir, "cat /srv/x/f /srv/x/g", "f\ng\n", "read-file /srv/x/f|read /srv/x"},
		{"the directory", "read /srv/x", dir, "cat /srv/x/f", "denied", "read-file /srv/x/f|"},
		{"a file of the directory", "read /srv/x", file, "cat /srv/x/f", "f\n", "read-file /srv/x/f|"},
		{"the directory, listed", "read /srv/x", once, "ls /srv/x", "f\ng\n", "|"},
		{"above what is forbidden", "read /srv/x/f", dir, "cat /srv/x/g", "denied", "read-file /srv/x/g|"},
		{"beneath what is forbidden", "read /srv", dir, "cat /srv/x/f /srv/x/g", "f\ng\n", "read-file /srv/x/f|read /srv/x"},
		{"the file", "read-file /srv/x/f", once, "cat /srv/x/f", "denied", ""},
		{"the file by a symlink in the policy", "read-file /srv/link", once, "cat /srv/x/f", "denied", ""},
		{"beside the file", "read-file /srv/x/f", file, "cat /srv/x/g", "g\n", "read-file /srv/x/g|"},
		{"more than is forbidden", "read-file /srv/x/f", once, "cat <>/srv/x/f", "cannot create", ""},
		{"less than is forbidden", "allow /srv/x", dir, "cat /srv/x/f /srv/x/g", "f\ng\n", "read-file /srv/x/f|read /srv/x"},
		{"the rest of what is forbidden", "allow-file /srv/x/f", once, "cat /srv/x/f; echo y >>/srv/x/f", "cannot create", "read-file /srv/x/f|read /srv/x"},
		{"asking", "ask", dir, "cat /srv/x/f", "cannot use --ask", ""},
		{"what is protected", "allow-file /srv/home/.ssh/id", once, "true", "cannot ask about --ask-protected '/srv/home/.ssh/id': granting it is forbidden by the policy 'site'", ""},
	}
	for _, who := range []string{"root", "nobody"} {
		t.Run(who, func(t *testing.T) {
			rows := rows
			if who == "root" {
				rows = rows[:3] // nothing else differs
			}
			script := "mkdir -p /srv/x /srv/home/.ssh /srv/tool; echo f >/srv/x/f; echo g >/srv/x/g; ln -s x/f /srv/link; echo key >/srv/home/.ssh/id; chown -R " + who + " /srv/home /srv/x /srv/tool\n"
			for _, c := range rows {
				flags := "--ask "
				if c.name != "asking" {
					flags = "--ask-with /srv/tool/answer "
				}
				if c.name == "what is protected" {
					flags += "--ask-protected /srv/home/.ssh/id "
				}
				script += "echo \"== " + c.name + "\"; echo 'forbid " + c.forbid + "' >/etc/nono/policy.d/site.profile; rm -f /srv/tool/log\n" +
					"cat >/srv/tool/answer <<'A'\n#!/bin/sh\ncat >>/srv/tool/log\necho '" + c.answer + "'\nA\nchmod 755 /srv/tool/answer\n" +
					"as " + who + ` "$N/nono-run --silent --net-block ` + flags + "-- sh -c '" + c.script + "'\"; echo \"-- asked\"; cat /srv/tool/log 2>/dev/null\n"
			}
			parts := strings.Split(machine(t, s, script+"true"), "== ")[1:]
			if len(parts) != len(rows) {
				t.Fatalf("%d answers to %d questions", len(parts), len(rows))
			}
			for i, c := range rows {
				out, log, _ := strings.Cut(parts[i], "-- asked\n")
				asked := ""
				for line := range strings.Lines(log) {
					var q ask.Question
					if err := json.Unmarshal([]byte(line), &q); err != nil {
						t.Fatal(err)
					}
					asked += strings.ReplaceAll(q.File+"|"+q.Dir, "'", "")
				}
				if !strings.Contains(out, c.want) || asked != c.asked {
					t.Errorf("forbid %s, %s, answered %s:\n%sasked %q\nwant %q\nasked %q", c.forbid, c.script, c.answer, out, asked, c.want, c.asked)
				}
			}
		})
	}
}
