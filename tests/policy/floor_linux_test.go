package policy

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// each runs every script with the policy before it, on one machine, and returns what
// each has printed.
func each(t *testing.T, scripts map[string][2]string) map[string]string {
	t.Helper()
	names := slices.Sorted(maps.Keys(scripts))
	all := ""
	for _, name := range names {
		all += "echo \"== " + name + "\"; rm -f /etc/nono/policy.d/* /etc/nono/profiles/*; cat > /etc/nono/policy.d/site.profile <<'END'\n" + scripts[name][0] + "\nEND\n" + scripts[name][1] + "\n"
	}
	parts := strings.Split(machine(t, suite.Build(t, suite.Newest), all+"true"), "== ")[1:]
	if len(parts) != len(names) {
		t.Fatalf("%d answers to %d questions:\n%s", len(parts), len(names), strings.Join(parts, "== "))
	}
	out := map[string]string{}
	for i, name := range names {
		_, out[name], _ = strings.Cut(parts[i], "\n")
	}
	return out
}

// TestFloors: what a policy says of the network, of the log and of names holds for
// every run, and is told.
func TestFloors(t *testing.T) {
	const run, why = `as nobody "$N/nono-run --read /srv/p `, `as nobody "$N/nono-why --read /srv/p `
	rows := map[string][3]string{
		"no network":                            {"net-block", run + `--dry-run -- true" | grep -e ^network -e policies`, "policies of this machine: site\nnetwork blocked by policy site\nnetwork: blocked\n"},
		"no network for ports":                  {"net-block", run + `--port 443 --print-spec -- true" | grep -e port -e net`, "net block\n"},
		"no network for hosts":                  {"net-block", run + `--host a.example --print-spec -- true" | grep -e ^host -e net`, "net block\n"},
		"why: no network":                       {"net-block", why + `--host a.example"`, "denied: tcp to 'a.example'\n  the network is blocked\n  the policy 'site' stands against it\n"},
		"hosts where none is asked for":         {"host *.site.example\nhost b.example:443", run + `--print-spec -- true" | grep -e ^host -e net`, "host *.site.example by \"policy site\"\nhost b.example:443 by \"policy site\"\nnet block\n"},
		"hosts within":                          {"host *.site.example", run + `--host x.site.example:8080 --print-spec -- true" | grep -e ^host`, "host x.site.example:8080 by \"--host x.site.example:8080\"\n"},
		"hosts beyond":                          {"host *.site.example:443", run + `--host x.site.example -- true"`, "cannot use --host 'x.site.example': the policy 'site' has it with port 443 only\nnono: hint: --host x.site.example:443\n"},
		"hosts beyond, in a profile":            {"host *.site.example", `as nobody "HOME=/srv/home $N/nono-run --profile hosts-npm --read /srv/p -- true"`, "the host is not among those of the policy 'site'"},
		"hosts and a port":                      {"host *.site.example", run + `--port 80 -- true"`, "cannot use --port: a port would be open at every address"},
		"hosts and no network":                  {"host *.site.example", run + `--net-block --print-spec -- true" | grep -e ^host -e ^net`, "net block\n"},
		"why: hosts":                            {"host *.site.example", why + `--host b.example"`, "denied: tcp to 'b.example'\n  no --host allows it, and all else of the network is shut\n  the policy 'site' stands against it\n"},
		"why: a path":                           {"deny /srv/secret", why + `--read /srv /srv/secret/k"`, "denied: read '/srv/secret/k'\n  '/srv/secret' is denied by the policy site\n  nothing on the command line allows it\n"},
		"why: a path beside":                    {"deny /srv/secret", why + `/srv/conf/c"`, "to allow it: --read-file /srv/conf/c\n"},
		"why: a forbidden flag":                 {"forbid allow-unix-sockets", why + `--unix-socket @x"`, "the policy 'site' stands against it\n"},
		"explain: a forbidden command":          {"forbid allow-command", run + `--explain -- sh -c 'rm x'; echo" 2>&1 | grep -A1 -e "execute '/"; echo end`, "(2 times)\n\nend\n"},
		"why: a forbidden command":              {"forbid allow-command", why + `--command rm"`, "the policy 'site' keeps it blocked\n"},
		"no hint of a forbidden command":        {"forbid allow-command rm", `cd /srv/p; as nobody "HOME=/srv/home $N/nono-run --read /srv/p -- sh -c 'rm -f x'; HOME=/srv/home $N/nono-run --read /srv/p -- rm x" 2>&1 | grep -c -e allow-command -e profile; cd /`, "0\n"},
		"why: grants hold for the flag":         {"forbid host", why + `--grant-host a.example --host a.example"`, "cannot use --host 'a.example': it is forbidden by the policy 'site'\n"},
		"why: a question is no flag":            {"forbid host\nforbid port\nforbid unix-socket", why + `--host a.example"`, "allowed: tcp to 'a.example'\n"},
		"a forbidden grant by two flags":        {"forbid allow /srv/home", run + `--read /srv/home --write /srv/home -- true"`, "cannot grant --write '/srv/home': together with other grants it gives --allow '/srv/home', which is forbidden by the policy 'site'\n"},
		"a forbidden grant at two ancestors":    {"forbid allow /srv/home/x", `mkdir -p /srv/home/x; as nobody "$N/nono-run --write /srv/home --read /srv -- true"`, "cannot grant --read '/srv': together with other grants it gives --allow '/srv/home/x'"},
		"a forbidden grant by a profile":        {"forbid allow ~", `printf 'read ~\nwrite ~\n' > /etc/nono/profiles/two.profile; as nobody "HOME=/srv/home $N/nono-run --profile two -- true"`, "cannot grant --write '/srv/home': together with other grants it gives --allow '~'"},
		"a forbidden grant by flag and profile": {"forbid allow ~", `printf 'read ~\n' > /etc/nono/profiles/two.profile; as nobody "HOME=/srv/home $N/nono-run --profile two --write /srv -- true"`, "together with other grants it gives --allow '~'"},
		"a forbidden file by two flags":         {"forbid allow-file /srv/p/o", `as nobody "$N/nono-run --read-file /srv/p/o --write-file /srv/p/o -- true"`, "cannot grant --write-file '/srv/p/o': together with other grants it gives --allow-file '/srv/p/o'"},
		"a forbidden file, its directory":       {"forbid allow-file /srv/p/o", run + `--write-file /srv/p/o -- true"`, "together with other grants it gives --allow-file '/srv/p/o'"},
		"a forbidden grant of what nono grants": {"forbid allow /usr/share", run + `--write /usr/share -- true"`, "cannot grant --write '/usr/share': together with other grants it gives --allow '/usr/share'"},
		"less than a forbidden grant":           {"forbid allow /srv/home", `as nobody "$N/nono-run --read /srv/home --read /srv --read-file /srv/p/o -- cat /srv/p/o"`, "ok\n"},
		"beneath a forbidden grant":             {"forbid allow /srv", run + `--write /srv/p -- cat /srv/p/o"`, "ok\n"},
		"a forbidden removal by a switch":       {"forbid temp /srv/home", `as nobody "$N/nono-run --allow /srv/home --allow-rmdir -- true"`, "cannot grant --allow '/srv/home': --temp '/srv/home' is forbidden by the policy 'site'"},
		"a forbidden socket by a switch":        {"forbid unix-socket /srv/p/s", run + `--allow-unix-sockets -- true"`, "cannot use --allow-unix-sockets: --unix-socket '/srv/p/s' is forbidden by the policy 'site'"},
		"a mistyped category":                   {"forbid allow-command privilege-escalaton", run + `--allow-command sudo -- true" 2>&1`, "line 1 of '/etc/nono/policy.d/site.profile': cannot use 'privilege-escalaton': no blocked command or category has the name 'privilege-escalaton'\nnono: hint: did you mean 'privilege-escalation'?\n"},
		"a command that nothing blocks":         {"forbid allow-command frobnicate", run + `-- true"`, "no blocked command or category has the name 'frobnicate'"},
		"two commands in one line":              {"forbid allow-command rm sudo", run + `-- true"`, "no blocked command or category has the name 'rm sudo'"},
		"a command of another system":           {"forbid allow-command osascript", run + `-- cat /srv/p/o"`, "ok\n"},
		"a category to block":                   {"block-command privilege-escalaton", run + `-- true"`, "'privilege-escalation' is a category of blocked commands\nnono: hint: 'forbid allow-command privilege-escalation' keeps them blocked\n"},
		"two commands to block in one line":     {"block-command scp sftp", run + `-- true"`, "'block-command' needs the name of one command"},
		"lint: a policy to come":                {"", `printf 'deny ~/x\nforbid allow-command al\n' > /srv/p/new.profile; as nobody "$N/nono-policy lint --policy /srv/p/new.profile"; echo $?`, "line 2 of '/srv/p/new.profile': cannot use 'al'"},
		"lint: a good policy to come":           {"", `printf 'deny ~/x\nforbid allow ~\n' > /srv/p/new.profile; as nobody "$N/nono-policy lint --policy /srv/p/new.profile"; echo $?`, "0\n"},
		"lint: another name":                    {"", `printf 'deny ~/x\n' > /srv/p/new; as nobody "$N/nono-policy lint --policy /srv/p/new"; echo $?`, "the name of a policy ends in '.profile'\n2\n"},
		"learning":                              {"forbid allow ~", `as nobody "HOME=/srv/home $N/nono-learn -- true"`, "cannot learn: learning needs wide grants for one run, and a policy of this machine forbids them\n"},
		"learning without a flag":               {"forbid inner-sockets", `cd /srv/p; as nobody "HOME=/srv/home $N/nono-learn -- true"; cd /`, "cannot learn: learning needs wide grants"},
		"no hint that is refused":               {"forbid allow-command rm", run + `-- rm /srv/p/x"`, "hint: the policy 'site' keeps it blocked; 'nono policy show' tells what the policies say\n"},
		"a bad policy and a project":            {"frobnicate", `mkdir -p /srv/q2; echo 'read /srv/q2' > /srv/q2/.nono.profile; chown -R nobody /srv/q2; cd /srv/q2; as nobody "$N/nono-run --read /srv/p -- true" 2>&1 | grep -c frobnicate; cd /`, "1\n"},
		"a mistyped level":                      {"forbid audit-level refusd", run + `-- true"`, "'audit-level' needs refused, exec or all\nnono: hint: did you mean 'refused'?\n"},
		"what is no name of a profile":          {"forbid profile ~/x.profile", run + `-- true"`, "is no name of a profile"},
		"a log":                                 {"audit-log /srv/p/log\naudit-required\naudit-level all", run + `-- cat /srv/p/o"; grep -c '"event":"start"' /srv/p/log`, "ok\n1\n"},
		"a log elsewhere":                       {"audit-log /srv/p/log", run + `--audit-log /srv/p/other -- true"`, "cannot log to '/srv/p/other': another log is set by the policy 'site'\n"},
		"a log that cannot be":                  {"audit-log /srv/nowhere/log", run + `-- cat /srv/p/o"`, "cannot log to '/srv/nowhere/log': no such file or directory\n"},
		"a log in the home":                     {"audit-log ~/log", `sed -i 's|^nobody:.*|nobody:x:65534:65534::/srv/home:/bin/sh|' /etc/passwd; as nobody "HOME=/srv/p $N/nono-run --read /srv/p -- cat /srv/p/o"; ls /srv/home`, "ok\nlog\n"},
		"new names beside a deny":               {"deny **/.env\nallow-beside-denied", `mkdir /srv/q; touch /srv/q/.env; chown -R nobody /srv/q; as nobody "$N/nono-run --silent --allow /srv/q -- sh -c 'cat /srv/q/.env; echo new >/srv/q/f; cat /srv/q/f'"`, "cat: /srv/q/.env: Permission denied\nnew\n"},
		"flags of every run":                    {"hold-metadata\nprotect-repo", `mkdir -p /srv/q/.git/hooks; as nobody "$N/nono-run --silent --allow /srv/q --print-spec -- true" | grep -o -e held-metadata -e git.hooks`, "git/hooks\nheld-metadata\n"},
		"no host may be forbidden":              {"forbid host a.example", run + `-- true"`, "line 1 of '/etc/nono/policy.d/site.profile': 'host' lines say which hosts there may be"},
		"nobody is asked":                       {"deny /srv/secret", run + `--ask-protected /srv/secret/k -- cat /srv/p/o"`, "denies it\n"},
		"two policies":                          {"deny /srv/secret", `echo "deny /srv/conf" > /etc/nono/policy.d/another.profile; as nobody "$N/nono-run --read /srv -- cat /srv/conf/c /srv/secret/k"; ` + run + `--dry-run -- true" | grep policies`, "cat: /srv/conf/c: Permission denied\ncat: /srv/secret/k: Permission denied\npolicies of this machine: another, site\n"},
		"two logs":                              {"audit-log /srv/p/log", `echo "audit-log /srv/p/log2" > /etc/nono/policy.d/another.profile; ` + run + `-- true"`, "the policy 'another' has another log"},
		"for another system":                    {"macos deny /srv/p\nlinux deny /srv/conf", `as nobody "$N/nono-run --silent --read /srv -- cat /srv/p/o /srv/conf/c"`, "ok\ncat: /srv/conf/c: Permission denied\n"},
		"nono policy show":                      {"deny /srv/secret\nforbid allow-command all", `as nobody "$N/nono-policy show --read /srv/p"`, "# policies of this machine: site\n# forbidden: --allow-command all (policy site)\n"},
		"a nono inside":                         {"deny /srv/secret", `as nobody "$N/nono-run --silent --read $N --read /srv -- $N/nono-run --silent --read /srv/secret -- cat /srv/secret/k"`, "cannot grant --read '/srv/secret': it is denied by the policy 'site'"},
		"advice inside":                         {"deny /srv/secret", `as nobody "$N/nono-run --silent --read /srv -- $N/nono-why --self /srv/secret/k"`, "'/srv/secret' is denied by the policy site\n  nothing on the command line allows it\n"},
		"the site's profile":                    {"", `echo "read /srv/conf" > /etc/nono/profiles/git.profile; as nobody "$N/nono-run --silent --profile git -- cat /srv/conf/c"; as nobody "$N/nono-run --list-profiles" | grep ^git`, "conf\ngit             the site's, hides another: '/etc/nono/profiles/git.profile'\n"},
		"the site's before the user's":          {"", `echo "read /srv/conf" > /etc/nono/profiles/mine.profile; mkdir -p /srv/home/.config/nono/profiles; echo "read /srv/secret" > /srv/home/.config/nono/profiles/mine.profile; chown -R nobody /srv/home; as nobody "$N/nono-run --silent --profile mine -- cat /srv/conf/c /srv/secret/k"`, "conf\ncat: /srv/secret/k: Permission denied\n"},
		"the site's that others wrote":          {"", `echo "read /srv/conf" > /etc/nono/profiles/mine.profile; chmod o+w /etc/nono/profiles/mine.profile; as nobody "$N/nono-run --profile mine -- cat /srv/conf/c"`, "cannot trust '/etc/nono/profiles/mine.profile': others than root can write to it\n"},
	}
	scripts := map[string][2]string{}
	for name, r := range rows {
		scripts[name] = [2]string{r[0], r[1]}
	}
	for name, out := range each(t, scripts) {
		if !strings.Contains(out, rows[name][2]) {
			t.Errorf("%s: got\n%s\nwant %q", name, out, rows[name][2])
		}
	}
}

// TestDocumentedPolicy: the policy in the page for administrators is one.
func TestDocumentedPolicy(t *testing.T) {
	page, err := os.ReadFile(suite.Root(t) + "/docs/administrators.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "site.profile`:\n\n```\n")
	text, _, ok := strings.Cut(rest, "```\n")
	if !ok {
		t.Fatal("docs/administrators.md has its policy in another way")
	}
	out := each(t, map[string][2]string{"": {text, `mkdir -p /srv/home/.local/state; sed -i 's|^nobody:.*|nobody:x:65534:65534::/srv/home:/bin/sh|' /etc/passwd; chown -R nobody /srv/home
as nobody "$N/nono-run --read /srv/p -- cat /srv/p/o"; ls /srv/home/.local/state`}})[""]
	if out != "ok\nnono-audit.log\n" {
		t.Errorf("%s", out)
	}
}
