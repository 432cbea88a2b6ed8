package policy

import "testing"

// TestRelocated: what a variable of the environment puts elsewhere is protected
// there, and in its usual place.
func TestRelocated(t *testing.T) {
	b := newBox(t)
	b.mkdir("home/vars", "home/src", "data")
	b.file("project/kube.yaml", "")
	for name, value := range map[string]string{
		"GNUPGHOME": b.home + "/vars/gnupg", "KUBECONFIG": b.home + "/vars/a:" + b.root + "/data/b:kube.yaml:missing.yaml",
		"CARGO_HOME": b.home + "/vars/cargo", "AWS_SHARED_CREDENTIALS_FILE": "~/vars/aws", "KRB5CCNAME": "FILE:" + b.home + "/vars/cc",
		"ZDOTDIR": b.home + "/vars/zsh/../zdot", "HISTFILE": "/dev/null", "GIT_CONFIG_GLOBAL": b.home + "/vars/git",
		"CODEX_HOME": b.home, "NVIM_APPNAME": "work/nvim", "USER": "../up", "RUSTUP_HOME": b.project + "/rust",
		"XDG_CONFIG_HOME": b.home + "/vars/config", "ENV": "/etc/profile", "PGPASSFILE": "nowhere",
	} {
		b.env[name] = value
	}
	p := b.grants("allow home", "allow project", "allow data")
	b.has(p, "deny home/vars/gnupg", "deny home/.gnupg", "deny home/vars/a", "deny data/b", "deny project/kube.yaml",
		"deny home/vars/cargo/credentials.toml", "deny-write home/vars/cargo/bin", "deny home/vars/aws", "deny home/vars/cc",
		"deny home/vars/zdot/.zshrc", "deny-write home/vars/git", "deny-write home/vars/config/work/nvim",
		"deny-write home/.config/work/nvim", "deny-write project/rust")
	b.lacks(p, "deny project/missing.yaml", "deny project/nowhere", "deny project/FILE", "deny home", "deny-write home/up")
	for _, l := range p.Spec.Paths {
		if !l.Kind.Grants() && (l.Path == "/dev/null" || l.Path == "/etc/profile") {
			t.Errorf("what is of the system: %v", l)
		}
	}
	// In a project that is granted by itself, programs belong to the project.
	b.lacks(b.grants("allow project"), "deny-write project/rust")
}
