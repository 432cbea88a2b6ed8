package secrets

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// How each manager is asked, against a stand-in that writes down what it is given. The
// ones that Debian and npm have are asked for real in TestRealManagers.
func TestManagersAreAskedSo(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u, s)
		note := filepath.Join(w.home, "note")
		for _, name := range []string{"pass", "gopass", "op", "bw", "keepassxc-cli", "secret-tool", "vault", "aws", "gcloud"} {
			w.script(filepath.Join(w.bin, name), `{ printf '%s|' "$0" "$@"; echo; readlink /proc/self/fd/0; pwd; } >`+note+`; echo "secret of $0"`)
		}
		for _, c := range []struct{ source, program, argv string }{
			{"pass:web/site", "pass", "show|web/site"},
			{"pass:web/site#1", "pass", "show|web/site"},
			{"pass:odd#name", "pass", "show|odd#name"},
			{"gopass:web/site", "gopass", "show|--password|web/site"},
			{"op://Private/API key/credential", "op", "read|--no-newline|op://Private/API key/credential"},
			{"bw:site", "bw", "--nointeraction|get|password|site"},
			{"keepassxc:/d.kdbx#Group/site", "keepassxc-cli", "show|--show-protected|--attributes|Password|/d.kdbx|Group/site"},
			{"keepassxc:~/d.kdbx#site", "keepassxc-cli", "show|--show-protected|--attributes|Password|" + w.home + "/d.kdbx|site"},
			{"secret-service:service=api,user=ada", "secret-tool", "lookup|service|api|user|ada"},
			{"vault:secret/web#token", "vault", "kv|get|-field=token|secret/web"},
			{"aws-sm:web/site", "aws", "secretsmanager|get-secret-value|--secret-id|web/site|--query|SecretString|--output|text|--no-cli-pager"},
			{"gcloud:web", "gcloud", "--quiet|secrets|versions|access|latest|--secret=web"},
			{"gcloud:web#7", "gcloud", "--quiet|secrets|versions|access|7|--secret=web"},
		} {
			os.Remove(note)
			out, errs, status := w.nono("--secret", "TOKEN="+c.source, "--", "sh", "-c", `echo "$TOKEN"`)
			file := filepath.Join(w.bin, c.program)
			if out != "secret of "+file+"\n" || errs != "" || status != 0 {
				t.Errorf("%s: %q %q, status %d", c.source, out, errs, status)
			}
			text, _ := os.ReadFile(note)
			if want := file + "|" + c.argv + "|\n/dev/null\n/\n"; string(text) != want {
				t.Errorf("%s: asked so: %q, want %q", c.source, text, want)
			}
		}
	})
}

// tool returns a program, or skips.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is missing: it is not asked for real", name)
	}
	return path
}

// slow skips a test whose program takes a second for each answer.
func slow(t *testing.T) {
	if !suite.Long() {
		t.Skip("make test-managers asks this one for real")
	}
}

// The managers that Debian and npm have, asked for real.
func TestRealManagers(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	u := testenv.Ordinary()
	t.Run("pass", func(t *testing.T) { realPass(t, newWorld(t, u, s)) })
	t.Run("keepassxc", func(t *testing.T) { realKeepassxc(t, newWorld(t, u, s)) })
	t.Run("secret service", func(t *testing.T) { realSecretService(t, newWorld(t, u, s)) })
	t.Run("bitwarden", func(t *testing.T) { slow(t); realBitwarden(t, newWorld(t, u, s)) })
	t.Run("gcloud", func(t *testing.T) { slow(t); realGcloud(t, newWorld(t, u, s)) })
	t.Run("aws", func(t *testing.T) { slow(t); realAWS(t, newWorld(t, u, s)) })
}

// sh runs a script outside of nono, which must work.
func (w *world) sh(script string) string {
	w.t.Helper()
	out, errs, status := w.run("sh", "-euc", script)
	if status != 0 {
		w.t.Fatalf("%s: status %d\n%s%s", script, status, out, errs)
	}
	return out
}

func realPass(t *testing.T, w *world) {
	w.t = t
	tool(t, "pass")
	tool(t, "gpg")
	t.Cleanup(func() { w.run("sh", "-c", "gpgconf --kill all") })
	w.sh(`umask 077; mkdir ~/.gnupg
		gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key 'Ada <ada@example>' ed25519 sign never 2>/dev/null
		key=$(gpg --list-keys --with-colons | sed -n 's/^fpr:*\([0-9A-F]*\):$/\1/p' | head -n 1)
		gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-add-key "$key" cv25519 encr never 2>/dev/null
		pass init "$key" >/dev/null
		echo hunter2 | pass insert -e api >/dev/null
		printf 'hunter3\nuser: ada\n' | pass insert -m both >/dev/null`)
	for source, want := range map[string]string{"api": "hunter2\n", "both#1": "hunter3\n", "both#2": "user: ada\n"} {
		out, errs, status := w.nono("--secret", "TOKEN=pass:"+source, "--", "sh", "-c", `echo "$TOKEN"; ls ~/.password-store 2>/dev/null`)
		if out != want {
			t.Errorf("%s: %q %q, status %d", source, out, errs, status)
		}
	}
	for source, want := range map[string][]string{
		"none":   {"none is not in the password store", "'pass' ended with status 1"},
		"both":   {"the answer has more than one line", "pass:both#1"},
		"both#9": {"the answer has no such line"},
	} {
		_, errs, status := w.nono("--secret", "TOKEN=pass:"+source, "--", "touch", "started")
		for _, part := range want {
			if status != 125 || !strings.Contains(errs, part) {
				t.Errorf("%s: status %d, %q", source, status, errs)
			}
		}
		w.nothingLeft(t)
	}
	// A key that has a passphrase, and nobody who could be asked for it.
	w.sh(`gpgconf --kill all; printf 'pinentry-program /bin/false\n' >~/.gnupg/gpg-agent.conf
		key=$(gpg --batch --quiet --pinentry-mode loopback --passphrase locked --status-fd 1 --quick-generate-key 'Eve <eve@example>' ed25519 sign never 2>/dev/null | sed -n 's/.*KEY_CREATED . //p')
		gpg --batch --quiet --pinentry-mode loopback --passphrase locked --quick-add-key "$key" cv25519 encr never 2>/dev/null
		mkdir ~/.password-store/locked; echo "$key" >~/.password-store/locked/.gpg-id
		echo hunter4 | pass insert -e locked/api >/dev/null 2>&1; gpgconf --kill all`)
	if _, errs, status := w.nono("--secret", "TOKEN=pass:locked/api", "--", "touch", "started"); status != 125 || !strings.Contains(errs, "'pass' ended with status") {
		t.Errorf("locked: status %d, %q", status, errs)
	}
	w.nothingLeft(t)
}

func realKeepassxc(t *testing.T, w *world) {
	w.t = t
	tool(t, "keepassxc-cli")
	script := tool(t, "script")
	w.env = append(w.env, "QT_QPA_PLATFORM=offscreen")
	w.sh(`printf 'open\nopen\n' | keepassxc-cli db-create -p ~/d.kdbx >/dev/null 2>&1
		printf 'open\nhunter2\nhunter2\n' | keepassxc-cli add -p ~/d.kdbx site >/dev/null 2>&1`)
	asked := s(w.suite.Path("nono-run"), "--silent", "--allow", w.project, "--secret", "TOKEN=keepassxc:"+w.home+"/d.kdbx#site", "--", "sh", "-c", `echo "<$TOKEN>"`)
	for key, want := range map[string]string{"open": "<hunter2>", "wrong": "ended with status 1"} {
		cmd := w.command(script, "-qec", asked, "/dev/null")
		cmd.Stdin = strings.NewReader(key + "\n")
		if out, _ := cmd.CombinedOutput(); !strings.Contains(string(out), want) {
			t.Errorf("the key %s: %q", key, out)
		}
	}
	// Without a terminal nobody can be asked.
	if out, errs, status := w.nono("--secret", "TOKEN=keepassxc:"+w.home+"/d.kdbx#site", "--", "true"); status != 125 {
		t.Errorf("status %d, %q %q", status, out, errs)
	}
}

// s quotes words for a shell.
func s(words ...string) string {
	for i, w := range words {
		words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return strings.Join(words, " ")
}

func realSecretService(t *testing.T, w *world) {
	w.t = t
	tool(t, "secret-tool")
	tool(t, "gnome-keyring-daemon")
	bus := tool(t, "dbus-run-session")
	asked := s(w.suite.Path("nono-run"), "--silent", "--allow", w.project)
	out, errs, status := w.run(bus, "--", "sh", "-c", `
		mkdir -p ~/.local/share ~/.cache ~/run; chmod 700 ~/run; export XDG_RUNTIME_DIR=$HOME/run
		printf key | gnome-keyring-daemon --daemonize --unlock --components=secrets >/dev/null 2>&1
		printf hunter2 | secret-tool store --label=api service api user ada || exit 77
		`+asked+` --secret TOKEN=secret-service:service=api,user=ada -- sh -c 'echo "<$TOKEN>"'
		`+asked+` --secret TOKEN=secret-service:service=none -- touch started; echo "status $?"`)
	if status == 77 {
		t.Skipf("gnome-keyring does not work here: %s", errs)
	}
	if out != "<hunter2>\nstatus 125\n" || !strings.Contains(errs, "'secret-tool' ended with status 1") {
		t.Errorf("%q %q", out, errs)
	}
	if _, err := os.Lstat(filepath.Join(w.project, "started")); err == nil {
		t.Error("the command was started")
	}
}
