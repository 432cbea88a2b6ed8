package policy

import "testing"

// TestEveryHop: a symlink on the way to a protected path is kept as it is, in
// whatever directory it lies.
func TestEveryHop(t *testing.T) {
	b := newBox(t)
	b.file("home/dot/hosts/laptop/bashrc", "")
	b.symlink("../hosts/laptop/bashrc", "home/dot/bash/bashrc")
	b.symlink("dot/bash/bashrc", "home/.bashrc")
	b.mkdir("home/store/abc/bin", "home/links", "home/cfg/gh")
	b.symlink("../store/abc", "home/links/two")
	b.symlink("two", "home/links/one")
	b.symlink("links/one", "home/.nix-profile")
	b.symlink("links/config", "home/.config")
	b.symlink("../cfg", "home/links/config")

	p := b.grants("allow home/dot")
	b.has(p, "deny home/dot/hosts/laptop/bashrc", "deny-write home/dot/bash/bashrc")
	p = b.grants("allow home/links", "allow home/store", "allow home/cfg")
	b.has(p, "deny-write home/links/one", "deny-write home/links/two", "deny-write home/store/abc",
		"deny-write home/links/config", "deny home/cfg/gh")
	p = b.grants("read home/links") // who may only read replaces nothing
	b.lacks(p, "deny-write home/links/one", "deny-write home/links/two")
	p = b.grants("allow home/links", "deny home/links/one/x")
	b.has(p, "deny home/store/abc/x", "deny-write home/links/one", "deny-write home/links/two") // by the user, too
}

// TestLinksInProtectedDirectories: what the symlinks in a protected directory lead
// to is protected as the directory is.
func TestLinksInProtectedDirectories(t *testing.T) {
	b := newBox(t)
	b.file("project/tool/run", "")
	b.file("project/mid/x", "")
	b.symlink(b.project+"/tool/run", "home/.local/bin/tool")
	b.symlink(b.project+"/next", "home/.local/bin/chained")
	b.symlink("mid/x", "project/next")
	b.symlink(b.project+"/tool/run", "home/.config/systemd/user/default.target.wants/a.service")
	b.symlink(b.project+"/later.profile", "home/.config/nono/profiles/p.profile")
	b.file("home/keys/work", "secret")
	b.mkdir("home/.ssh")
	b.symlink("../keys/work", "home/.ssh/id_work")
	b.symlink("/usr/bin/env", "home/.local/bin/env")

	p := b.grants("allow project")
	b.has(p, "deny-write project/tool/run", "deny-write project/mid/x", "deny-write project/next", "deny-write project/later.profile")
	b.lacks(p, "deny home/keys/work")
	for _, l := range p.Spec.Paths {
		if !l.Kind.Grants() && l.Path == "/usr/bin/env" {
			t.Errorf("what every sandbox has is no secret: %v", l)
		}
	}
	p = b.grants("read home/keys")
	b.has(p, "deny home/keys/work")
	p = b.grants("read project")
	b.lacks(p, "deny-write project/tool/run")
}
