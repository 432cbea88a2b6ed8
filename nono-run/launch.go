package main

import (
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/advice"
	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/enforce"
	"github.com/nono-sandbox/nono/core/entry/brief"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/profile"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/secret"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
	"github.com/nono-sandbox/nono/core/spec/reach"
	"github.com/nono-sandbox/nono/core/version"
	"github.com/nono-sandbox/nono/nono-run/temp"
	"golang.org/x/sys/unix"
)

// A launch has everything that is needed to start the command.
type launch struct {
	policy  *policy.Policy
	managed *policy.Managed // nil for none
	profile *profile.Profile
	temp    temp.Temp
	dir     string // --workdir, or ""
	silent  bool

	ephemeral cli.Ephemeral
	secrets   []secret.Secret
	outside   []outside // the credentials that stay outside
	keys      []string  // their keys, in the same order
	trusted   []string  // certificates of authorities for their hosts
	host      policy.Host
	env       []string
	withheld  withheld
}

// prepare makes the spec and the environment. It creates and starts nothing.
func (o *options) prepare(h policy.Host) (*launch, error) {
	if o.Allow.Undo && o.Allow.Ephemeral {
		return nil, cli.Misuse("use --ephemeral with --undo", "changes go apart or in place", "leave out one of them")
	}
	t, err := temp.Plan()
	if err != nil {
		return nil, err
	}
	o.Temp, o.SpecFile, o.Stdio = t.Dir, t.Spec, true
	o.Tools, o.StartIn = insideTools(), o.workdir(h)
	o.FromFiles = secretFiles(o.Secrets)
	outside, err := o.endpoints(h)
	if err != nil {
		return nil, err
	}
	pol, err := policy.Compile(o.Options, h)
	if err != nil {
		return nil, err
	}
	if err := o.refuseProtected(pol); err != nil {
		return nil, err
	}
	if err := o.refuseUnstartable(pol, h); err != nil {
		return nil, err
	}
	l := &launch{policy: pol, managed: o.Managed, profile: o.profile, temp: t, dir: o.Workdir, silent: o.silent, ephemeral: o.Ephemeral, secrets: o.Secrets, outside: outside, host: h}
	set := setEnv(o.profile, t.Dir)
	maps.Copy(set, temporaryPlaces(t.Dir, pol.Spec, h.Env))
	passSettings(set, h)
	set["NONO_SANDBOX"], set["NONO_SPEC"] = mechanism, t.Spec
	if reach.Port(pol.Spec, 53) != nil {
		// With this option, glibc and c-ares ask name servers by TCP and not by UDP
		// (resolv.conf(5), use-vc).
		set["RES_OPTIONS"] = strings.TrimSpace(h.Env("RES_OPTIONS") + " use-vc")
	}
	if l.dir != "" {
		set["PWD"] = o.StartIn // with its symlinks, as cd sets it
	}
	replaced := append(variables(outside, set), secretNames(o.Secrets)...)
	maps.DeleteFunc(set, func(name, _ string) bool { return slices.Contains(secretNames(o.Secrets), name) })
	l.env, l.withheld, err = environment(without(brief.Environ(), replaced), o.PassEnv, set)
	policy.AddProxies(l.policy.Spec, l.managed, l.variable)
	return l, err
}

// refuseUnstartable returns an error if the sandbox would deny the command, its
// interpreter or its loader, with the flag that allows it. The kernel would only return
// EACCES.
func (o *options) refuseUnstartable(pol *policy.Policy, h policy.Host) error {
	if pol.Command.Path == "" {
		return nil
	}
	v := advice.CanStart(advice.Sandbox{Spec: pol.Spec, Platform: h.GOOS, Dir: o.StartIn, Options: &o.Options, Host: &h}, pol.Command.Path)
	if v.Status != query.Denied || v.EnforcedBy != "Landlock" {
		return nil // another cause: the error of execve(2) tells it best
	}
	f := &fault.Error{Do: "start", Path: o.Command[0], Err: fault.Text("the sandbox would deny the file, its interpreter or its loader")}
	if v.Line != nil {
		f.Err = fault.Text("the sandbox would deny " + fault.Quote(v.Line.Path) + " (" + v.Line.By.String() + ")")
	}
	if v.Suggestion != nil {
		f.Hint = "add " + v.Suggestion.String()
	}
	return &policy.CommandError{Status: fault.CannotStart, Fault: f}
}

// start executes the command, or the supervisor or nono-overlay, which start the shim. It
// returns only after a failure, and removes the private temp before. If the sandbox is
// applied already, it cannot remove the private temp from inside; a later start does.
func (l *launch) start() error {
	shim := ""
	if !l.alone() {
		var err error
		if shim, err = ownProgram("nono-exec-shim"); err != nil {
			return err
		}
	}
	if err := l.fetchSecrets(); err != nil {
		return err
	}
	if l.dir != "" {
		if err := os.Chdir(l.dir); err != nil {
			return &fault.Error{Do: "start in", Path: l.dir, Err: err}
		}
	}
	if err := l.create(); err != nil {
		return err
	}
	doc := document.Append(nil, l.policy.Spec)
	if err := l.temp.Create(doc); err != nil {
		return err
	}
	err := l.recordStart()
	switch {
	case err != nil:
	case l.alone():
		err = l.enforce(doc)
	default:
		err = l.handOver(shim, doc)
	}
	l.temp.Remove()
	return err
}

// alone reports whether no process of nono stays beside the command.
func (l *launch) alone() bool { return !l.policy.Spec.Ephemeral && !l.policy.Spec.Supervised() }

// enforce applies doc to this process, as nono-exec-shim does, and executes the command. It
// parses doc again, so that the kernel enforces exactly the document in the private temp,
// and no other state of this program. It returns only after a failure.
func (l *launch) enforce(doc []byte) error {
	s, err := spec.Parse(doc)
	if err != nil {
		return &fault.Error{Do: "use the spec", Err: err}
	}
	box, err := enforce.Apply(s, enforce.Beside{})
	if err != nil {
		return err
	}
	brief.Leave()
	status, why := box.Start(l.policy.Command.Path, l.policy.Command.Argv, l.env)
	return &policy.CommandError{Status: status, Fault: why}
}

// handOver writes doc into a memfd and seals it, so that nobody can change it. Then it
// executes the supervisor or nono-overlay, which starts the shim with this descriptor.
func (l *launch) handOver(shim string, doc []byte) error {
	fd, err := sealed(doc)
	if err != nil {
		return &fault.Error{Do: "hand the spec over", Err: err}
	}
	args := append([]string{"--fd=" + strconv.Itoa(fd), "--from=" + version.String(),
		"--exec=" + l.policy.Command.Path, "--"}, l.policy.Command.Argv...)
	program, argv := shim, append([]string{"nono-exec-shim"}, args...)
	if l.policy.Spec.Supervised() {
		if program, argv, err = l.supervisor(shim, args); err != nil {
			return err
		}
	}
	if l.policy.Spec.Ephemeral {
		if program, argv, err = l.overlay(program, fd, argv); err != nil {
			return err
		}
	}
	return &fault.Error{Do: "start", Path: program, Err: l.become(program, argv)}
}

// become executes the program at path in place of this one, with the environment of the
// command. It returns only after a failure.
func (l *launch) become(path string, argv []string) error {
	brief.Leave()
	return unix.Exec(path, argv, l.env)
}
