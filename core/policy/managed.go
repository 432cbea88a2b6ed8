package policy

import (
	"path/filepath"
	"slices"
	"strconv"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/reach"
)

// Managed is what the policies of the machine's administrator say. Compile keeps to
// it whatever else is asked for: it takes away, and nothing gives back.
type Managed struct {
	// Policies are the names of all policies, in their order.
	Policies []string
	// Denies are stronger than any grant, at the same path and beneath too. A path
	// that begins with '~' or an XDG directory holds in every home of the user.
	Denies []Grant
	// NetBlock is the policy that blocks the network, or "".
	NetBlock string
	// Hosts are the only ones that may be connected to; with none the network is
	// what the user asks for.
	Hosts []spec.Host
	// Blocked are commands that are blocked whatever allows them.
	Blocked []Ruled
	// Log is the log that every run has, or its Value is "". Level is the least that
	// it tells, and Required the policy that ends the command without it.
	Log, Level Ruled
	Required   string
	// KernelLog is the policy that has the kernel log what it denies, or "".
	KernelLog string
	// BesideDenied, HoldMetadata and ProtectRepo have every run use the flags of these names.
	BesideDenied, HoldMetadata, ProtectRepo bool
	// Starts are where each start is recorded: Syslog, or the absolute path of a file.
	Starts []Ruled
	// Forbidden are flags that may not be used, neither typed nor in a profile.
	Forbidden []Forbidden
	// Signed is the policy that wants the user's own profiles signed, or "".
	Signed string
}

// Syslog is the value of Managed.Starts that stands for the system's log.
const Syslog = "syslog"

// Ruled is one value and the policy that has it.
type Ruled struct{ Value, Policy string }

// Forbidden is a flag, without its dashes, that a policy forbids: with that value
// only, if there is one. Where the value is a path, a grant of all that the flag
// would give there is forbidden, by whatever flags, and of what is above the path.
type Forbidden struct{ Flag, Value, Policy string }

// byPolicy is the reason of what a policy says.
func byPolicy(name string) spec.Origin { return spec.Origin{Source: spec.Policy, Detail: name} }

// PolicyError is a refusal of what a policy does not let the user do.
func PolicyError(do, path, why, policy string) error {
	return &fault.Error{Do: do, Path: path, Err: fault.Text(why + " the policy " + fault.Quote(policy)),
		Hint: shows}
}

// ByPolicy reports whether an error is such a refusal.
func ByPolicy(err error) bool { return err != nil && fault.HintOf(err) == shows }

// shows is the remedy for what a policy refuses: to read it.
const shows = "'nono policy show' tells what the policies say"

// Under returns o as the policies let it be: what every front end that looks at
// Options after Compile goes by. It is an error where o asks for what a policy does
// not leave.
func (o Options) Under() (Options, error) {
	m := o.Managed
	if m == nil {
		return o, nil
	}
	if err := o.underHosts(m); err != nil {
		return o, err
	}
	if m.NetBlock != "" {
		o.NetBlock, o.Ports = true, nil
	}
	if m.Log.Value != "" && o.AuditLog != "" && o.AuditLog != m.Log.Value {
		return o, PolicyError("log to", o.AuditLog, "another log is set by", m.Log.Policy)
	}
	if m.Log.Value != "" {
		o.AuditLog = m.Log.Value
	}
	if levels := [...]string{"refused", "exec", "all"}; m.Level.Value != "" &&
		slices.Index(levels[:], o.AuditLevel) < slices.Index(levels[:], m.Level.Value) && (o.AuditLevel == "" || slices.Contains(levels[:], o.AuditLevel)) {
		o.AuditLevel = m.Level.Value
	}
	o.Allow.KernelLog = o.Allow.KernelLog || m.KernelLog != ""
	o.AuditRequired = o.AuditRequired || m.Required != ""
	o.Allow.BesideDenied = o.Allow.BesideDenied || m.BesideDenied
	o.HoldMetadata = o.HoldMetadata || m.HoldMetadata
	o.ProtectRepo = o.ProtectRepo || m.ProtectRepo
	return o, nil
}

// underHosts limits the network to the hosts of the policies.
func (o *Options) underHosts(m *Managed) error {
	if len(m.Hosts) == 0 || o.NetBlock || m.NetBlock != "" {
		return nil
	}
	if len(o.Ports) > 0 {
		return PolicyError("use --port", "", "a port would be open at every address, and the network is limited to hosts by", m.Hosts[0].By.Detail)
	}
	if len(o.Hosts) == 0 {
		o.Hosts = m.Hosts
	}
	for _, h := range o.Hosts {
		if !slices.ContainsFunc(m.Hosts, func(floor spec.Host) bool { return reach.Covers(&floor, &h) }) {
			return m.notAmong(h)
		}
	}
	return nil
}

// notAmong refuses a host that the policies do not have, or have with one port only.
func (m *Managed) notAmong(h spec.Host) error {
	for _, floor := range m.Hosts {
		narrower := h
		narrower.Port = floor.Port
		if h.Port != floor.Port && reach.Covers(&floor, &narrower) {
			return &fault.Error{Do: "use --host", Path: reach.Text(h),
				Err:  fault.Text("the policy " + fault.Quote(floor.By.Detail) + " has it with port " + strconv.Itoa(int(floor.Port)) + " only"),
				Hint: "--host " + reach.Text(narrower)}
		}
	}
	return PolicyError("use --host", reach.Text(h), "the host is not among those of", m.Hosts[0].By.Detail)
}

// managed puts the denies of the policies before everything that is asked for, and
// refuses grants that they forbid.
func (c *compiler) managed(homes []home) error {
	m := c.o.Managed
	if m == nil {
		return nil
	}
	var denies []Grant
	for _, d := range m.Denies {
		for _, path := range everywhere(d.Path, homes) {
			denies = append(denies, Grant{Kind: d.Kind, Path: path, Policy: d.Policy})
		}
	}
	for _, f := range m.Forbidden {
		if err := c.forbidden(f, homes); err != nil {
			return err
		}
	}
	c.o.Grants = append(denies, c.o.Grants...)
	// A log in the home is in the home that the user database has: HOME is the
	// user's to set.
	if m.Log.Value != "" && c.o.AuditLog == m.Log.Value {
		c.o.AuditLog = everywhere(m.Log.Value, []home{c.listedHome(homes)})[0]
	}
	return nil
}

// listedHome is the user's home by the user database, or by HOME where that knows none.
func (c *compiler) listedHome(homes []home) home {
	for path, own := range c.h.Homes() {
		if own {
			return home{path: path}
		}
	}
	return homes[0]
}

// everywhere returns the paths that a policy's path means: one in each home, or
// itself.
func everywhere(path string, homes []home) []string {
	if path[0] != '~' && path[0] != '$' {
		return []string{path}
	}
	var all []string
	for i, h := range homes {
		if path == "~" {
			all = append(all, h.path)
			continue
		}
		for _, p := range h.expand(path, i == 0) {
			if p = filepath.Clean(p); !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return all
}
