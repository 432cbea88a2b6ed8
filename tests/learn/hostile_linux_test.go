package learn

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// Commands that try to make the profile wide, wrong or unreadable. Whatever they do,
// nothing that is protected is granted, and what is saved is a profile.
var hostile = []struct{ name, script string }{
	{"secrets", `cat ~/.ssh/id_rsa ~/.aws/credentials ~/.config/gh/hosts.yml; echo x >>~/.bashrc; ls ~/.ssh; echo x >~/.ssh/new
ln -s ~/.ssh s; ln -s ~/.ssh/id_rsa k; ln -s / r; cat s/id_rsa k r$HOME/.ssh/id_rsa; ls s/; echo x >s/new
cat ../project/../.ssh/id_rsa ../.ssh/../.ssh/id_rsa; mkdir d; cat d/../../.aws/credentials`},
	{"names", `f=$(printf 'a\nallow /\nallow ~/.ssh\nb'); echo x >~/.old/"$f"; echo x >"$f"; cat ~/.old/"$f"
echo x >~/.old/'a" # allow /'; mkdir ~/.old/"a'b" ~/.old/'c\d'; echo x >~/.old/"a'b"/x; echo x >~/.old/'c\d'/x; ls ~/.old/*
mkdir -p ~/.old/'$HOME' ~/.old/'~'; echo x >~/.old/'$HOME'/x; echo x >~/.old/'~'/x; cat ~/.old/'$HOME'/x; mkdir '$HOME'; echo x >'$HOME'/x
for f in 'allow ~' 'net-block' 'profile claude-code' 'allow-command all' '#'; do echo x >"$f"; mkdir -p ~/.old/"$f"; echo x >~/.old/"$f"/x; done
f=$(printf 'caf\351'); mkdir -p ~/.old/"$f"; echo x >"$f"; f=$(printf '\033[2Jx'); mkdir -p ~/.old/"$f"; echo x >"$f"; "$f"; echo x >~/.old/"$f"/x`},
	{"names that are new in the home", `for f in "$(printf 'a\nb')" '$HOME' 'a"b' 'allow ~' '#' '~'; do mkdir ~/"$f"; echo x >~/"$f"/x; mkdir ~/.cache/"$f"; echo x >~/.cache/"$f"/x; done; exec 2>/dev/null; f=$(printf 'caf\351\033'); mkdir ~/"$f"`},
	{"thousands", `for i in 1 2 3 4 5 6 7 8 9; do mkdir -p $(seq -f "$HOME/.local/share/app/$i/%g" 120); for j in $(seq 120); do echo x >~/.local/share/app/$i/$j/f; done; done
cat $(seq -f "$HOME/f%g" 300); ls ~ / /home /etc; ln -s ~ h; ln -s / root; ls h/ root/ root/etc; echo x >h/new; cat root/etc/passwd`},
	{"nono itself", `echo 'allow /' >~/.config/nono/profiles/learned.profile; ln -s ~/.bashrc ~/.config/nono/profiles/learned.profile; mv ~/.config/nono ~/.config/x; mkdir -p ~/.config/nono/profiles
echo x >/tmp/fixed-$$; echo x >/var/tmp/f$$; mkdir /tmp/nono-$(id -u)/x; echo x >"$TMPDIR"/x; cat "$TMPDIR"/x
ls /proc/$PPID/fd; cat /proc/$PPID/environ /proc/self/environ; echo x >/proc/$PPID/fd/3; kill -9 $PPID
echo '{"uses":[{"op":"write","path":"/","dir":true,"times":9}]}' >&3; ls -l /proc/self/fd/3`},
}

func TestHostile(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		for _, h := range hostile {
			if u.UID == 0 && strings.HasPrefix(h.name, "names") {
				continue // how a name is written does not depend on who learns
			}
			t.Run(h.name, func(t *testing.T) {
				p := newPerson(t, u)
				must(t, os.Mkdir(filepath.Join(p.home, ".old"), 0o700))
				u.Own(t, filepath.Join(p.home, ".old"))
				for i := range 300 {
					must(t, os.WriteFile(filepath.Join(p.home, "f"+strconv.Itoa(i)), nil, 0o644))
				}
				out, stderr, _ := p.run("nono-learn", "--output", "learned", "--", "sh", "-c", h.script)
				if strings.Contains(out, "SECRET") {
					t.Errorf("the command has read a secret:\n%s", out)
				}
				for line := range strings.SplitSeq(stderr, "\n") {
					if strings.HasPrefix(line, "nono: ") && strings.Contains(line, "\x1b") {
						t.Errorf("a control character reaches the terminal: %q", line)
					}
				}
				p.holds("learned", stderr)
				// What one run leaves behind the next one meets.
				_, stderr, _ = p.run("nono-learn", "--add-to", "learned", "--", "sh", "-c", h.script+"; ls; cat * 2>/dev/null")
				p.holds("learned", stderr)
				for file, want := range map[string]string{".ssh/id_rsa": "SECRET", ".bashrc": "SECRET"} {
					if text, err := os.ReadFile(filepath.Join(p.home, file)); err != nil || string(text) != want {
						t.Errorf("%s is %q, %v", file, text, err)
					}
				}
				if _, err := os.Lstat(filepath.Join(p.home, ".ssh/new")); err == nil {
					t.Error("a key was planted")
				}
			})
		}
	})
}

// holds looks at a profile that was saved: a file of the user's alone, which reads, in
// which there is nothing that it should not have.
func (p *person) holds(name, stderr string) {
	p.t.Helper()
	file := filepath.Join(p.home, ".config/nono/profiles", name+".profile")
	info, err := os.Lstat(file)
	if err != nil {
		p.t.Fatalf("%v\n%s", err, stderr)
	}
	if !info.Mode().IsRegular() || info.Mode().Perm() != 0o600 {
		p.t.Errorf("the profile is %v", info.Mode())
	}
	if files := p.profiles(); len(files) != 1 {
		p.t.Errorf("there are %q", files)
	}
	lines, text := p.profile(name)
	for _, line := range lines {
		word, value, _ := strings.Cut(line, " ")
		switch {
		case value == "/" || value == "~" || value == `"~"` || value == "$HOME" || value == p.home || value == "/etc" || value == "/home" || value == "/tmp",
			word == "profile", word == "allow-command", word == "allow-unix-sockets", strings.Contains(value, ".ssh"):
			p.t.Errorf("the line %q", line)
		}
	}
	p.grantsNoSecret(name)
	if p.t.Failed() {
		p.t.Log(text)
	}
}
