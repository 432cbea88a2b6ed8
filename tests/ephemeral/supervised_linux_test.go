package ephemeral

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/core/testenv/tree"
)

// With what needs a supervisor too, the command's changes go apart, and the sandbox is what
// it is with the supervisor alone.
func TestSupervised(t *testing.T) {
	testenv.RequireLandlock(t, 2)
	each(t, func(t *testing.T, p place) {
		other := p.User.Dir(t)
		answer, log := other+"/answer", other+"/log"
		for path, text := range map[string]string{answer: "#!/bin/sh\ncat >/dev/null\necho '{\"yes\":true,\"for\":\"run\",\"dir\":true}'\n", other + "/f": "the file\n"} {
			if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
				t.Fatal(err)
			}
			p.User.Own(t, path)
		}
		outside := tree.Snapshot(t, other)
		for _, c := range []struct {
			flags        []string
			script, want string
		}{
			{[]string{"--explain"}, "cat $O/f 2>/dev/null || echo no", "no\n"},
			{[]string{"--ask-with", answer}, "cat $O/f; (echo x > $O/f) 2>/dev/null || echo no; rm -f $O/f 2>/dev/null || echo no; mv a $O/a 2>/dev/null || echo no; ls $O/a 2>/dev/null", "the file\nno\nno\nno\n"},
			{[]string{"--read", other + ":1h"}, "cat $O/f; (echo x > $O/f) 2>/dev/null || echo no", "the file\nno\n"},
			{[]string{"--allow", other + ":1h"}, "echo x > $O/f; cat $O/f; rm $O/answer; mkdir $O/n; echo y > $O/n/f; mv $O/n/f $O/n/g; ls $O", "x\nf\nn\n"},
			{[]string{"--host", "example.org"}, "cat b", "two\n"},
			{[]string{"--hold-metadata"}, "chmod 600 a; chmod 600 $O/f 2>/dev/null || echo no; stat -c %a a", "no\n600\n"},
			{[]string{"--allow-beside-denied", "--deny", p.Dir + "/b"}, "echo n > n; mv n m; rm a; cat m; cat b 2>/dev/null || echo no; mv m b 2>/dev/null || echo no", "n\nno\nno\n"},
			{[]string{"--inner-sockets"}, "perl -MIO::Socket::UNIX -e '$l = IO::Socket::UNIX->new(Local => \"d/s\", Listen => 1); $c = IO::Socket::UNIX->new(Peer => \"d/s\"); print $c ? \"yes\\n\" : \"no\\n\"'", "yes\n"},
			{[]string{"--wait-all"}, "(sleep 0.1; echo late > late) & echo", "\n"},
		} {
			out, status := p.run("O="+other+"\n"+c.script+"\necho more >> d/c; cat d/c", append(c.flags, "--silent")...)
			if want := c.want + "three\nmore\n"; status != 0 || out != want {
				t.Errorf("%q: %d: %q, want %q", c.flags, status, out, want)
			}
			p.Want("cat a b d/c; ls", "one\ntwo\nthree\na\nb\nd\n")
			if d := tree.Difference(outside, tree.Snapshot(t, other)); d != "" {
				t.Errorf("%q: changed outside: %s", c.flags, d)
			}
			if out, status := p.Nono("diff", "--stat", "d/c"); status != 0 || !strings.Contains(out, "1 changed") {
				t.Errorf("%q: diff: %d: %s", c.flags, status, out)
			}
			p.Nono("discard")
		}
		// The log says that the changes are apart, and where.
		out, status := p.run("echo more >> a", "--audit-log", log)
		text, err := os.ReadFile(log)
		id := regexp.MustCompile(`"ephemeral":"([0-9a-f-]+)"`).FindSubmatch(text)
		if err != nil || status != 0 || id == nil || !strings.Contains(out, "nono diff "+string(id[1])) {
			t.Errorf("%d: %s: %v: %q", status, out, err, id)
		}
		if out, status := p.Nono("keep", string(id[1])); status != 0 {
			t.Error(out)
		}
		p.Want("cat a", "one\nmore\n")
		if out, status := p.run("true", "--audit-log", p.Dir+"/log"); status != 125 || !strings.Contains(out, "it lies in a directory whose changes --ephemeral keeps separate") {
			t.Errorf("a log in the project: %d: %s", status, out)
		}
		if out, status := p.run("kill -TERM $$", "--explain", "--silent"); status != -1 && status != 143 {
			t.Errorf("ended by a signal: %d: %s", status, out)
		}
	})
}
