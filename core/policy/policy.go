// Package policy makes a spec from flags, profiles and lists, with an origin for every line.
// It reads the disk to resolve paths, and changes nothing.
package policy

import (
	"slices"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
)

// A compiler has what every step may read: the options, the machine, and the paths that were
// resolved. A step gets everything else as an argument, and returns its results.
type compiler struct {
	o   *Options
	h   *Host
	res *paths.Resolver
}

// ToAsk is Compile for questions. Without a flag, Compile returns an error; ToAsk returns a
// policy that people can ask about.
func ToAsk(o Options, h Host) (*Policy, error) {
	bare := o
	bare.NetBlock = true
	p, err := Compile(bare, h)
	if err != nil {
		return nil, err
	}
	if o, err = o.Under(); err != nil {
		return nil, err
	}
	p.Spec.Net = o.Net()
	return p, o.addHosts(p.Spec)
}

// Compile makes the policy for o on h. It returns a *fault.Error that names the wrong flag,
// or a *CommandError if the command itself cannot start.
func Compile(o Options, h Host) (*Policy, error) {
	kill, err := o.endings()
	if err != nil {
		return nil, err
	}
	var p *Policy
	if slices.ContainsFunc(o.Grants, func(g Grant) bool { return g.For > 0 }) {
		p, err = compileEnding(o, h)
	} else {
		p, err = compileOnce(o, h, o.Grants)
	}
	if err != nil {
		return nil, err
	}
	if kill > 0 {
		p.Spec.Ends = Until(kill)
		p.Spec.AddTrap(spec.TrapExec) // without a trap there would be no supervisor
	}
	if err := addAskable(p, o, h); err != nil {
		return nil, err
	}
	return p, mayBeTakenBack(p)
}

// compileOnce makes the policy for o, as if no grant of o ended. asked are all grants of the
// user, also those that are not in o.
func compileOnce(o Options, h Host, asked []Grant) (*Policy, error) {
	o, err := o.Under()
	if err != nil {
		return nil, err
	}
	c := &compiler{o: &o, h: &h, res: paths.NewResolver()}
	homes, err := c.findHomes()
	if err != nil {
		return nil, err
	}
	if err := c.managed(homes); err != nil {
		return nil, err
	}
	cmds, err := c.findCommands()
	if err != nil {
		return nil, err
	}
	l := newLines(c.res)
	// The user's denies come first: every grant that is added later yields to
	// them, whoever makes it.
	patterns, err := c.userDenies(l)
	if err != nil {
		return nil, err
	}
	c.sealCommands(l, cmds)
	if err := c.refuseFromFiles(l); err != nil {
		return nil, err
	}
	watch, traps, err := c.watching(l)
	if err != nil {
		return nil, err
	}
	given, err := c.grants(l, homes, cmds)
	if err != nil {
		return nil, err
	}
	if err := c.protectRepos(l); err != nil {
		return nil, err
	}
	// The lists come after all grants: a protected path becomes a line only where
	// a grant reaches it, which keeps a spec, and the start, small.
	protected, notDenied, err := c.protections(l, homes, cmds, given.redirected)
	if err != nil {
		return nil, err
	}
	closed, unlisted := c.chainDirs(l)
	// Last, so that a mistake in a flag is told as that, and not as its absence.
	if err := c.askedForSomething(asked); err != nil {
		return nil, err
	}
	made, err := c.assemble(l, &watch, traps)
	if err != nil {
		return nil, err
	}
	if made.BesideDenied {
		closed = nil // the supervisor makes names there
	}
	return &Policy{
		Watch:   watch,
		Spec:    made,
		Command: given.command, Skipped: given.skipped, Create: given.create, Dropped: l.dropped, Taken: l.taken,
		Lifted: lifted(l.asked, protected), NotDenied: notDenied, Patterns: patterns, Closed: closed, Unlisted: unlisted,
		Misled: given.misled, Led: given.led, BeforeNono: c.beforeNono(l, closed),
	}, nil
}

// watching returns what the supervisor is to look at, and the groups of system calls that
// it is asked about for that.
func (c *compiler) watching(l *lines) (watch Watch, traps []spec.Trap, err error) {
	watch = c.o.Watch
	if traps, err = watch.traps(); err != nil {
		return watch, nil, err
	}
	if watch.AuditLog, err = c.auditLog(l); err != nil {
		return watch, nil, err
	}
	watch.AskWith, err = c.askProgram(l)
	return watch, traps, err
}

// assemble makes the spec of the lines, the switches and what they want of a supervisor,
// which watch says besides.
func (c *compiler) assemble(l *lines, watch *Watch, traps []spec.Trap) (*spec.Spec, error) {
	switches := c.o.Allow
	switches.BesideDenied = switches.BesideDenied || c.o.ProtectRepo
	switches.Net = c.o.Net()
	made := &spec.Spec{Paths: l.paths, Switches: switches, Ports: c.o.Ports, KeepFDs: c.o.KeepFDs, Supervise: slices.Clone(traps)}
	if c.sockets(l) {
		made.AddTrap(spec.TrapSockets)
	}
	if err := c.o.addHosts(made); err != nil {
		return nil, err
	}
	if c.o.HoldMetadata && c.h.GOOS == "linux" {
		made.AddTrap(spec.TrapHeldMetadata)
	}
	if c.h.GOOS != "linux" {
		made.BesideDenied = false // Seatbelt tells names apart itself
		made.PrivateShm = false   // there is no /dev/shm
	}
	if made.BesideDenied || made.PrivateShm {
		made.AddTrap(spec.TrapNames)
		made.AddTrap(spec.TrapCreates)
	}
	if made.RmdirOwn {
		made.AddTrap(spec.TrapNames)
	}
	if made.Undo && made.PrivateShm {
		return nil, &fault.Error{Do: "use --undo with --private-shm", Err: fault.Text("both make names for the command"), Hint: "leave one of them out"}
	}
	if made.Undo {
		if err := c.undo(made, watch); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// given is what the grants came to, besides the lines.
type given struct {
	command         Command
	skipped, create []string
	redirected      []redirected
	misled, led     []Misled
}

// grants adds every grant.
func (c *compiler) grants(l *lines, homes []home, cmds *commands) (*given, error) {
	out := &given{}
	// What was typed comes before what every sandbox has: of two lines with the
	// same right and path the first stays, and its reason is the user's.
	if err := c.userGrants(l, homes, out); err != nil {
		return nil, err
	}
	if err := c.system(l, homes, out); err != nil {
		return nil, err
	}
	c.terminfo(l)
	c.xcode(l, homes)
	if err := c.keychain(l, homes); err != nil {
		return nil, err
	}
	// The command after both: where one of them grants its file, it needs no line.
	var err error
	if out.command, err = c.command(l, cmds); err != nil {
		return nil, err
	}
	c.standardStreams(l)
	c.ownFiles(l)
	return out, nil
}

// protections adds the denies of the lists, and refuses grants that a symlink has
// led to what they protect.
func (c *compiler) protections(l *lines, homes []home, cmds *commands, links []redirected) (*protected, []NotDenied, error) {
	p, err := c.protect(l, homes, links)
	if err != nil {
		return nil, nil, err
	}
	c.protectNono(l, p)
	notDenied := c.blockCommands(l, homes, cmds, p)
	// When all that is denied is known: a symlink that a sandbox could have laid
	// must open none of it.
	if err := c.refuseRedirected(links, homes, p); err != nil {
		return nil, nil, err
	}
	if err := c.refuseMoved(p); err != nil {
		return nil, nil, err
	}
	if err := c.refuseOfProject(p); err != nil {
		return nil, nil, err
	}
	return p, notDenied, nil
}

// askedForSomething refuses a run that grants nothing: it can only be a
// mistake, unless cutting the network is all that was wanted.
func (c *compiler) askedForSomething(asked []Grant) error {
	if !c.o.Net() || slices.ContainsFunc(asked, func(g Grant) bool { return g.Kind.Grants() }) {
		return nil
	}
	return &fault.Error{Do: "run with nothing granted", Hint: "--allow . grants the working directory, --read DIR one to read, --net-block cuts the network"}
}
