package policy

import (
	"os"
	"strings"
	"testing"
)

// TestEveryFlagUnderAPolicy: what a policy denies, keeps and blocks, no flag gives back,
// whatever it is for, and no command inside. A row's control is its sign "done": the rest
// of the run went as it should.
func TestEveryFlagUnderAPolicy(t *testing.T) {
	const floor = "deny /srv/secret\ndeny-write /srv/conf\nnet-block\nblock-command tac"
	const lay = `cd /srv/p; mkdir -p /srv/home/.config/nono/profiles; rm -f /srv/home/.config/nono/profiles/*; echo conf > /srv/conf/c; chmod 777 /srv/p /srv/conf; chmod 666 /srv/conf/c
chmod 755 /srv/secret; chown -R nobody /srv/home /srv/secret; R="$N/nono-run --silent"; export HOME=/srv/home N
`
	// What each tries, inside: to read, to reach it by other names, to write, to connect.
	const try = `"exec 2>&1; cat /srv/secret/k; mv /srv/secret /srv/p/x; cat /srv/p/x/k; ln /srv/secret/k /srv/p/l; cat /srv/p/l; ln -s /srv/secret/k /srv/p/s; cat /srv/p/s; echo changed > /srv/conf/c; mv /srv/conf/c /srv/conf/d; tac /srv/p/o; (exec 3<>/dev/tcp/127.0.0.1/1) 2>/dev/null && echo open; echo done"`
	rows := map[string][3]string{ // policy besides the floor, what to run, what must be said
		"--undo":                    {"", `$R --undo --allow /srv -- sh -c ` + try, "done"},
		"--allow-beside-denied":     {"", `$R --allow-beside-denied --allow /srv -- sh -c ` + try, "done"},
		"--protect-repo":            {"", `$R --protect-repo --allow /srv -- sh -c ` + try, "done"},
		"--hold-metadata":           {"", `$R --hold-metadata --allow /srv -- sh -c ` + try, "done"},
		"--allow-rmdir":             {"", `$R --allow-rmdir --allow /srv -- sh -c ` + try, "done"},
		"--allow-rmdir-own":         {"", `$R --allow-rmdir-own --allow /srv -- sh -c ` + try, "done"},
		"--inner-sockets":           {"", `$R --inner-sockets --allow /srv -- sh -c ` + try, "done"},
		"--allow-unix-sockets":      {"", `$R --allow-unix-sockets --allow-ipc --allow /srv -- sh -c ` + try, "done"},
		"--wait-all --explain":      {"", `$R --wait-all --explain --allow /srv -- sh -c ` + try, "done"},
		"--ephemeral":               {"", `$R --ephemeral=discard --read /srv --allow /srv/p -- sh -c ` + try, ""},
		"--temp":                    {"", `$R --temp /srv -- sh -c ` + try, "done"},
		"--private-shm":             {"", `$R --private-shm --allow /srv -- sh -c ` + try, ""},
		"--undo and beside":         {"", `$R --undo --allow-beside-denied --allow-rmdir-own --allow /srv -- sh -c ` + try, "done"},
		"--ephemeral with others":   {"", `$R --ephemeral=discard --explain --wait-all --allow /srv/p --read /srv -- sh -c ` + try, ""},
		"--unix-socket, directory":  {"", `$R --unix-socket /srv/secret --read /srv/p -- true; $R --unix-socket /srv --read /srv/p -- sh -c ` + try, "it is denied by the policy 'site'"},
		"--trust-project":           {"", `printf 'allow /srv\nallow-command tac\nallow-beside-denied\n' > .nono.profile; $R --trust-project -- sh -c ` + try, "the command is blocked by the policy 'site'"},
		"a hook's program":          {"", `mkdir -p /srv/n; cp "$N"/nono-run "$N"/nono-exec-shim "$N"/nono-why "$N"/nono-hook /srv/n; chown -R $W /srv/n; as $W "HOME=/srv/home /srv/n/nono-run --silent --allow /srv/n -- sh -c 'exec 2>&1; echo x > /srv/n/nono-hook; rm /srv/n/nono-hook; mv /srv/p/spec /srv/n/nono-hook'"; cmp /srv/n/nono-hook "$N/nono-hook" && echo done`, "done"},
		"a grant that ends":         {"", `$R --allow /srv:1h -- sh -c ` + try, ""},
		"--until":                   {"", `$R --allow /srv --until 2099-01-01T00:00 -- sh -c ` + try, ""},
		"--host":                    {"", `$R --host '127.0.0.1' --allow /srv -- sh -c ` + try, ""},
		"--net-block=false":         {"", `$R --net-block=false --allow /srv -- sh -c ` + try, "done"},
		"--workdir":                 {"", `$R --workdir /srv/secret --allow-cwd --read /srv/p -- sh -c "cat k; echo done"`, "cannot grant --read '/srv/secret': it is denied by the policy 'site'"},
		"--ask, answered with yes":  {"", `printf '#!/bin/sh\nread q; echo {\\"yes\\":true,\\"for\\":\\"always\\"}\n' > /srv/yes; chmod 755 /srv/yes; $R --ask-with /srv/yes --ask-protected /srv/secret --read /srv/p -- sh -c ` + try, ""},
		"--ask, of all of it":       {"", `printf '#!/bin/sh\nread q; echo {\\"yes\\":true,\\"for\\":\\"run\\"}\n' > /srv/yes; chmod 755 /srv/yes; $R --ask-with /srv/yes --read /srv/p -- sh -c ` + try, ""},
		"--unix-socket":             {"", `python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/srv/secret/sock")'; $R --unix-socket /srv/secret/sock --read /srv/p -- true`, "it is denied by the policy 'site'"},
		"--device":                  {"deny /dev/tty", `$R --device /dev/tty --read /srv/p -- true`, "it is denied by the policy 'site'"},
		"--secret of a denied file": {"", `$R --secret X=file:/srv/secret/k --read /srv/p -- sh -c 'echo $X; echo done'`, "cannot hand in the contents of '/srv/secret/k': it is denied by the policy 'site'"},
		"--credential":              {"", `echo key > /srv/home/key; chmod 600 /srv/home/key; $R --credential github=file:/srv/home/key --read /srv/p -- sh -c ` + try, ""},
		"profiles within profiles":  {"", `rm -rf /srv/home/.config; mkdir -p /srv/home/.config/nono/profiles; cd /srv/home/.config/nono/profiles; echo 'profile b' > a.profile; echo 'profile c' > b.profile; printf 'read /srv/secret\nallow /srv\nallow-command tac\nallow-beside-denied\nhost 127.0.0.1\n' > c.profile; cd /srv/p; $R --profile a -- sh -c ` + try, "the command is blocked by the policy 'site'"},
		"a profile as a file":       {"", `echo 'read /srv/secret' > x.profile; "$N/nono-policy" show ./x.profile`, "policy site"},
		"nono inside nono":          {"", `$R --read / --allow /srv/p -- sh -c "$N/nono-run --read /srv/secret -- cat /srv/secret/k; echo done"`, "done"},
		"the shim by hand, inside":  {"", `printf 'nono-spec 1\nread /\nnet allow\n' > /srv/p/spec; $R --read / --allow /srv/p -- sh -c "$N/nono-exec-shim /srv/p/spec -- cat /srv/secret/k; echo done"`, "done"},
		"nono learn":                {"", `$N/nono-learn --force --output l -- cat /srv/secret/k; cat /srv/home/.config/nono/profiles/l.profile; echo done`, "done"},
		"variables":                 {"", `NONO_SPEC=/srv/p/spec NONO_SANDBOX= NONO_POLICY=/ XDG_CONFIG_HOME=/srv/p XDG_STATE_HOME=/srv/p GODEBUG=x LD_PRELOAD=/x TMPDIR=/srv/secret $R --allow /srv -- sh -c ` + try, ""},
		"nono-policy of its own":    {"require-signature", `mkdir -p /srv/n; cp "$N"/nono-run "$N"/nono-exec-shim "$N"/nono-policy /srv/n; chown -R $W /srv/n; as $W "HOME=/srv/home /srv/n/nono-run --silent --allow /srv/n -- sh -c 'exec 2>&1; echo x > /srv/n/nono-policy; echo x > /srv/n/nono-policy-sigstore; rm /srv/n/nono-policy; mv /srv/p/spec /srv/n/nono-policy'"; cmp /srv/n/nono-policy "$N/nono-policy" && [ ! -e /srv/n/nono-policy-sigstore ] && echo done`, "done"},
		"a stand-in for policy.d":   {"", `ln -sfn /srv/p /srv/home/policy.d; $R --allow /srv -- sh -c "exec 2>&1; ln -sfn /srv/p /etc/nono/policy.d; mv /etc/nono /etc/x; echo > /etc/nono/policy.d/b.profile; ls /etc/nono/policy.d; cat /srv/secret/k; echo done"`, "done"},
		"the control":               {"#", `$R --read /srv --allow /srv/p -- cat /srv/secret/k`, "secret\n"},
	}
	for _, who := range []string{"root", "nobody"} {
		t.Run(who, func(t *testing.T) {
			if who == "root" && os.Getenv("NONO_LONG") == "" {
				t.Skip("as root, with NONO_LONG=1: it takes a minute")
			}
			scripts := map[string][2]string{}
			for name, r := range rows {
				run := r[1]
				if name != "nono-policy of its own" && name != "a hook's program" {
					run = "cat > /srv/script <<'ROW'\n" + lay2 + run + "\nROW\nas " + who + " sh /srv/script 2>&1"
				}
				policy := floor + "\n" + r[0]
				if name == "the control" {
					policy = r[0]
				}
				scripts[name] = [2]string{policy, lay + "rm -rf /srv/p/*; echo ok > o; W=" + who + "\n" + run + "; cat /srv/conf/c | sed 's/^changed/CHANGED/'"}
			}
			for name, out := range each(t, scripts) {
				want := rows[name][2]
				if !strings.Contains(out, want) || name != "the control" && strings.Contains(out, "secret\n") || strings.Contains(out, "CHANGED") || strings.Contains(out, "\nko\n") || strings.Contains(out, "\nopen\n") {
					t.Errorf("%s:\n%s\nwant %q", name, out, want)
				}
			}
		})
	}
}

// lay2 begins what is run as the user.
const lay2 = `export HOME=/srv/home; R="$N/nono-run --silent"; cd /srv/p
`
