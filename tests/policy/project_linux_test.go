package policy

import (
	"strings"
	"testing"
)

// TestProjectUnderAPolicy: a project's own profile, trusted or not, gets no further than
// the policies of the machine.
func TestProjectUnderAPolicy(t *testing.T) {
	const lay = `rm -rf /srv/q; mkdir -p /srv/q /srv/home/.local; echo ok > /srv/q/o; chown -R nobody /srv/home /srv/q; cd /srv/q; wants() { printf "$1\n" > .nono.profile; }; `
	const trust, run = `as nobody "$N/nono-policy trust --yes ." 2>&1; `, `as nobody "$N/nono-run --net-block --read /srv/q -- cat /srv/q/o $F"; `
	rows := map[string][3]string{
		"a deny":              {"deny /srv/secret", lay + `wants 'read /srv/secret'; ` + trust + "F=/srv/secret/k " + `; F=/srv/secret/k; ` + run, "the policy 'site' takes '/srv/secret' away from profile .nono.profile"},
		"a pattern":           {"deny **/.env", lay + `echo env > .env; wants 'read-file $WORKDIR/.env'; ` + trust + `F=/srv/q/.env; ` + run, "Permission denied"},
		"a flag":              {"forbid allow-rmdir", lay + `wants allow-rmdir; ` + trust + `F=; ` + run, "is not used: cannot use profile '.nono.profile': 'allow-rmdir': it is forbidden by the policy 'site'"},
		"a place":             {"forbid allow /srv/conf", lay + `wants 'allow /srv/conf'; ` + trust + `F=; ` + run, "is not used: cannot use profile"},
		"a command":           {"block-command tac", lay + `wants 'allow-command tac'; ` + trust + `F=; ` + run + `as nobody "$N/nono-run --trust-project --read /srv/q -- tac /srv/q/o"`, "the command is blocked by the policy 'site'"},
		"a host":              {"host a.example", lay + `wants 'host b.example'; ` + trust + `as nobody "$N/nono-run --print-spec -- true"`, "host"},
		"the file":            {"forbid profile .nono.profile", lay + `wants 'read /srv/conf'; ` + trust + `F=/srv/conf/c; ` + run, "is not used: cannot use profile '.nono.profile': it is forbidden by the policy 'site'"},
		"the file, trusted":   {"# none", lay + `wants 'read /srv/conf'; ` + trust + `echo 'forbid profile .nono.profile' > /etc/nono/policy.d/site.profile; F=/srv/conf/c; ` + run, "nono: error: cannot use profile '.nono.profile': it is forbidden by the policy 'site'"},
		"the flag":            {"forbid trust-project", lay + `wants 'read /srv/conf'; as nobody "$N/nono-run --trust-project -- cat /srv/conf/c"`, "cannot use --trust-project: it is forbidden by the policy 'site'"},
		"unsigned":            {"require-signature", lay + `wants 'read /srv/conf'; ` + trust + `F=/srv/conf/c; ` + run, "the policy 'site' requires a signature: there is no signature '/srv/q/.nono.profile.sig'"},
		"unsigned, this once": {"require-signature", lay + `wants 'read /srv/conf'; as nobody "$N/nono-run --trust-project -- cat /srv/conf/c"`, "nono: error: cannot use the profile '/srv/q/.nono.profile': the policy 'site' requires a signature"},
		"the control":         {"deny /srv/secret", lay + `wants 'read /srv/conf'; ` + trust + `F=/srv/conf/c; ` + run, "\nconf\n"},
	}
	scripts := map[string][2]string{}
	for name, r := range rows {
		scripts[name] = [2]string{r[0], "rm -rf /srv/home/.local; " + r[1]}
	}
	for name, out := range each(t, scripts) {
		if !strings.Contains(out, rows[name][2]) || strings.Contains(out, "\nsecret\n") || strings.Contains(out, "\nenv\n") || name != "the control" && strings.Contains(out, "\nconf\n") {
			t.Errorf("%s: got\n%s\nwant %q", name, out, rows[name][2])
		}
	}
}
