package summary

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/audit"
)

func refused(op, path, remedy string) audit.Event {
	return audit.Event{Kind: audit.Refused, Op: op, Path: path, Reason: "not_in_allowed_paths", Remedy: remedy, Program: "/bin/x"}
}

func TestText(t *testing.T) {
	s := &Summary{}
	if text := s.Text(true); text != "" {
		t.Errorf("nothing refused: %q", text)
	}
	s.Add(audit.Event{Kind: audit.Exec, Path: "/bin/x"})
	s.Add(refused("read", "/a/b", "--read-file /a/b"))
	for range 3 {
		s.Add(refused("write", "/a/c\x1b[2K", "--write /a"))
	}
	s.Add(refused("read", "/a/b", "--read-file /a/b"))
	s.Add(refused("mkdir", "/a/d", "--allow /a"))
	want := `nono: notice: the sandbox refused:
  write $'/a/c\033[2K': not in allowed paths (3 times)
  read '/a/b': not in allowed paths (2 times)
  mkdir '/a/d': not in allowed paths
  (what is only read is not looked at; --explain does that)
nono: hint: to allow it: --allow /a
`
	if text := s.Text(false); text != want {
		t.Errorf("it says\n%swant\n%s", text, want)
	}
	// One line has the flags for all that there are flags for.
	s.Add(refused("execute", "/bin/rm", "--allow-command rm"))
	s.Add(refused("write", "/home/x", ""))
	s.Add(refused("connect", "/s", "leave out --net-block"))
	want = "nono: hint: to allow it: --allow /a --allow-command rm\n" +
		"  (these flags do not allow 2 of the refused operations; nono why tells the reason)\n"
	if text := s.Text(true); !strings.HasSuffix(text, want) {
		t.Errorf("it says\n%swant at its end\n%s", text, want)
	}
}

// At most eight lines, and bounded memory, whatever is tried.
func TestMany(t *testing.T) {
	s := &Summary{}
	for i := range 3 * most {
		s.Add(refused("write", fmt.Sprint("/x/", i), ""))
	}
	text := s.Text(true)
	if n := strings.Count(text, "\n"); n != 10 || !strings.Contains(text, "  and 2992 more\n") {
		t.Errorf("%d lines:\n%s", n, text)
	}
	var all struct {
		Refused []Refusal
		More    int
	}
	if err := json.Unmarshal(s.JSON(), &all); err != nil || len(all.Refused) != most || all.More != 2*most {
		t.Errorf("%d and %d more, %v", len(all.Refused), all.More, err)
	}
}
