package supervise

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/testenv"
)

// serveUnix has a server at path say its name and what it is told, to everybody.
func serveUnix(t *testing.T, u testenv.User, path, name string) {
	t.Helper()
	l, err := net.Listen("unix", path)
	must(t, err)
	t.Cleanup(func() { l.Close() })
	must(t, os.Chmod(path, 0o777))
	u.Own(t, path)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			line, _ := bufio.NewReader(c).ReadString('\n')
			fmt.Fprintf(c, "%s: %s", name, line)
			c.Close()
		}
	}()
}

// visitor connects to each of its arguments.
const visitor = `visit() { python3 -c 'import socket, sys
for path in sys.argv[1:]:
    s = socket.socket(socket.AF_UNIX)
    try:
        s.connect(path)
        s.sendall(b"hello\n")
        sys.stdout.write(s.recv(100).decode())
    except OSError as e:
        print(e.strerror)' "$@"; }; `

// Connecting to a Unix socket outside is asked about, with the word, and the answer is
// about the very socket that was shown.
func TestAskSockets(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	if support, err := kernel.Detect(); err != nil || support.ABI >= kernel.ABIUnix {
		t.Skip("Landlock tells Unix sockets apart here, and no supervisor connects to them")
	}
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("python3 is not installed")
	}
	const no, shut, once, run = `{"yes":false}`, "Permission denied\n", `{"yes":true,"word":"reveal"}`, `{"yes":true,"word":"reveal","for":"run"}`
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		for _, c := range []struct{ name, answer, meanwhile, script, flags, want, asked string }{
			{"no", no, "", "visit $O/s $O/s", "", shut + shut, "$O/s"},
			{"a key", `{"yes":true}`, "", "visit $O/s", "", shut, "$O/s"},
			{"once", once, "", "visit $O/s $O/s", "", "one: hello\none: hello\n", "$O/s $O/s"},
			{"for the run", run, "", "visit $O/s $O/s $O/t", "", "one: hello\none: hello\ntwo: hello\n", "$O/s $O/t"},
			{"always", `{"yes":true,"word":"reveal","for":"always"}`, "", "visit $O/s", "-p agent", shut, "$O/s"},
			{"a directory", `{"yes":true,"word":"reveal","for":"run","dir":true}`, "", "visit $O/s", "", shut, "$O/s"},
			{"by a link", run, "", "ln -s $O/s link; visit link $O/s", "", "one: hello\none: hello\n", "$O/s"},
			{"nothing there", once, "", "visit $O/none", "", "No such file or directory\n", ""},
			{"denied", once, "", "visit $O/s", "--deny $O", shut, ""},
			{"protected", once, "", "visit $HOME/.ssh/s", "", shut, ""},
			{"granted", no, "", "visit $O/s", "--unix-socket $O/s", "one: hello\n", ""},
			// What takes the name while the question is open is another socket.
			{"swapped", once, "mv $O/t $O/s", "visit $O/s", "", "one: hello\n", "$O/s"},
			{"swapped by a link", once, "rm $O/s; ln -s t $O/s", "visit $O/s", "", "one: hello\n", "$O/s"},
			{"swapped later", run, "", "visit $O/s; until [ -e $O/swapped ]; do sleep 0.05; done; visit $O/s", "", "one: hello\ntwo: hello\n", "$O/s $O/s"},
			// One's own servers are nobody's question.
			{"inside", no, "", `python3 -c 'import socket
s = socket.socket(socket.AF_UNIX); s.bind("own"); s.listen()
c = socket.socket(socket.AF_UNIX); c.connect("own"); c.sendall(b"x"); print("inside")'`, "", "inside\n", ""},
		} {
			t.Run(c.name, func(t *testing.T) {
				a := newAsked(t, u, c.meanwhile+"\necho '"+c.answer+"'")
				a.protect(t)
				must(t, os.MkdirAll(a.home+"/.config/nono/profiles", 0o700))
				must(t, os.WriteFile(a.home+"/.config/nono/profiles/agent.profile", nil, 0o600))
				must(t, exec.Command("chown", "-R", "--reference", a.home, a.home+"/.config").Run())
				serveUnix(t, u, a.other+"/s", "one")
				serveUnix(t, u, a.other+"/t", "two")
				serveUnix(t, u, a.home+"/.ssh/s", "secret")
				expand := strings.NewReplacer("$O", a.other, "$HOME", a.home)
				must(t, os.WriteFile(a.program, []byte("#!/bin/sh\nO="+a.other+"\nq=$(cat)\nprintf '%s\\n' \"$q\" >>"+a.log+"\n"+c.meanwhile+"\necho '"+c.answer+"'\n"), 0o755))
				if c.name == "swapped later" {
					// From outside, once the first question is answered.
					text := "#!/bin/sh\nO=" + a.other + "\nq=$(cat)\nprintf '%s\\n' \"$q\" >>" + a.log + "\necho '" + c.answer + "'\n[ -e $O/swapped ] || { sleep 1; mv $O/t $O/s; touch $O/swapped; } >/dev/null 2>&1 &\n"
					must(t, os.WriteFile(a.program, []byte(text), 0o755))
				}
				out, _ := a.ran(t, append([]string{"--ask-with", a.program}, strings.Fields(expand.Replace(c.flags))...), "sh", "-c", "O="+a.other+"; "+visitor+"exec 2>&1; "+c.script)
				got := ""
				for line := range strings.Lines(out) {
					if !strings.HasPrefix(line, "nono: error: cannot ask by ") {
						got += line
					}
				}
				if got != c.want {
					t.Errorf("it says %q, want %q", got, c.want)
				}
				if asked := strings.Join(a.questions(t, "path"), " "); asked != expand.Replace(c.asked) {
					t.Errorf("asked %q, want %q", asked, expand.Replace(c.asked))
				}
			})
		}
		t.Run("another name of it", func(t *testing.T) {
			a := newAsked(t, u, "echo '"+no+"'")
			serveUnix(t, u, a.other+"/s", "one")
			must(t, os.Link(a.other+"/s", a.dir+"/harmless"))
			a.says(t, shut, visitor+"visit harmless")
			if notes := a.questions(t, "note"); len(notes) != 1 || notes[0] != "its server calls it '"+a.other+"/s'" {
				t.Errorf("what is said of it: %q", notes)
			}
		})
	})
}
