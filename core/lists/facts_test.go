package lists

import (
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
)

// What must be on the lists whoever edits them.

func TestProtectedFacts(t *testing.T) {
	both := map[spec.Kind]string{
		spec.Deny: `~/.ssh ~/.aws ~/.config/gcloud ~/.azure ~/.kube ~/.docker ~/.gnupg ~/.password-store
			~/.config/op ~/.config/1Password ~/.git-credentials ~/.gitcredentials ~/.config/git/credentials
			~/.netrc ~/.npmrc ~/.pypirc ~/.vault-token ~/.cargo/credentials ~/.cargo/credentials.toml
			~/.gem/credentials ~/.config/gh ~/.terraform.d ~/.terraformrc ~/.config/rclone ~/.pgpass
			~/.secrets ~/.env ~/.envrc ~/.bashrc ~/.bash_profile ~/.bashrc.d ~/.profile ~/.zshrc ~/.zshenv
			~/.zprofile ~/.config/fish ~/.bash_history ~/.zsh_history ~/.local/share/fish ~/.python_history
			~/.microsoft/usersecrets ~/.aspnet ~/.Renviron ~/.dbt ~/.aider.conf.yml ~/.pg_service.conf
			~/.local/share/gem/credentials ~/.node_repl_history ~/.psql_history ~/.viminfo`,
		spec.DenyWrite: `~/.gitconfig ~/.config/git ~/.local/bin ~/bin ~/.cargo/bin ~/go/bin ~/.local/lib
			~/.vimrc ~/.config/nvim ~/.emacs.d ~/.vscode ~/.tmux.conf ~/.config/nono ~/.gdbinit`,
	}
	own := map[string]map[spec.Kind]string{
		"linux": {
			spec.Deny: "~/.mozilla/firefox ~/.config/google-chrome ~/.config/chromium ~/.local/share/keyrings ~/.var/app ~/.config/Code",
			spec.DenyWrite: "~/.config/autostart ~/.config/systemd ~/.local/share/systemd ~/.local/share/applications " +
				"~/.xinitrc",
		},
		"darwin": {
			spec.Deny:      "~/Library/Keychains ~/Library/Safari ~/Library/Messages",
			spec.DenyWrite: "~/Library/LaunchAgents /Library/LaunchDaemons ~/Library/Python",
		},
	}
	for _, goos := range systems {
		list, err := Protect(goos)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []spec.Kind{spec.Deny, spec.DenyWrite} {
			for path := range strings.FieldsSeq(both[kind] + " " + own[goos][kind]) {
				if !slices.ContainsFunc(list, func(p Protected) bool { return p.Kind == kind && inHome(p.Path) == path }) {
					t.Errorf("%s: '%s %s' is missing", goos, kind, path)
				}
			}
		}
	}
}

func TestSystemGrantsNoMoreThanIsNeeded(t *testing.T) {
	list, err := System("linux")
	if err != nil {
		t.Fatal(err)
	}
	reach := func(path string) string {
		for _, p := range list {
			if p.Path == path || spec.Beneath(path, p.Path) && p.Kind != spec.ReadFile {
				return p.Kind.String() + " " + p.Path
			}
		}
		return ""
	}
	for path := range strings.FieldsSeq(`/ /etc /run /dev /sys /var /var/lib /var/cache /home /root /tmp /boot /mnt /opt
		/etc/shadow /etc/shadow- /etc/gshadow /etc/sudoers /etc/sudoers.d/x /etc/ssl /etc/ssl/private
		/etc/pki /etc/pki/tls/private /etc/ssh /etc/ssh/ssh_host_ed25519_key /etc/ssh/sshd_config
		/etc/krb5.keytab /etc/default /etc/NetworkManager /etc/wireguard /etc/machine-id /etc/environment
		/etc/letsencrypt /run/user /run/user/1000/bus /run/docker.sock /run/dbus /run/systemd /run/secrets
		/run/credentials /dev/shm /dev/shm/x /dev/mem /dev/sda /dev/kvm /dev/input /dev/mqueue /dev/console
		/dev/fuse /dev/net/tun /sys/kernel /sys/kernel/debug /sys/firmware /sys/class /sys/fs/bpf
		/var/lib/docker /var/spool/cron /var/mail /var/log`) {
		if by := reach(path); by != "" {
			t.Errorf("'%s' reaches %s", by, path)
		}
	}
	for path := range strings.FieldsSeq(`/usr/lib /usr/local/bin/x /lib64/ld-linux-x86-64.so.2 /nix/store/x/bin/y
		/etc/ld.so.cache /etc/passwd /etc/group /etc/nsswitch.conf /etc/hosts /etc/resolv.conf
		/run/systemd/resolve/stub-resolv.conf /etc/ssl/certs/ca-certificates.crt /etc/ssl/openssl.cnf
		/etc/pki/tls/certs/ca-bundle.crt /etc/pki/ca-trust/extracted/x /etc/ca-certificates/extracted/x
		/etc/localtime /etc/terminfo/x /etc/gitconfig /etc/profile /etc/zsh/zshrc /etc/fish/config.fish
		/etc/ssh/ssh_config /etc/alternatives/vi /proc/self/maps /sys/devices/system/cpu/online
		/sys/fs/cgroup/cpu.max /etc/gdb/gdbinit /etc/manpath.config /etc/man_db.conf /etc/wgetrc`) {
		if reach(path) == "" {
			t.Errorf("nothing grants %s", path)
		}
	}
	devices := []string{}
	for _, p := range list {
		if p.Kind == spec.Device {
			devices = append(devices, p.Path)
		} else if strings.HasPrefix(p.Path, "/dev") {
			t.Errorf("'%s %s' is no device line", p.Kind, p.Path)
		}
	}
	want := strings.Fields("/dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /dev/ptmx /dev/pts")
	if !slices.Equal(devices, want) {
		t.Errorf("devices are %q, want %q", devices, want)
	}
}

func TestBlockedCommands(t *testing.T) {
	want := map[string]string{
		"file-destruction":     "rm rmdir shred srm",
		"disk-operations":      "dd mkfs mkfs.ext4 mkfs.xfs mkfs.btrfs mkfs.vfat mke2fs fdisk sfdisk cfdisk parted gdisk sgdisk wipefs mkswap",
		"permission-changes":   "chmod chown chgrp chattr setfacl",
		"system-modification":  "shutdown reboot halt poweroff init systemctl",
		"package-managers":     "apt apt-get dpkg brew pip pip3 yum dnf pacman zypper apk snap",
		"file-operations":      "mv cp truncate",
		"privilege-escalation": "sudo su doas pkexec",
		"network-exfiltration": "scp rsync sftp ftp",
	}
	for _, goos := range systems {
		list, err := Commands(goos)
		if err != nil {
			t.Fatal(err)
		}
		for category, names := range want {
			for name := range strings.FieldsSeq(names) {
				if !slices.Contains(list, Command{name, category}) {
					t.Errorf("%s: %s is not blocked as %s", goos, name, category)
				}
			}
		}
		categories, err := Categories(goos)
		if err != nil || len(categories) != len(want) {
			t.Errorf("%s: categories %q, %v; want the %d named", goos, categories, err, len(want))
		}
		for _, c := range list {
			// What a person could not work without, or that only reads.
			if slices.Contains(strings.Fields("sh bash env ls cat ln mkdir touch tee sed find git ssh curl make gcc python3 node go npm cargo all"), c.Name) || want[c.Name] != "" {
				t.Errorf("%s: %s must not be a blocked name", goos, c.Name)
			}
		}
	}
}
