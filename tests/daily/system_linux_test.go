// Package daily tests a developer's day inside: that what programs keep outside of
// /usr is theirs inside too, and that well-known tools work with the flags or the
// profile that nono names for them.
package daily

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// A person is a user with a home and a project in it, who has nono installed.
type person struct {
	t             *testing.T
	u             testenv.User
	s             suite.Suite
	home, project string
	env           []string
}

// each runs f as root and as an ordinary user.
func each(t *testing.T, f func(t *testing.T, p *person)) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := &person{t: t, u: u, s: s, home: u.Dir(t)}
		p.project = p.dir("project")
		p.env = []string{"HOME=" + p.home, "PATH=" + s.Dir + ":/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8", "TERM=xterm"}
		f(t, p)
	})
}

// dir makes a directory of the person's, with those above it.
func (p *person) dir(name string) string {
	p.t.Helper()
	path := p.home
	for part := range strings.SplitSeq(name, "/") {
		path = filepath.Join(path, part)
		if err := os.Mkdir(path, 0o755); err != nil && !os.IsExist(err) {
			p.t.Fatal(err)
		}
		p.u.Own(p.t, path)
	}
	return path
}

// file writes a file of the person's, executable where it begins with #!.
func (p *person) file(name, text string) string {
	p.t.Helper()
	path := filepath.Join(p.dir(filepath.Dir(name)), filepath.Base(name))
	mode := os.FileMode(0o644)
	if strings.HasPrefix(text, "#!") {
		mode = 0o755
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		p.t.Fatal(err)
	}
	p.u.Own(p.t, path)
	return path
}

// sh runs a script in the project, outside, and returns what it prints and whether
// it succeeded.
func (p *person) sh(script string) (string, bool) {
	p.t.Helper()
	cmd := p.u.Command("/bin/sh", "-c", script)
	cmd.Dir, cmd.Env = p.project, p.env
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

// inside is a shell's words that run a script in a sandbox with flags.
func inside(flags, script string) string {
	return "nono run --silent " + flags + " -- sh -c '" + strings.ReplaceAll(script, "'", `'\''`) + "'"
}

// same says that a script prints the same outside and inside, and succeeds.
func (p *person) same(what, script string) {
	p.t.Helper()
	outside, ok := p.sh(script)
	if !ok {
		p.t.Skipf("%s do not work outside, so they were not tried inside:\n%s", what, outside)
	}
	if got, ok := p.sh(inside("--allow .", script)); !ok || got != outside {
		p.t.Errorf("%s: inside\n%s\noutside\n%s", what, got, outside)
	}
}

// need skips, visibly, where a program is missing.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, name := range programs {
		if _, err := exec.LookPath(name); err != nil {
			t.Skip(name + " is not installed, so it was not tried")
		}
	}
}

// What programs keep in /etc and /var/lib is part of them: without it they go on
// with less, or look on the network.
func TestSystemPartsOfPrograms(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	for _, c := range []struct{ name, program, script string }{
		{"PHP's extensions", "php", "php -m"},
		{"XML catalogues", "xsltproc", "[ ! -e /etc/xml/catalog ] || cat /etc/xml/* | cksum; ls /etc/sgml /var/lib/xml-core 2>/dev/null || true"},
		{"TeX", "kpsewhich", "kpsewhich -var-value TEXMFSYSVAR; kpsewhich texmf.cnf; kpsewhich article.cls"},
		{"TeX's formats", "pdflatex", `printf '\\documentclass{article}\\begin{document}hi\\end{document}' > a.tex; pdflatex -interaction=batchmode a.tex > /dev/null && [ -s a.pdf ] && echo made`},
		{"ImageMagick's settings", "convert", "convert -list policy; convert -list delegate | head -n 5"},
		{"GHC's packages", "ghc-pkg", "ghc-pkg list --global 2>&1"},
		{"Ruby's gems", "gem", "gem list --local 2>/dev/null"},
		{"Debian's packages", "dpkg-query", "dpkg-query -W dpkg; dpkg-architecture -qDEB_HOST_ARCH 2>/dev/null || true"},
		{"Java's settings", "java", "java -XshowSettings:security -version 2>/dev/null | head -n 5"},
		{"releases", "cat", "cat /etc/os-release; for f in lsb-release debian_version redhat-release alpine-release; do [ ! -e /etc/$f ] || cat /etc/$f; done"},
		{"the D-Bus configuration", "dbus-daemon", "ls /etc/dbus-1"},
		{"fonts", "fc-list", "fc-list | sort | head"},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) {
			need(t, c.program)
			if c.program == "cat" {
				each(t, func(t *testing.T, p *person) { p.same(c.name, c.script) })
				return
			}
			// For root the rules are the same, and programs take long to start.
			ordinary(t, s, func(p *person) {
				p.dir("project")
				p.env[0] = "HOME=" + p.home
				p.same(c.name, c.script)
			})
		})
	}
}

// What belongs to the person and is data for the terminal may be read, and not
// changed.
func TestTerminalsOwnData(t *testing.T) {
	need(t, "tic", "infocmp", "tput")
	each(t, func(t *testing.T, p *person) {
		if out, ok := p.sh(`mkdir -p ~/.terminfo && infocmp xterm | sed 's/^xterm|/xterm-own|/' > x.src && tic -o ~/.terminfo x.src`); !ok {
			t.Fatal(out)
		}
		p.same("an entry of one's own", "TERM=xterm-own tput cols")
		p.file(".inputrc", "set bell-style none\n")
		p.file(".dircolors", "DIR 01;34\n")
		p.same("settings of readline and ls", "cat ~/.inputrc; dircolors -b ~/.dircolors")
		if out, ok := p.sh(inside("--allow .", "echo x > ~/.terminfo/new || echo x >> ~/.inputrc")); ok {
			t.Errorf("they can be changed: %s", out)
		}
	})
}

// Services' settings in /etc stay shut, though everybody may read them outside:
// passwords are put there.
func TestServicesSettingsStayShut(t *testing.T) {
	each(t, func(t *testing.T, p *person) {
		tried := 0
		for _, dir := range []string{"/etc/default", "/etc/systemd", "/etc/cron.d", "/etc/php/8.2/fpm", "/etc/apt", "/etc/postgresql", "/etc/redis"} {
			if out, ok := p.sh("ls " + dir); !ok || out == "" {
				continue
			}
			tried++
			if out, ok := p.sh(inside("--allow .", "ls "+dir)); ok {
				t.Errorf("%s can be listed:\n%s", dir, out)
			}
		}
		if tried == 0 {
			t.Error("none of the directories is here")
		}
	})
}

// On image-based systems /usr/local is a symlink to /var/usrlocal. The test has
// mounts of its own for that.
func TestUsrLocalElsewhere(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	if os.Geteuid() != 0 {
		t.Skip("it takes root to mount another /usr/local, so it was not tried")
	}
	need(t, "unshare", "setpriv")
	s := suite.Build(t, suite.Newest)
	script := `set -e
mount --make-rprivate /
T=$1; cd $T
mount -t tmpfs t $T; cd $T; mkdir up wk vul p; chmod 755 .; chown nobody p
mount -t overlay o -o lowerdir=/usr,upperdir=up,workdir=wk /usr
mkdir -p vul/bin vul/lib/tool /var/usrlocal
mount --bind vul /var/usrlocal
trap 'cd /; umount -l /var/usrlocal; rmdir /var/usrlocal' EXIT
rm -rf /usr/local; ln -s ../var/usrlocal /usr/local
printf '#!/bin/sh\nexec /usr/local/lib/tool/real tool ran\n' > /usr/local/bin/mytool; cp /bin/echo /usr/local/lib/tool/real; chmod +x /usr/local/bin/mytool
cd p; setpriv --reuid nobody --clear-groups env HOME=$T/p "$2" run --silent --read $T/p -- /usr/local/bin/mytool
`
	dir, err := os.MkdirTemp("/var/tmp", "nono-usr-local-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(dir) })
	cmd := exec.Command("unshare", "-m", "sh", "-c", script, "sh", dir, s.Path("nono"))
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "overlay") && err != nil {
		t.Skipf("no overlay can be mounted on /usr here: %s", out)
	}
	if err != nil || string(out) != "tool ran\n" {
		t.Errorf("%v\n%s", err, out)
	}
}
