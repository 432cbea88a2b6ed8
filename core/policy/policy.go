// Package policy turns what a person asked for, flags and profiles, into the one
// spec that says it all, with the reason for every line. It reads the disk to
// resolve paths and changes nothing.
package policy

import (
	"slices"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
)

// Grant is one path flag, as typed or as a profile has it.
type Grant struct {
	Kind spec.Kind
	Path string // as given; may be relative
	// From is empty for the command line, else the profile's name. A profile's
	// path that does not exist is skipped, and its grants yield to --deny.
	From string
	// Moved is the variable of the environment that has put a profile's path where
	// it is, or empty.
	Moved string
	// Policy is the policy of the administrator that a deny is of, or empty.
	Policy string
	// For is how long the grant holds, in seconds from the start; 0 without end.
	For int64
	// Ends is how that was typed, as it stands behind the path in a reason.
	Ends string
	// Shared tells that it is the working directory, as a profile wants it.
	Shared bool
	// Project tells that the profile which a project has of its own grants it.
	Project bool
}

// Options is everything that the flags and profiles of one run say about what
// the command may do.
type Options struct {
	Grants   []Grant
	NetBlock bool
	// Hosts are the only ones that may be connected to, by a supervisor; with none
	// the whole network is open unless NetBlock says otherwise.
	Hosts []spec.Host
	// HostDenies take away from Hosts. Listens are where servers inside can be reached
	// from outside. Both go with Hosts.
	HostDenies, Listens []spec.Host
	// Ports are the TCP ports that may be connected to; with any, the rest of the
	// network is blocked, whatever NetBlock says.
	Ports []spec.Port
	// Allow are the switches that flags or profiles turn on. Its Net is not read:
	// the network is allowed unless NetBlock says otherwise.
	Allow         spec.Switches
	AllowCommands []string // names, categories or "all"
	BlockCommands []string
	KeepFDs       []int
	// Create is what a profile wants made before the start. A grant of what does
	// not exist yet is made all the same.
	Create []string

	// Command is what is to be started, Argv[0] first; empty to leave it out.
	Command []string
	// StartIn is the directory in which the command starts, and from which its name
	// is looked up where that is a relative path; empty for Host.Dir. The paths of
	// grants are relative to Host.Dir.
	StartIn string
	// PassEnv are the names that --allow-env or a profile passes.
	PassEnv []string
	// FromFiles are files of which the command gets the contents, read outside. Each is
	// absolute, or begins with "~/".
	FromFiles []string
	// Stdio makes what descriptors 0 to 2 are open on openable again.
	Stdio bool
	// Temp and SpecFile are where the private temp and the spec's copy for
	// nono-why will be; empty for none.
	Temp, SpecFile string
	// Tools are nono's own programs that the command may ask about its sandbox,
	// wherever they are installed.
	Tools []string

	// Watch is what takes a supervisor.
	Watch

	// Managed are the policies of the administrator; nil where there are none, or
	// they have yet to be read.
	Managed *Managed
}

// Policy is the outcome of Compile.
type Policy struct {
	Spec *spec.Spec
	// Command is the file to execute and how it came to be that one.
	Command Command
	// Skipped are paths of profiles that do not exist here.
	Skipped []string
	// Create are those of Options.Create that have yet to be made.
	Create []string
	// Lifted are protected paths and blocked commands that a grant gives back.
	Lifted []spec.Path
	// NotDenied are blocked commands whose files cannot be denied: nono-run
	// refuses to start them, and a child process can.
	NotDenied []NotDenied
	// Patterns are those of the denies. What is made later is not denied by them.
	Patterns []Pattern
	// Closed are directories that were asked for in which nothing new can be
	// made, since protected paths are in or beneath them, and Unlisted those that
	// cannot be listed.
	Closed, Unlisted []string
	// Dropped are grants of profiles or the system that --deny took away.
	Dropped []spec.Path
	// Taken are grants that a policy of the administrator took away, or a part of them.
	Taken []Taken
	// Misled are grants of profiles or the system that were left out, and Led grants
	// of the command line that were made, which a symlink that a sandbox could have
	// laid leads elsewhere.
	Misled, Led []Misled
	// BeforeNono are directories of PATH, before nono's own, in which the command may
	// make new names.
	BeforeNono []string
	// Watch is Options.Watch, with the log's path free of symlinks and its level
	// filled in.
	Watch Watch
}

// NotDenied is a blocked command whose file stays open. Why completes a sentence
// that begins with the file.
type NotDenied struct{ Name, File, Why string }

// compiler is what every step may read: what was asked for, on which machine,
// and what has been looked up on its disk. A step gets all else as an argument,
// and returns what it found out.
type compiler struct {
	o   *Options
	h   *Host
	res *paths.Resolver
}

// ToAsk is Compile for questions: bare defaults are a policy to ask about, though none
// to start a command with.
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

// Compile makes the policy for o on h. It returns a *fault.Error whose message
// names the flag at fault, or a *CommandError where the command itself cannot
// be started.
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
		p.Spec.AddTrap(spec.TrapExec) // something has to be asked about, or there is no supervisor
	}
	if err := addAskable(p, o, h); err != nil {
		return nil, err
	}
	return p, unsaved(p.Spec)
}

// compileOnce makes the policy for o, whose grants are all as lasting as the sandbox, or
// taken for that. asked are all grants that were asked for.
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
	watch := o.Watch
	traps, err := watch.traps()
	if err != nil {
		return nil, err
	}
	if watch.AuditLog, err = c.auditLog(l); err != nil {
		return nil, err
	}
	if watch.AskWith, err = c.askProgram(l); err != nil {
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
	switches := o.Allow
	switches.BesideDenied = switches.BesideDenied || o.ProtectRepo
	switches.Net = o.Net()
	made := &spec.Spec{Paths: l.paths, Switches: switches, Ports: o.Ports, KeepFDs: o.KeepFDs, Supervise: slices.Clone(traps)}
	if c.sockets(l) {
		made.AddTrap(spec.TrapSockets)
	}
	if err := o.addHosts(made); err != nil {
		return nil, err
	}
	if o.HoldMetadata && c.h.GOOS == "linux" {
		made.AddTrap(spec.TrapHeldMetadata)
	}
	if c.h.GOOS != "linux" {
		made.BesideDenied = false // Seatbelt tells names apart itself
	}
	if made.BesideDenied {
		made.AddTrap(spec.TrapNames)
		made.AddTrap(spec.TrapCreates)
		closed = nil // the supervisor makes names there
	}
	if made.RmdirOwn {
		made.AddTrap(spec.TrapNames)
	}
	if made.Undo && made.BesideDenied {
		return nil, &fault.Error{Do: "use --undo with --allow-beside-denied", Err: fault.Text("both make the names of the command in its place"), Hint: "leave one of them out"}
	}
	if made.Undo {
		if err := c.undo(made, &watch); err != nil {
			return nil, err
		}
	}
	return &Policy{
		Watch:   watch,
		Spec:    made,
		Command: given.command, Skipped: given.skipped, Create: given.create, Dropped: l.dropped, Taken: l.taken,
		Lifted: lifted(l.asked, protected), NotDenied: notDenied, Patterns: patterns, Closed: closed, Unlisted: unlisted,
		Misled: given.misled, Led: given.led, BeforeNono: c.beforeNono(l, closed),
	}, nil
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
