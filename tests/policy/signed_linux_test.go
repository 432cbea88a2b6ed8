package policy

import (
	"os/exec"
	"strings"
	"testing"
)

// keys makes keys and signatures with the real ssh-keygen. verify is nono's answer to a
// signature, theirs that of ssh-keygen.
const keys = `cd /srv/p; rm -rf *; mkdir -p /srv/home/.config/nono/profiles; export HOME=/srv/home
rm -rf /srv/home/.config/nono/profiles/* /etc/nono/allowed_signers /etc/nono/revoked_keys
key() { bits=; [ $1 != rsa ] || bits='-b 2048'; ssh-keygen -q -t $1 $bits -N '' -C '' -f $2; }
made() { ssh-keygen -q -Y sign -n ${NS:-nono-profile} -f $1 a.profile 2>/dev/null; }
verify() { "$N/nono-policy" verify --allowed-signers allowed "$@" a.profile; echo "= $?"; }
theirs() { ssh-keygen -Y verify -f allowed -I me@here -n nono-profile -s a.profile.sig "$@" < a.profile; echo "= $?"; }
key ed25519 k; echo 'read /srv/conf' > a.profile; echo "me@here $(cat k.pub)" > allowed
`

// TestSignatures: what ssh-keygen makes is taken, what nono makes is taken by ssh-keygen,
// and both refuse the same.
func TestSignatures(t *testing.T) {
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Skip("ssh-keygen is not installed, so it was not tried")
	}
	const good, theirsGood = "signed by me@here (SHA256:", "Good \"nono-profile\" signature for me@here"
	rows := map[string][2]string{
		"ed25519":                       {"made k; verify", good},
		"rsa":                           {`key rsa r; echo "me@here $(cat r.pub)" > allowed; made r; verify`, good},
		"ecdsa":                         {`key ecdsa e; echo "me@here $(cat e.pub)" > allowed; made e; verify`, good},
		"ours, ed25519":                 {`"$N/nono-policy" sign --key k a.profile; theirs`, theirsGood},
		"ours, rsa":                     {`key rsa r; echo "me@here $(cat r.pub)" > allowed; "$N/nono-policy" sign --key r a.profile; theirs`, theirsGood},
		"ours, ecdsa":                   {`key ecdsa e; echo "me@here $(cat e.pub)" > allowed; "$N/nono-policy" sign --key e a.profile; theirs`, theirsGood},
		"sha256":                        {"ssh-keygen -q -Y sign -O hashalg=sha256 -n nono-profile -f k a.profile; verify", good},
		"no signature":                  {"verify", "no valid signature: there is no signature 'a.profile.sig'\n= 1\n"},
		"a changed byte":                {"made k; echo 'read /srv/conF' > a.profile; verify", "no valid signature: the signature is not of these bytes\n= 1\n"},
		"a byte more":                   {"made k; echo >> a.profile; verify", "the signature is not of these bytes\n= 1\n"},
		"a changed signature":           {`made k; sed -i -e '3s/^\(....\)x/\1y/' -e t -e '3s/./x/5' a.profile.sig; verify`, "no valid signature: "},
		"cut short":                     {"made k; head -3 a.profile.sig > x; mv x a.profile.sig; verify", "it is no signature of OpenSSH's\n= 1\n"},
		"two signatures":                {"made k; cat a.profile.sig a.profile.sig > x; mv x a.profile.sig; verify", "it is no signature of OpenSSH's\n= 1\n"},
		"for something else":            {"NS=git made k; verify", "the signature is for 'git', not for 'nono-profile'\n= 1\n"},
		"another signer":                {"key ed25519 o; made o; verify", "its key is none of an allowed signer's\n= 1\n"},
		"another principal":             {"made k; verify --principal you@here", "its key is not that of \"you@here\"\n= 1\n"},
		"that principal":                {"made k; verify --principal me@here", good},
		"a pattern of principals":       {`made k; echo "*@here,!you@here $(cat k.pub)" > allowed; verify --principal me@here; verify --principal you@here`, "= 0\nno valid signature: its key is not that of \"you@here\"\n= 1\n"},
		"other namespaces":              {`made k; echo "me@here namespaces=\"git,file\" $(cat k.pub)" > allowed; verify`, "its signer may not sign for \"nono-profile\"\n= 1\n"},
		"this namespace":                {`made k; echo "me@here namespaces=\"git,nono-*\" $(cat k.pub)" > allowed; verify; theirs`, theirsGood},
		"not yet":                       {`made k; echo "me@here valid-after=\"20990101Z\" $(cat k.pub)" > allowed; verify`, "its signer may not sign yet: valid-after 2099-01-01T00:00:00Z\n= 1\n"},
		"no more":                       {`made k; echo "me@here valid-before=\"20200101Z\" $(cat k.pub)" > allowed; verify`, "its signer may sign no more: valid-before 2020-01-01T00:00:00Z\n= 1\n"},
		"now":                           {`made k; echo "me@here valid-after=\"20200101\",valid-before=\"209901011200\" $(cat k.pub)" > allowed; verify; theirs`, theirsGood},
		"a line that is not understood": {`made k; echo "me@here new-limit $(cat k.pub)" > allowed; verify`, "nono: error: cannot use the allowed signers 'allowed': line 1: the option \"new-limit\" is not known\n= 2\n"},
		"revoked":                       {"made k; cp k.pub gone; verify --revoked gone", "its key is revoked\n= 1\n"},
		"another is revoked":            {"made k; key ed25519 o; verify --revoked o.pub", good},
		"a revocation list":             {"made k; ssh-keygen -q -k -f krl k.pub; verify --revoked krl; theirs -r krl", "its key is revoked\n= 1\n"},
		"another's list":                {"made k; key ed25519 o; ssh-keygen -q -k -f krl o.pub; verify --revoked krl; theirs -r krl", good},
		"a list cut short":              {"made k; ssh-keygen -q -k -f krl k.pub; head -c 80 krl > x; verify --revoked x", "cannot use the revoked keys 'x': the key revocation list ends too early\n= 2\n"},
		"by SHA-256":                    {"made k; echo \"sha256: $(cat k.pub)\" > spec; ssh-keygen -q -k -f krl spec; verify --revoked krl", "its key is revoked\n= 1\n"},
		"by SHA-1":                      {"made k; echo \"sha1: $(cat k.pub)\" > spec; ssh-keygen -q -k -f krl spec; verify --revoked krl", "its key is revoked\n= 1\n"},
		"by a hash":                     {"made k; echo \"hash: $(ssh-keygen -lf k.pub | cut -d' ' -f2)\" > spec; ssh-keygen -q -k -f krl spec; verify --revoked krl", "its key is revoked\n= 1\n"},
		"a serial number":               {`key ed25519 ca; ssh-keygen -q -s ca -I x -z 5 -n me@here k.pub; echo "*@here cert-authority $(cat ca.pub)" > allowed; made k-cert.pub; echo "serial: 5" > spec; ssh-keygen -q -k -s ca.pub -f krl spec; verify --revoked krl`, "its key is revoked\n= 1\n"},
		"another number":                {`key ed25519 ca; ssh-keygen -q -s ca -I x -z 5 -n me@here k.pub; echo "*@here cert-authority $(cat ca.pub)" > allowed; made k-cert.pub; echo "serial: 6" > spec; ssh-keygen -q -k -s ca.pub -f krl spec; verify --revoked krl`, good},
		"a range of numbers":            {`key ed25519 ca; ssh-keygen -q -s ca -I x -z 5 -n me@here k.pub; echo "*@here cert-authority $(cat ca.pub)" > allowed; made k-cert.pub; echo "serial: 3-9" > spec; ssh-keygen -q -k -s ca.pub -f krl spec; verify --revoked krl`, "its key is revoked\n= 1\n"},
		"a range beside":                {`key ed25519 ca; ssh-keygen -q -s ca -I x -z 5 -n me@here k.pub; echo "*@here cert-authority $(cat ca.pub)" > allowed; made k-cert.pub; echo "serial: 6-900" > spec; ssh-keygen -q -k -s ca.pub -f krl spec; verify --revoked krl`, good},
		"many numbers":                  {`key ed25519 ca; ssh-keygen -q -s ca -I x -z 5 -n me@here k.pub; echo "*@here cert-authority $(cat ca.pub)" > allowed; made k-cert.pub; echo "$(for n in 1 2 5 9 11 70 300; do echo serial: $n; done)" > spec; ssh-keygen -q -k -s ca.pub -f krl spec; verify --revoked krl`, "its key is revoked\n= 1\n"},
		"many others":                   {`key ed25519 ca; ssh-keygen -q -s ca -I x -z 5 -n me@here k.pub; echo "*@here cert-authority $(cat ca.pub)" > allowed; made k-cert.pub; echo "$(for n in 1 2 4 9 11 70 300; do echo serial: $n; done)" > spec; ssh-keygen -q -k -s ca.pub -f krl spec; verify --revoked krl`, good},
		"a key id":                      {`key ed25519 ca; ssh-keygen -q -s ca -I x -z 5 -n me@here k.pub; echo "*@here cert-authority $(cat ca.pub)" > allowed; made k-cert.pub; echo "id: x" > spec; ssh-keygen -q -k -s ca.pub -f krl spec; verify --revoked krl`, "its key is revoked\n= 1\n"},
		"another id":                    {`key ed25519 ca; ssh-keygen -q -s ca -I x -z 5 -n me@here k.pub; echo "*@here cert-authority $(cat ca.pub)" > allowed; made k-cert.pub; echo "id: y" > spec; ssh-keygen -q -k -s ca.pub -f krl spec; verify --revoked krl`, good},
		"a number of another authority": {`key ed25519 ca; key ed25519 cb; ssh-keygen -q -s ca -I x -z 5 -n me@here k.pub; echo "*@here cert-authority $(cat ca.pub)" > allowed; made k-cert.pub; echo "serial: 5" > spec; ssh-keygen -q -k -s cb.pub -f krl spec; verify --revoked krl`, good},
		"an authority in a list":        {`key ed25519 ca; ssh-keygen -q -s ca -I x -n me@here k.pub; echo "*@here cert-authority $(cat ca.pub)" > allowed; made k-cert.pub; ssh-keygen -q -k -f krl ca.pub; verify --revoked krl`, "its key is revoked\n= 1\n"},
		"a certificate":                 {`key ed25519 ca; ssh-keygen -q -s ca -I x -n me@here k.pub; echo "*@here cert-authority $(cat ca.pub)" > allowed; made k-cert.pub; verify; theirs`, theirsGood},
		"a certificate that is over":    {`key ed25519 ca; ssh-keygen -q -s ca -I x -n me@here -V 20200101:20200201 k.pub; echo "*@here cert-authority $(cat ca.pub)" > allowed; made k-cert.pub; verify`, "its certificate does not hold: cert has expired\n= 1\n"},
		"a certificate of later":        {`key ed25519 ca; ssh-keygen -q -s ca -I x -n me@here -V 20980101:20990101 k.pub; echo "*@here cert-authority $(cat ca.pub)" > allowed; made k-cert.pub; verify`, "its certificate does not hold: cert is not yet valid\n= 1\n"},
		"a certificate for another":     {`key ed25519 ca; ssh-keygen -q -s ca -I x -n me@there k.pub; echo "*@here cert-authority $(cat ca.pub)" > allowed; made k-cert.pub; verify`, "its certificate names nobody that its authority may certify\n= 1\n"},
		"a certificate of a host":       {`key ed25519 ca; ssh-keygen -q -h -s ca -I x -n me@here k.pub; echo "*@here cert-authority $(cat ca.pub)" > allowed; made k-cert.pub; verify`, "its certificate is not one of a user's"},
		"another authority":             {`key ed25519 ca; key ed25519 cb; ssh-keygen -q -s cb -I x -n me@here k.pub; echo "*@here cert-authority $(cat ca.pub)" > allowed; made k-cert.pub; verify`, "its key is none of an allowed signer's\n= 1\n"},
		"an authority itself":           {`echo "*@here cert-authority $(cat k.pub)" > allowed; made k; verify`, "its key is none of an allowed signer's\n= 1\n"},
		"a revoked authority":           {`key ed25519 ca; ssh-keygen -q -s ca -I x -n me@here k.pub; echo "*@here cert-authority $(cat ca.pub)" > allowed; made k-cert.pub; verify --revoked ca.pub`, "its key is revoked\n= 1\n"},
		"a passphrase":                  {`ssh-keygen -q -t ed25519 -N secret -f s; "$N/nono-policy" sign --key s a.profile`, "nono: error: cannot use the key 's': a passphrase protects it\nnono: hint: ssh-keygen -Y sign -n nono-profile -f KEY FILE makes the same signature"},
		"the site's signers":            {`made k; cp allowed /etc/nono/allowed_signers; "$N/nono-policy" verify a.profile; chmod o+w /etc/nono/allowed_signers; "$N/nono-policy" verify a.profile`, "nono: error: cannot read the allowed signers '/etc/nono/allowed_signers': cannot trust"},
	}
	scripts := map[string][2]string{}
	for name, r := range rows {
		scripts[name] = [2]string{"", keys + r[0]}
	}
	for name, out := range each(t, scripts) {
		if !strings.Contains(out, rows[name][1]) {
			t.Errorf("%s: got\n%s\nwant %q", name, out, rows[name][1])
		}
	}
}

// TestSignatureRequired: a policy wants the user's own profiles signed, and nothing else
// in its place.
func TestSignatureRequired(t *testing.T) {
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Skip("ssh-keygen is not installed, so it was not tried")
	}
	const lay = `cp allowed /etc/nono/allowed_signers; cp a.profile* /srv/home/.config/nono/profiles/; chown -R nobody /srv/home; `
	const run = `as nobody "HOME=/srv/home $N/nono-run --silent --profile a -- cat /srv/conf/c"`
	rows := map[string][2]string{
		"signed":                  {"made k; " + lay + run, "conf\n"},
		"signed, asked about":     {"made k; " + lay + `as nobody "HOME=/srv/home $N/nono-why --profile a /srv/conf/c"`, "allowed: read '/srv/conf/c'\n"},
		"not signed":              {lay + run, "nono: error: cannot use the profile '/srv/home/.config/nono/profiles/a.profile': the policy 'site' requires a signature: there is no signature '/srv/home/.config/nono/profiles/a.profile.sig'\n"},
		"not signed, asked about": {lay + `as nobody "HOME=/srv/home $N/nono-why --profile a /srv/conf/c"`, "the policy 'site' requires a signature"},
		"changed":                 {"made k; " + lay + "echo 'read /srv/secret' >> /srv/home/.config/nono/profiles/a.profile; " + run, "the signature is not of these bytes\n"},
		"another signer":          {"key ed25519 o; made o; " + lay + run, "its key is none of an allowed signer's\n"},
		"included":                {"made k; " + lay + "cd /srv/home/.config/nono/profiles; echo 'read /srv/secret' > b.profile; cp /srv/p/k .; echo 'profile b' > a.profile; rm a.profile.sig; " + `"$N/nono-policy" sign --key k a.profile; chown -R nobody .; ` + run, "b.profile': the policy 'site' requires a signature"},
		"no signers":              {"made k; " + lay + "rm /etc/nono/allowed_signers; " + run, "requires a signature: cannot read the allowed signers '/etc/nono/allowed_signers': file does not exist\n"},
		"signers of the user's":   {"made k; " + lay + "chown nobody /etc/nono/allowed_signers; " + run, "cannot trust '/etc/nono/allowed_signers': it does not belong to root\n"},
		"revoked":                 {"made k; " + lay + "cp k.pub /etc/nono/revoked_keys; " + run + "; rm /etc/nono/revoked_keys", "its key is revoked\n"},
		"no nono-policy":          {"made k; " + lay + `mkdir /srv/n; cp "$N/nono-run" "$N/nono-exec-shim" /srv/n; as nobody "HOME=/srv/home PATH=$N:$PATH /srv/n/nono-run --silent --profile a -- cat /srv/conf/c"`, "nono: error: cannot find nono-policy: it is neither beside '/srv/n/nono-run' nor in ../libexec/nono\n"},
		"a built-in":              {`as nobody "HOME=/srv/home $N/nono-run --silent --profile git --read /srv/conf -- cat /srv/conf/c"`, "conf\n"},
		"the site's":              {`echo 'read /srv/conf' > /etc/nono/profiles/x.profile; as nobody "HOME=/srv/home $N/nono-run --silent --profile x -- cat /srv/conf/c"`, "conf\n"},
		"the environment":         {lay + `as nobody "HOME=/srv/home NONO_ALLOWED_SIGNERS=/srv/p/allowed GODEBUG=x PATH=/srv/p $N/nono-run --silent --profile a -- /bin/cat /srv/conf/c"`, "requires a signature"},
	}
	scripts := map[string][2]string{}
	for name, r := range rows {
		scripts[name] = [2]string{"require-signature", keys + r[0]}
	}
	for name, out := range each(t, scripts) {
		if !strings.Contains(out, rows[name][1]) || strings.Contains(rows[name][1], "signed:") && strings.Contains(out, "conf\n") {
			t.Errorf("%s: got\n%s\nwant %q", name, out, rows[name][1])
		}
	}
}
