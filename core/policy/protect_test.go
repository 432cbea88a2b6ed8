package policy

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/spec"
)

func TestEveryListedPathBeneathAGrantedHome(t *testing.T) {
	b := newBox(t)
	list, err := lists.Protect("linux")
	if err != nil {
		t.Fatal(err)
	}
	have := b.lines(b.grants("allow home"))
	n := 0
	for _, l := range list {
		path, ok := strings.CutPrefix(l.Path, "~/")
		for _, d := range lists.XDGDirs() {
			if rest, isXDG := strings.CutPrefix(l.Path, "$"+d.Name+"/"); isXDG && d.InHome != "" {
				path, ok = d.InHome+"/"+rest, true
			}
		}
		if !ok || strings.Contains(path, "$") {
			continue
		}
		n++
		if want := l.Kind.String() + " home/" + path; !slices.Contains(have, want) {
			t.Errorf("lacks %q", want)
		}
	}
	if n < 500 {
		t.Errorf("only %d paths were looked for", n)
	}
}

// A grant of all of a protected path ends the protection: what is on the way to it
// is no chain directory for its sake. A grant of less does not.
func TestAGrantByNameEndsTheProtection(t *testing.T) {
	b := newBox(t)
	b.mkdir("home/.cargo", "home/.ssh", "home/.m2")
	b.file("home/.cargo/config.toml", "")
	b.file("home/.m2/settings.xml", "")
	p := b.grants("allow home/.cargo")
	if !slices.ContainsFunc(p.Closed, func(d string) bool { return strings.HasSuffix(d, "/.cargo") }) {
		t.Fatalf("not closed before: %q", p.Closed)
	}
	var all []string
	for _, l := range b.lines(p) {
		if k, path, _ := strings.Cut(l, " "); strings.HasPrefix(k, "deny") && strings.HasPrefix(path, "home/.cargo/") {
			all = append(all, path)
			b.file(path, "")
		}
	}
	grants := []string{"allow home/.cargo"}
	for _, path := range all {
		grants = append(grants, "allow-file "+path)
	}
	p = b.grants(grants...)
	if len(p.Closed) != 0 {
		t.Errorf("each protected path in it is granted, and closed are %q", p.Closed)
	}
	p = b.grants("allow home/.m2", "read-file home/.m2/settings.xml")
	b.has(p, "deny home/.m2/settings.xml", "read-file home/.m2/settings.xml")
	p = b.grants("allow home/.m2", "write-file home/.m2/settings.xml")
	b.has(p, "deny home/.m2/settings.xml")
	p = b.grants("allow home", "allow home/.ssh")
	b.lacks(p, "deny home/.ssh")
	p = b.grants("allow home", "allow home/.ssh", "deny home/.ssh")
	b.has(p, "deny home/.ssh")
}

func TestProtectionIsLeftOutWhereNothingIsGranted(t *testing.T) {
	b := newBox(t)
	for _, l := range b.lines(b.grants("allow project")) {
		if strings.HasPrefix(l, "deny") {
			t.Errorf("the project alone is granted, and there is %q", l)
		}
	}
}

func TestNamesThatBeginAlike(t *testing.T) {
	b := newBox(t)
	b.mkdir("home/.sshfoo", "home/.ssh", "home/.config", "home/secrets.d")
	p := b.grants("allow home", "read home/.sshfoo", "read home/secrets.d")
	b.has(p, "deny home/.ssh", "read home/.sshfoo")
	for _, l := range b.lines(p) {
		if strings.HasPrefix(l, "deny") && (strings.Contains(l, ".sshfoo") || strings.Contains(l, "secrets.d")) {
			t.Errorf("%q", l)
		}
	}
	if len(p.Lifted) != 0 {
		t.Errorf("lifted: %v", p.Lifted)
	}
}

// TestSymlinkedEntries: both the name and what it leads to are denied.
func TestSymlinkedEntries(t *testing.T) {
	b := newBox(t)
	b.file("project/keys/id", "secret")
	b.symlink(b.project+"/keys", "home/.ssh")
	b.symlink("../project/rc", "home/.bashrc") // leads nowhere yet
	b.symlink(".dotfiles/config", "home/.config")
	b.mkdir("home/.dotfiles/config/gh")
	b.symlink(".loop", "home/.loop")
	b.symlink(".loop", "home/.aws")

	p := b.grants("allow home", "allow project")
	b.has(p, "deny home/.ssh", "deny project/keys", "deny home/.bashrc", "deny project/rc",
		"deny home/.dotfiles/config/gh", "deny-write home/.dotfiles/config/git", "deny home/.aws")

	p = b.grants("allow project") // the target alone is granted
	b.has(p, "deny project/keys", "deny project/rc")
	b.lacks(p, "deny home/.ssh")
}

func TestMovedXDGDirectories(t *testing.T) {
	b := newBox(t)
	b.mkdir("home/conf", "elsewhere/data/x", "run")
	b.symlink("../elsewhere/data/x", "home/far")
	b.env["XDG_CONFIG_HOME"] = b.home + "/conf"
	b.env["XDG_DATA_HOME"] = b.home + "/far/.." // BOX/elsewhere/data, not BOX/home
	b.env["XDG_RUNTIME_DIR"] = b.root + "/run"
	b.env["XDG_CACHE_HOME"] = "relative" // does not count
	p := b.grants("allow .")
	b.has(p, "deny home/conf/gh", "deny home/.config/gh",
		"deny elsewhere/data/keyrings", "deny home/.local/share/keyrings",
		"deny run/gnupg", "deny home/.cache/mozilla", "deny home/.local/state/syncthing")
	b.lacks(p, "deny home/keyrings", "deny project/relative/mozilla")
}

func TestHome(t *testing.T) {
	t.Run("unset", func(t *testing.T) {
		b := newBox(t)
		b.env["HOME"] = ""
		b.passwd = "me:x:1000:1000::" + b.home + ":/bin/sh\nyou:x:1001:1001::" + b.root + "/you:/bin/sh\n"
		b.env["XDG_CONFIG_HOME"] = b.root + "/conf"
		p := b.grants("allow .")
		b.has(p, "deny home/.ssh", "deny conf/gh")
		b.lacks(p, "deny you/.ssh") // file permissions stop an ordinary user there
	})
	t.Run("unset and unknown", func(t *testing.T) {
		b := newBox(t)
		b.env["HOME"] = ""
		b.fails(Options{Grants: b.parse("allow .")},
			"cannot tell which home to protect: HOME is not set, and the user database does not know user 1000")
	})
	t.Run("relative", func(t *testing.T) {
		b := newBox(t)
		b.env["HOME"] = "here"
		b.fails(Options{Grants: b.parse("allow .")}, "cannot use HOME 'here': it is not an absolute path")
	})
	t.Run("missing", func(t *testing.T) {
		b := newBox(t)
		b.env["HOME"] = b.root + "/nowhere"
		b.has(b.grants("allow ."), "deny nowhere/.ssh", "deny-write nowhere/.gitconfig")
	})
	t.Run("symlink", func(t *testing.T) {
		b := newBox(t)
		b.env["HOME"] = b.symlink("home", "link")
		p := b.grants("allow .")
		b.has(p, "deny home/.ssh")
		b.lacks(p, "deny link/.ssh")
	})
	t.Run("dots behind a symlink", func(t *testing.T) {
		b := newBox(t)
		b.mkdir("far/away")
		b.symlink("../far/away", "home/link")
		b.env["HOME"] = b.home + "/link/../" // BOX/far
		b.has(b.grants("allow ."), "deny far/.ssh")
	})
	t.Run("symlink loop", func(t *testing.T) {
		b := newBox(t)
		b.env["HOME"] = b.symlink("loop", "loop")
		b.fails(Options{Grants: b.parse("allow .")}, "cannot examine the home 'BOX/loop': too many levels of symbolic links")
	})
	t.Run("not that of the user database", func(t *testing.T) {
		b := newBox(t)
		b.passwd = "me:x:1000:1000::" + b.root + "/real:/bin/sh\n"
		b.has(b.grants("allow ."), "deny home/.ssh", "deny real/.ssh")
	})
	for _, home := range []string{"/", "/root"} {
		t.Run(home, func(t *testing.T) {
			b := newBox(t)
			b.env["HOME"] = home
			p := b.grants("read /")
			if !hasPath(p, spec.Deny, filepath.Clean(home+"/.ssh")) {
				t.Errorf("%s/.ssh is not denied", home)
			}
		})
	}
}

func hasPath(p *Policy, k spec.Kind, path string) bool {
	return slices.ContainsFunc(p.Spec.Paths, func(l spec.Path) bool { return l.Kind == k && l.Path == path })
}

// TestOtherHomes: no file permissions keep root out of them.
func TestOtherHomes(t *testing.T) {
	b := newBox(t)
	b.mkdir("you", "far")
	b.symlink("../far", "project/linked")
	b.passwd = "you:x:1001:1001::" + b.root + "/you:/bin/sh\nfar:x:1002:1002::" + b.root + "/project/linked:/bin/sh\n" +
		"bin:x:2:2::/bin:/bin/sh\nsys:x:3:3::/dev:/bin/sh\nnone:x:4:4::/nonexistent:/bin/sh\n" +
		"broken line\nodd:x:notanumber:1::" + b.root + "/odd:/bin/sh\nempty:x:5:5:::/bin/sh\n"
	b.uid = 0
	p := b.grants("allow .")
	b.has(p, "deny home/.ssh", "deny you/.ssh", "deny far/.ssh")
	b.lacks(p, "deny odd/.ssh")

	p = b.grants("read /")
	if !hasPath(p, spec.Deny, b.root+"/you/.ssh") {
		t.Error("--read / leaves another's home open")
	}
	for _, home := range []string{"/bin", "/usr/bin", "/dev", "/nonexistent"} {
		if hasPath(p, spec.Deny, home+"/.ssh") {
			t.Errorf("%s is nobody's home", home)
		}
	}
	b.uid = 1000
	b.lacks(b.grants("allow ."), "deny you/.ssh")
}

func TestUsersOwnList(t *testing.T) {
	b := newBox(t)
	b.own = "deny ~/work\n[notes]\ndeny-write ~/notes\ndeny " + b.project + "/vault\ndeny $XDG_CONFIG_HOME/mine\n"
	b.mkdir("home/notes")
	p := b.grants("allow .", "allow home/notes")
	b.has(p, "deny home/work", "deny project/vault", "deny home/.config/mine")
	b.lacks(p, "deny-write home/notes") // a grant gives all of it back
	b.has(b.grants("allow ."), "deny-write home/notes")
	if len(p.Lifted) != 1 || p.Lifted[0].By != listed("notes") {
		t.Errorf("lifted: %v", p.Lifted)
	}
	b.own = "deny relative\n"
	b.fails(Options{Grants: b.parse("allow .")}, "cannot read line 1 of 'own list': the path 'relative' must begin with '~/', '$XDG_…/' or '/', and be clean")
}

func TestLifted(t *testing.T) {
	b := newBox(t)
	b.mkdir("home/.ssh", "home/.local/bin", "home/.config/git")
	b.file("home/.ssh/known_hosts", "")
	b.file("home/.gitconfig", "")
	b.file("bin/rm", "#!/bin/sh\n")
	for _, c := range []struct {
		grants, want string // of the lifted, "KIND PATH BY"
	}{
		{"allow home", ""},
		{"read home/.ssh", "read home/.ssh SSH keys"},
		{"read-file home/.ssh/known_hosts", "read-file home/.ssh/known_hosts SSH keys"},
		{"allow home/.local/bin", "allow home/.local/bin runs as you later: programs"},
		{"write-file home/.gitconfig", "write-file home/.gitconfig runs as you later: tools"},
		{"read home/.local/bin", ""}, // it may be read anyway
		{"read-file bin/rm", "read-file bin/rm blocked command: file destruction"},
		{"read bin", ""},
	} {
		var got []string
		for _, l := range b.grants(c.grants).Lifted {
			path, _ := b.rel(l.Path)
			got = append(got, l.Kind.String()+" "+path+" "+l.By.String())
		}
		if strings.Join(got, "\n") != c.want {
			t.Errorf("%s: lifted %q, want %q", c.grants, got, c.want)
		}
	}
	if twice := b.grants("read home/.ssh", "allow@mine home/.ssh").Lifted; len(twice) != 1 {
		t.Errorf("one path, granted twice: lifted %v", twice)
	}
}

func TestPathDirectoriesInAGrantedHome(t *testing.T) {
	b := newBox(t)
	b.mkdir("home/tools/bin", "home/project/bin")
	b.env["PATH"] = b.home + "/tools/bin:" + b.home + "/new/bin:relative:" + b.home + "/project/bin"
	b.has(b.grants("allow home"), "deny-write home/tools/bin", "deny-write home/new/bin")
	b.lacks(b.grants("allow home/project"), "deny-write home/project/bin")
}
