package main

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/spec"
)

// lint says what of a policy is doubtful, a line each.
func lint(args []string, out io.Writer) (int, error) {
	if len(args) == 0 {
		return 0, cli.Misuse("lint", "no policy is given", "nono policy lint PROFILE")
	}
	if args[0] == "--policy" {
		return lintPolicies(args[1:])
	}
	s, err := compile(args)
	if err != nil {
		return 0, err
	}
	all := slices.Concat(s.tooWide(), s.waysOut(), s.lifted(), s.contradictions(), s.withoutEffect())
	if len(all) == 0 {
		return 0, nil
	}
	return found, say(out, strings.Join(all, "\n")+"\n"+count(len(all))+"\n")
}

// lintPolicies reads files as policies of the administrator, before they are installed.
func lintPolicies(files []string) (int, error) {
	if len(files) == 0 {
		return 0, cli.Misuse("lint", "no policy is given", "nono policy lint --policy FILE")
	}
	for _, f := range files {
		if err := cli.CheckPolicy(f); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

func count(n int) string {
	if n == 1 {
		return "1 finding"
	}
	return strconv.Itoa(n) + " findings"
}

// line names a line of the policy.
func line(p spec.Path) string {
	return p.Kind.String() + " " + fault.Quote(p.Path) + " (" + p.By.String() + ")"
}

// asked are the lines that a person or a profile has written.
func (s *subject) asked() []spec.Path {
	return slices.DeleteFunc(slices.Clone(s.policy.Spec.Paths), func(p spec.Path) bool { return !byRequest(p) })
}

func byRequest(p spec.Path) bool { return p.By.Source == spec.Flag || p.By.Source == spec.Profile }

// Places of the system that a command should not change.
var systemDirs = []string{"/bin", "/boot", "/etc", "/lib", "/lib64", "/opt", "/root", "/sbin", "/srv", "/usr", "/var"}

// tooWide are grants of a home or of more, and writing to the system.
func (s *subject) tooWide() (all []string) {
	for _, p := range s.asked() {
		if !p.Kind.Grants() || !p.Kind.Directory() {
			continue
		}
		if why := policy.TooMuch(p.Path, s.host); why != "" {
			all = append(all, "too wide: "+line(p)+" is "+why)
		} else if p.Kind.Writes() && slices.Contains(systemDirs, p.Path) {
			all = append(all, "too wide: "+line(p)+" lets the command change the system")
		}
	}
	if s.policy.Spec.Rmdir {
		all = append(all, "too wide: allow-rmdir: whole directories can be removed; temp DIR, or allow-rmdir-own, is narrower")
	}
	return all
}

// waysOut are the switches by which others act for the command, or which end a fence.
func (s *subject) waysOut() (all []string) {
	for _, w := range []struct {
		on         bool
		flag, text string
	}{
		{s.policy.Spec.UnixSockets, "allow-unix-sockets", "Docker, systemd and the desktop can be asked to act outside: unix-socket PATH opens one"},
		{s.policy.Spec.Keychain, "allow-keychain", "every item in the Keychain is open"},
		{slices.Contains(s.AllowCommands, "all"), "allow-command all", "no command is blocked: name the ones that are needed"},
	} {
		if w.on {
			all = append(all, "way out: "+w.flag+": "+w.text)
		}
	}
	for _, n := range s.policy.NotDenied {
		all = append(all, "way out: "+n.Name+" cannot be kept from children: "+fault.Quote(n.File)+" "+n.Why)
	}
	for _, dir := range s.policy.BeforeNono {
		all = append(all, "way out: "+fault.Quote(dir)+" may be written to and stands before nono in PATH")
	}
	return all
}

// lifted are protected paths that a grant opens.
func (s *subject) lifted() (all []string) {
	for _, p := range s.policy.Lifted {
		all = append(all, "lifts a protection: "+fault.Quote(p.Path)+" ("+p.By.String()+")")
	}
	return all
}

// contradictions are lines of which one takes away what another gives.
func (s *subject) contradictions() (all []string) {
	for _, p := range s.policy.Dropped {
		all = append(all, "contradiction: a deny takes away "+line(p))
	}
	for _, d := range s.asked() {
		if i := slices.IndexFunc(s.asked(), func(g spec.Path) bool {
			return !d.Kind.Grants() && g.Kind.Grants() && g.Path == d.Path && (d.Kind == spec.Deny || g.Kind.Writes())
		}); i >= 0 {
			all = append(all, "contradiction: "+line(s.asked()[i])+" gives back what "+line(d)+" takes")
		}
	}
	for _, m := range s.policy.Misled {
		all = append(all, "contradiction: "+fault.Quote(m.Name)+" is left out: the symlink "+fault.Quote(m.Link)+" leads to "+fault.Quote(m.Grant.Path))
	}
	for _, name := range s.AllowCommands {
		if slices.Contains(s.BlockCommands, name) {
			all = append(all, "contradiction: "+name+" is allowed and blocked")
		}
	}
	if s.NetBlock && len(s.Hosts)+len(s.Ports) > 0 {
		all = append(all, "contradiction: net-block leaves no host and no port")
	}
	return all
}

// withoutEffect are grants that another one holds, and denies of what nothing grants.
func (s *subject) withoutEffect() (all []string) {
	for i, p := range s.asked() {
		if p.Kind.Grants() {
			if q := s.holder(i, p); q != nil {
				all = append(all, "no effect: "+line(p)+": "+line(*q)+" gives as much")
			}
		} else if !slices.ContainsFunc(s.policy.Spec.Paths, func(g spec.Path) bool {
			return g.Kind.Grants() && (spec.Within(p.Path, g.Path) || spec.Within(g.Path, p.Path))
		}) {
			all = append(all, "no effect: "+line(p)+": nothing grants it")
		}
	}
	if s.policy.Spec.UnixSockets {
		for _, p := range s.asked() {
			if p.Kind == spec.UnixSocket {
				all = append(all, "no effect: "+line(p)+": allow-unix-sockets opens every socket")
			}
		}
	}
	return all
}

// holder returns another line that gives all of what the i-th asked line, p, gives, or
// nil. Where a deny lies between the two, p gives back what the deny took.
func (s *subject) holder(i int, p spec.Path) *spec.Path {
	rights := carve.Granted(p.Kind, s.policy.Spec.Rmdir)
	for j, q := range s.asked() {
		if j == i || !q.Kind.Grants() || !spec.Within(p.Path, q.Path) || carve.Granted(q.Kind, s.policy.Spec.Rmdir)&rights != rights {
			continue
		}
		same := q.Path == p.Path && q.Kind == p.Kind
		if same && j > i || s.between(p.Path, q.Path) {
			continue
		}
		return &q
	}
	return nil
}

func (s *subject) between(path, above string) bool {
	return slices.ContainsFunc(s.policy.Spec.Paths, func(d spec.Path) bool {
		return !d.Kind.Grants() && spec.Within(path, d.Path) && spec.Within(d.Path, above)
	})
}
