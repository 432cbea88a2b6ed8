package cli

import (
	"cmp"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/profile"
	"github.com/nono-sandbox/nono/core/site"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/reach"
)

// policyWords are the directives of a policy: flags that take away, one that has work go
// on beside what is taken away, and what is about other flags.
func policyWords() profile.Words {
	return profile.Words{
		"deny": profile.Path, "deny-write": profile.Path, "net-block": profile.None, "host": profile.Text,
		"block-command": profile.Text, "audit-log": profile.Path, "audit-level": profile.Text, "audit-required": profile.None,
		"audit-kernel": profile.None, "audit-start": profile.Text,
		"allow-beside-denied": profile.None, "hold-metadata": profile.None, "protect-repo": profile.None,
		"forbid": profile.Text, "require-signature": profile.None,
	}
}

// ReadPolicies reads the policies of the machine's administrator for the system goos.
// It returns nil where there are none.
func ReadPolicies(goos string) (*policy.Managed, error) {
	files, err := site.Policies()
	if err != nil || len(files) == 0 {
		return nil, err
	}
	return parsePolicies(files, goos)
}

// CheckPolicy reads a file as the policy that it is to become, for each system, and
// says what is wrong with it. It does not matter where the file is, and whose.
func CheckPolicy(path string) error {
	base := filepath.Base(path)
	if !strings.HasSuffix(base, site.Suffix) {
		return &fault.Error{Do: "use the policy", Path: path, Err: fault.Text("the name of a policy ends in '" + site.Suffix + "'")}
	}
	text, err := os.ReadFile(path)
	if err == nil && len(text) > site.MaxFile {
		err = fault.Text("it is larger than 1 MiB")
	}
	if err != nil {
		return &fault.Error{Do: "read", Path: path, Err: err}
	}
	file := site.File{Name: strings.TrimSuffix(base, site.Suffix), Path: path, Text: string(text)}
	for _, goos := range []string{"linux", "darwin"} {
		if _, err := parsePolicies([]site.File{file}, goos); err != nil {
			return err
		}
	}
	return nil
}

// parsePolicies puts together what all the policies say.
func parsePolicies(files []site.File, goos string) (*policy.Managed, error) {
	lines, err := profile.Policies(files, policyWords(), goos)
	if err != nil {
		return nil, err
	}
	m := &policy.Managed{}
	for _, f := range files {
		m.Policies = append(m.Policies, f.Name)
	}
	for _, l := range lines {
		if err := addPolicyLine(m, l); err != nil {
			return nil, &fault.Error{Do: "use policy " + fault.Quote(l.Profile) + ": " + l.Pos, Err: err, Hint: fault.HintOf(err)}
		}
	}
	return m, nil
}

// addPolicyLine adds one line of a policy.
func addPolicyLine(m *policy.Managed, l profile.Line) error {
	is := policy.Ruled{Value: l.Value, Policy: l.Profile}
	switch l.Word {
	case "deny", "deny-write":
		m.Denies = append(m.Denies, policy.Grant{Kind: spec.KindOf(l.Word), Path: l.Value, Policy: l.Profile})
	case "net-block":
		m.NetBlock = l.Profile
	case "host":
		h, problem := reach.Parse(l.Value)
		if problem != "" {
			return fault.Text(problem)
		}
		h.By = spec.Origin{Source: spec.Policy, Detail: l.Profile}
		m.Hosts = append(m.Hosts, h)
	case "block-command":
		m.Blocked = append(m.Blocked, is)
		return blockable(l.Value)
	case "audit-log":
		if strings.ContainsAny(l.Value, "*?[") {
			return fault.Text("a log is one file, and no pattern")
		}
		if m.Log.Value != "" && m.Log.Value != l.Value {
			return fault.Text("the policy " + fault.Quote(m.Log.Policy) + " has another log")
		}
		m.Log = is
	case "audit-level":
		levels := wordsOf(l.Word)
		if err := oneOf(l.Word, l.Value, levels); err != nil {
			return err
		}
		if slices.Index(levels, l.Value) > slices.Index(levels, m.Level.Value) {
			m.Level = is
		}
	case "audit-required":
		m.Required = l.Profile
	case "audit-kernel":
		m.KernelLog = l.Profile
	case "allow-beside-denied":
		m.BesideDenied = true
	case "hold-metadata":
		m.HoldMetadata = true
	case "protect-repo":
		m.ProtectRepo = true
	case "audit-start":
		if l.Value != policy.Syslog && (!strings.HasPrefix(l.Value, "/") || filepath.Clean(l.Value) != l.Value || strings.ContainsAny(l.Value, "*?[$")) {
			return fault.Text("'audit-start' needs syslog, or the absolute path of one file")
		}
		if l.Value != policy.Syslog {
			// A record that the command can change is none.
			m.Denies = append(m.Denies, policy.Grant{Kind: spec.Deny, Path: l.Value, Policy: l.Profile})
		}
		m.Starts = append(m.Starts, is)
	case "require-signature":
		m.Signed = l.Profile
	case "forbid":
		f, err := forbidden(l)
		m.Forbidden = append(m.Forbidden, f)
		return err
	}
	return nil
}

// readPolicies reads the policies, once.
func (r *Request) readPolicies(goos string) (err error) {
	if r.Managed == nil {
		r.Managed, err = ReadPolicies(cmp.Or(goos, runtime.GOOS))
	}
	return err
}

// keepTo refuses a flag that a policy forbids: a typed one, or one in a profile.
func (r *Request) keepTo(given *Set, p *profile.Profile, goos string) error {
	goos = cmp.Or(goos, runtime.GOOS)
	for _, u := range given.uses {
		flag, asks := given.meaning(u.flag)
		if asks {
			continue
		}
		if by := r.Managed.Forbids(flag, u.value, goos); by != "" {
			return policy.PolicyError("use --"+flag, u.value, "it is forbidden by", by)
		}
	}
	for _, l := range p.Lines {
		if by := r.Managed.Forbids(l.Word, l.Value, goos); by != "" {
			return policy.PolicyError("use profile "+fault.Quote(l.Profile)+": '"+l.Word+"'", l.Value, "it is forbidden by", by)
		}
	}
	for _, name := range p.Names {
		if by := r.Managed.Forbids("profile", name, goos); by != "" {
			return policy.PolicyError("use profile", name, "it is forbidden by", by)
		}
	}
	return nil
}

// meaning returns the flag of nono-run for which one of nono-why stands, and whether
// it is a question and none of these: --grant-host is --host.
func (s *Set) meaning(flag string) (string, bool) {
	if of, ok := strings.CutPrefix(flag, "grant-"); ok {
		return of, false
	}
	return flag, slices.ContainsFunc(s.table, func(f Flag) bool { return f.Name == "grant-"+flag })
}
