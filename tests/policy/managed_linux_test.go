package policy

import (
	_ "embed"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

//go:embed root.sh
var ownRoot string

// machine runs a script as root on a machine of its own: policies can be laid in
// /etc/nono, which no variable and no flag of nono's leads elsewhere, tests included.
// $N is the directory of nono's programs; as nobody "…" runs a line as that user.
func machine(t *testing.T, s suite.Suite, script string) string {
	t.Helper()
	testenv.RequireLandlock(t, 1)
	if os.Geteuid() != 0 {
		t.Skip("it takes root to mount another /etc, so it was not tried")
	}
	for _, tool := range []string{"unshare", "pivot_root", "setpriv"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed, so it was not tried", tool)
		}
	}
	cmd := exec.Command("unshare", "-m", "sh", "-e", "-c", ownRoot+`
as() { who=$1; shift; setpriv --reuid "$who" --clear-groups sh -c "$*"; }
set +e
`+script)
	cmd.Env = append(os.Environ(), "N="+s.Dir)
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "wrong fs type") || strings.Contains(string(out), "mount(2) system call failed") {
		t.Skipf("no overlay can be mounted on /etc here: %s", out)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

const floor = `cat > /etc/nono/policy.d/site.profile <<'P'
# what holds for everybody
deny       ~/.aws
deny       $XDG_CONFIG_HOME/vault
deny       /srv/secret
deny-write /srv/conf
deny       **/.env
deny       **/vault
forbid     allow-unix-sockets
forbid     allow-command all
forbid     allow-command privilege-escalation
forbid     allow /srv/home
forbid     ephemeral
block-command tac
P
mkdir -p /srv/home/.aws /srv/home/.config/vault /srv/other/vault; echo aws > /srv/home/.aws/k; echo v > /srv/home/.config/vault/k; echo v > /srv/other/vault/k
chown -R nobody /srv/home
mkdir -p /srv/p/vault/deep; echo secret > /srv/p/vault/deep/k; printf '#!/bin/sh\necho secret\n' > /srv/p/vault/tool; chmod 755 /srv/p/vault/tool; printf '#!/srv/p/vault/tool\n' > /srv/p/script; chmod 755 /srv/p/script
mkdir -p /srv/alias /srv/sub; mount --bind /srv/secret /srv/alias; mount --bind /srv/secret/sub /srv/sub
`

// TestNothingWeakensAPolicy: every line of the table is tried as root and as an
// ordinary user. The commands before the policy is laid are the control.
func TestNothingWeakensAPolicy(t *testing.T) {
	s := suite.Build(t, suite.Newest)
	rows := []struct{ name, args, want string }{
		{"a deny beneath a grant", "--read /srv -- cat /srv/secret/k", "Permission denied"},
		{"a grant beside", "--read /srv -- cat /srv/p/o", "ok\n"},
		{"a grant at the deny", "--read /srv/secret -- cat /srv/secret/k", "cannot grant --read '/srv/secret': it is denied by the policy 'site'"},
		{"a grant beneath", "--read-file /srv/secret/k -- cat /srv/secret/k", "cannot grant --read-file '/srv/secret/k': it is denied by the policy 'site'"},
		{"a grant by another mount", "--read-file /srv/alias/k -- cat /srv/alias/k", "it is denied by the policy 'site'"},
		{"a grant by a mount of what is beneath", "--read /srv/sub -- cat /srv/sub/k", "it is denied by the policy 'site'"},
		{"a grant above another mount", "--read /srv -- cat /srv/alias/k", "Permission denied"},
		{"a grant through a symlink", "--read-file /srv/p/link -- cat /srv/p/link", "it is denied by the policy 'site'"},
		{"a deny-write beneath a grant", "--allow /srv -- sh -c 'echo x >> /srv/conf/c'", "Permission denied"},
		{"a deny-write lets read", "--allow /srv -- cat /srv/conf/c", "conf\n"},
		{"a grant at a deny-write", "--allow /srv/conf -- sh -c 'echo x >> /srv/conf/c'", "Permission denied"},
		{"a grant to write alone", "--write-file /srv/conf/c -- sh -c 'echo x >> /srv/conf/c'", "writing there is denied by the policy 'site'"},
		{"a pattern", "--read /srv/p -- cat /srv/p/.env", "Permission denied"},
		{"a grant at a pattern", "--read-file /srv/p/.env -- cat /srv/p/.env", "it is denied by the policy 'site'"},
		{"beneath a pattern", "--read-file /srv/p/vault/deep/k -- cat /srv/p/vault/deep/k", "it is denied by the policy 'site'"},
		{"a directory beneath a pattern", "--read /srv/p/vault/deep -- cat /srv/p/vault/deep/k", "it is denied by the policy 'site'"},
		{"a command beneath a pattern", "--read /srv/conf -- /srv/p/vault/tool", "cannot start '/srv/p/vault/tool': the policy 'site' denies '/srv/p/vault/tool'"},
		{"an interpreter beneath a pattern", "--read /srv/conf --read-file /srv/p/script -- /srv/p/script", "cannot start '/srv/p/script': the policy 'site' denies '/srv/p/vault/tool'"},
		{"a grant that ends", "--read /srv/secret:5m -- cat /srv/secret/k", "it is denied by the policy 'site'"},
		{"a switch", "--read /srv/p --allow-unix-sockets -- cat /srv/p/o", "cannot use --allow-unix-sockets: it is forbidden by the policy 'site'"},
		{"a switch that is off", "--read /srv/p --allow-unix-sockets=false -- cat /srv/p/o", "ok\n"},
		{"all commands", "--read /srv/p --allow-command all -- cat /srv/p/o", "cannot use --allow-command 'all': it is forbidden"},
		{"a command of a category", "--read /srv/p --allow-command sudo -- cat /srv/p/o", "cannot use --allow-command 'sudo': it is forbidden"},
		{"another command", "--read /srv/p --allow-command rm -- cat /srv/p/o", "ok\n"},
		{"a home", "--allow /srv/home -- cat /srv/p/o", "cannot use --allow '/srv/home': it is forbidden by the policy 'site'"},
		{"a home by another name", "--allow /srv/p/../home -- cat /srv/p/o", "cannot grant --allow '/srv/p/../home': --allow '/srv/home' is forbidden"},
		{"above a home", "--allow /srv -- cat /srv/p/o", "cannot grant --allow '/srv': --allow '/srv/home' is forbidden"},
		{"by the stronger right", "--temp /srv/home -- cat /srv/p/o", "is forbidden by the policy 'site'"},
		{"less than is forbidden", "--read /srv/home -- cat /srv/home/.aws/k", "Permission denied"},
		{"a flag that is no grant", "--read /srv/p --ephemeral -- cat /srv/p/o", "cannot use --ephemeral"},
		{"a command", "--read /srv/p -- tac /srv/p/o", "it is the blocked command 'tac' (policy site)"},
		{"a command by a child", "--read /srv/p -- sh -c 'tac /srv/p/o'", "Permission denied"},
		{"a command by its file", "--read /srv/p --read-file /usr/bin/tac -- sh -c '/usr/bin/tac /srv/p/o'", "it is denied by the policy 'site'"},
		{"a command by the flag", "--read /srv/p --allow-command tac -- tac /srv/p/o", "the command is blocked by the policy 'site'"},
		{"another profile of the user's", "--profile mine -- cat /srv/secret/k", "the policy 'site' takes '/srv/secret' away from profile mine"},
		{"a profile that has a switch", "--profile sockets --read /srv/p -- cat /srv/p/o", "cannot use profile 'sockets': 'allow-unix-sockets': it is forbidden"},
	}
	for _, who := range []string{"root", "nobody"} {
		t.Run(who, func(t *testing.T) {
			script := `ln -s ../secret/k /srv/p/link; mkdir -p /srv/home/.config/nono/profiles
echo 'read /srv/secret' > /srv/home/.config/nono/profiles/mine.profile
echo 'allow-unix-sockets' > /srv/home/.config/nono/profiles/sockets.profile
` + floor + "chmod 755 /srv/home/.config /srv/home/.config/nono /srv/home/.config/nono/profiles; chown -R " + who + " /srv/home\n"
			forbids := true
			for _, c := range rows {
				if strings.Contains(c.name, "deny-write") == forbids {
					// To see what becomes of a grant of all of it, no policy may forbid that.
					forbids = !forbids
					script += "sed -i 's/^#*forbid     allow .srv/#&/; s/^###*f/f/' /etc/nono/policy.d/site.profile\n"
				}
				script += "echo \"== " + c.name + "\"; as " + who + ` "$N/nono-run ` + strings.ReplaceAll(c.args, `"`, `\"`) + "\"\n"
			}
			parts := strings.Split(machine(t, s, script+"true"), "== ")[1:]
			if len(parts) != len(rows) {
				t.Fatalf("%d answers to %d questions", len(parts), len(rows))
			}
			for i, c := range rows {
				name, out, _ := strings.Cut(parts[i], "\n")
				if name != c.name || !strings.Contains(out, c.want) || strings.Contains(out, "secret\n") {
					t.Errorf("%s: nono run %s:\n%s\nwant %q", c.name, c.args, out, c.want)
				}
			}
		})
	}
}

// TestEnvironmentDoesNotMovePolicies: HOME and the XDG variables add places, and take
// none away.
func TestEnvironmentDoesNotMovePolicies(t *testing.T) {
	s := suite.Build(t, suite.Newest)
	out := machine(t, s, floor+`
usermod() { sed -i "s|^nobody:.*|nobody:x:65534:65534::/srv/home:/bin/sh|" /etc/passwd; }; usermod; mkdir -p /srv/else; chown nobody /srv/else
for e in HOME=/srv/else "HOME=/srv/else XDG_CONFIG_HOME=/srv/other" HOME=/ NONO_POLICY=/srv/p ; do
  echo "== $e"
  as nobody "env $e $N/nono-run --silent --read /srv -- cat /srv/home/.aws/k /srv/home/.config/vault/k"
done
echo == there; as nobody "env XDG_CONFIG_HOME=/srv/other $N/nono-run --silent --read /srv -- cat /srv/other/vault/k"
true`)
	if strings.Contains(out, "aws\n") || strings.Contains(out, "\nv\n") || strings.Count(out, "Permission denied") != 9 {
		t.Errorf("%s", out)
	}
}

// TestPoliciesThatOthersCouldHaveWritten: nothing starts.
func TestPoliciesThatOthersCouldHaveWritten(t *testing.T) {
	s := suite.Build(t, suite.Newest)
	rows := map[string][2]string{
		"the file's group":        {"chmod g+w /etc/nono/policy.d/a.profile", "cannot trust '/etc/nono/policy.d/a.profile': others than root can write to it"},
		"the file's owner":        {"chown nobody /etc/nono/policy.d/a.profile", "cannot trust '/etc/nono/policy.d/a.profile': it does not belong to root"},
		"a link":                  {"mv /etc/nono/policy.d/a.profile /root.profile; ln -s /root.profile /etc/nono/policy.d/a.profile", "cannot use '/etc/nono/policy.d/a.profile': it is a symlink"},
		"a link to nothing":       {"ln -s /nowhere /etc/nono/policy.d/b.profile", "cannot use '/etc/nono/policy.d/b.profile': it is a symlink"},
		"a directory":             {"mkdir /etc/nono/policy.d/b.profile", "it is not a regular file"},
		"a named pipe":            {"mkfifo /etc/nono/policy.d/b.profile", "it is not a regular file"},
		"policy.d":                {"chmod o+w /etc/nono/policy.d", "cannot trust '/etc/nono/policy.d': others than root can write to it"},
		"policy.d's owner":        {"chown nobody /etc/nono/policy.d", "cannot trust '/etc/nono/policy.d': it does not belong to root"},
		"policy.d, sticky":        {"chmod 1777 /etc/nono/policy.d", "others than root can write to it"},
		"nono":                    {"chmod g+w /etc/nono", "cannot trust '/etc/nono': others than root can write to it"},
		"etc":                     {"chmod o+w /etc", "cannot trust '/etc': others than root can write to it"},
		"the root":                {"chmod o+w /", "cannot trust '/': others than root can write to it"},
		"policy.d is a link":      {"mv /etc/nono/policy.d /etc/nono/x; ln -s x /etc/nono/policy.d", "cannot use '/etc/nono/policy.d': it is not a directory, or a symlink"},
		"nono is a link":          {"mv /etc/nono /etc/x; ln -s x /etc/nono", "cannot use '/etc/nono': it is not a directory, or a symlink"},
		"nono leads nowhere":      {"mv /etc/nono /etc/x; ln -s y /etc/nono", "cannot use '/etc/nono': it is not a directory, or a symlink"},
		"policy.d is a file":      {"mv /etc/nono/policy.d /etc/nono/x; touch /etc/nono/policy.d", "cannot use '/etc/nono/policy.d': it is not a directory, or a symlink"},
		"unreadable":              {"chmod 600 /etc/nono/policy.d/a.profile", "cannot use '/etc/nono/policy.d/a.profile': permission denied"},
		"an unreadable place":     {"chmod 711 /etc/nono/policy.d", "cannot use '/etc/nono/policy.d': permission denied"},
		"large":                   {"head -c 1100000 /dev/zero | tr '\\0' '#' > /etc/nono/policy.d/b.profile", "it is larger than 1 MiB"},
		"an unknown word":         {"echo 'allow /srv' > /etc/nono/policy.d/b.profile", "line 1 of '/etc/nono/policy.d/b.profile': there is no directive 'allow' in a policy"},
		"a variable":              {"echo 'deny $TMPDIR/x' > /etc/nono/policy.d/b.profile", "the variable '$TMPDIR' is the user's to set"},
		"an unknown flag":         {"echo 'forbid alow' > /etc/nono/policy.d/b.profile", "cannot forbid 'alow': there is no such flag"},
		"a name":                  {"echo > '/etc/nono/policy.d/a b.profile'", "its name has more than letters"},
		"names that do not count": {"for n in .b.profile b.profile.old b.profile~ README; do echo nonsense > /etc/nono/policy.d/$n; done", "ok\n"},
		"another ending":          {"echo 'deny /srv/p' > /etc/nono/policy.d/b.policy", "cannot use '/etc/nono/policy.d/b.policy': the name of a policy ends in '.profile'"},
		"no ending":               {"echo 'deny /srv/p' > /etc/nono/policy.d/b", "cannot use '/etc/nono/policy.d/b': the name of a policy ends in '.profile'"},
		"no policies":             {"rm -r /etc/nono/policy.d", "ok\n"},
		"nothing":                 {"rm -r /etc/nono", "ok\n"},
	}
	names := slices.Sorted(maps.Keys(rows))
	script := "cp -a /etc/nono /nono\n"
	for _, name := range names {
		script += "echo \"== " + name + "\"; rm -rf /etc/nono; cp -a /nono /etc/nono; echo 'deny /x' > /etc/nono/policy.d/a.profile; chmod 755 / /etc\n" + rows[name][0] + `
for p in "nono-run --read /srv/p -- cat /srv/p/o" "nono-why --read /srv/p /srv/p/o"; do as nobody "$N/$p"; done
`
	}
	parts := strings.Split(machine(t, s, script+"true"), "== ")[1:]
	if len(parts) != len(names) {
		t.Fatalf("%d answers to %d questions", len(parts), len(names))
	}
	for i, name := range names {
		want, out := rows[name][1], parts[i]
		if !strings.Contains(out, want) || want != "ok\n" && (strings.Contains(out, "ok\n") || strings.Contains(out, "allowed:") || strings.Count(out, want) != 2) {
			t.Errorf("%s\nwant %q", out, want)
		}
	}
}
