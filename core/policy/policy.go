// Package policy turns what a person asked for, flags and profiles, into the one
// spec that says it all, with the reason for every line. It reads the disk to
// resolve paths and changes nothing.
package policy

import (
	"slices"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
)

// Grant is one path flag, as typed or as a profile has it.
type Grant struct {
	Kind spec.Kind
	Path string // as given; may be relative
	// From is empty for the command line, else the profile's name. A profile's
	// path that does not exist is skipped, and its grants yield to --deny.
	From string
}

// Options is everything that the flags and profiles of one run say about what
// the command may do.
type Options struct {
	Grants        []Grant
	NetBlock      bool
	UnixSockets   bool // any Unix socket, anywhere
	Rmdir         bool
	IPC           bool
	AllowCommands []string // names, categories or "all"
	BlockCommands []string
	KeepFDs       []int
	// Create is what a profile wants made before the start. A grant of what does
	// not exist yet is made all the same.
	Create []string

	// Command is what is to be started, Argv[0] first; empty to leave it out.
	Command []string
	// PassEnv are the names that --allow-env or a profile passes.
	PassEnv []string
	// Stdio makes what descriptors 0 to 2 are open on openable again.
	Stdio bool
	// Temp and SpecFile are where the private temp and the spec's copy for
	// nono-why will be; empty for none.
	Temp, SpecFile string
	// Tools are nono's own programs that the command may ask about its sandbox,
	// wherever they are installed.
	Tools []string
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
	// Loose are blocked commands that cannot be held for children.
	Loose []Loose
	// Closed are directories that were asked for in which nothing new can be
	// made, since protected paths are in or beneath them, and Unlisted those that
	// cannot be listed.
	Closed, Unlisted []string
	// Dropped are grants of profiles or the system that --deny took away.
	Dropped []spec.Path
}

// Loose is a blocked command that only the front end can refuse: Why completes
// a sentence that begins with the file.
type Loose struct{ Name, File, Why string }

type compiler struct {
	o     *Options
	h     *Host
	res   *resolver
	homes []home
	reach []string // where the grants that were asked for lead
	// blocked are the commands that must not run, by name.
	blocked *table
	spec    *spec.Spec
	out     *Policy
	// detours are the profiles' grants whose symlinks led elsewhere.
	detours []detour
	denied  []string // the protected paths, as they are listed
	have    map[line]bool
	// shut are the paths of --deny, and shutWrite those of --deny-write.
	shut, shutWrite map[string]bool
	// grants are the paths of all grants so far, and writable those of the ones
	// that let write; those that were asked for, not the system's, are also in
	// asked.
	grants, writable map[string]bool
	asked            []spec.Path
	// covered is what the lists protect, and why.
	covered map[string]cover
	bins    []string
	faces   map[fileID]bool // files with an ordinary name; true where it is one that was lifted
}

// cover is why a path is protected, and from what.
type cover struct {
	kind spec.Kind // Deny or DenyWrite
	by   spec.Origin
}

type line struct {
	kind spec.Kind
	path string
}

// Compile makes the policy for o on h. It returns a *fault.Error whose message
// names the flag at fault, or a *CommandError where the command itself cannot
// be started.
func Compile(o Options, h Host) (*Policy, error) {
	c := &compiler{o: &o, h: &h, res: newResolver(), out: &Policy{},
		have: map[line]bool{}, shut: map[string]bool{}, shutWrite: map[string]bool{},
		grants: map[string]bool{}, writable: map[string]bool{}, covered: make(map[string]cover, 256)}
	c.spec = &spec.Spec{Net: !o.NetBlock, UnixSockets: o.UnixSockets, Rmdir: o.Rmdir, IPC: o.IPC, KeepFDs: o.KeepFDs}
	c.out.Spec = c.spec
	steps := []func() error{
		c.findHomes,
		c.findBlocked,
		c.userDenies, // first: they take away what the others would add
		c.userGrants,
		c.system,
		c.command,
		c.stdio,
		c.own,
		c.protect,
		c.itself,
		c.refuseDetours,
		c.blockCommands,
		c.findLifted,
		c.findChains,
		c.askedForSomething,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return c.out, nil
}

// add appends a line once. What --deny and --deny-write are stronger than is
// taken from a grant, and one of which nothing remains is left out.
func (c *compiler) add(k spec.Kind, path string, by spec.Origin, from source) {
	p := spec.Path{Kind: k, Path: path, By: by}
	if k.Grants() {
		if p.Kind = c.yield(k, path, from); p.Kind == 0 {
			p.Kind = k
			c.out.Dropped = append(c.out.Dropped, p)
			return
		}
		k = p.Kind
	}
	l := line{k, path}
	if c.have[l] {
		return
	}
	c.have[l] = true
	c.spec.Paths = append(c.spec.Paths, p)
	switch {
	case k.Grants():
		c.grants[path] = true
		c.writable[path] = c.writable[path] || k.Writes()
		if by.Source != spec.System && by.Source != spec.Command {
			c.asked = append(c.asked, p)
		}
	case by.Source == spec.Flag && k == spec.Deny:
		c.shut[path] = true
	case by.Source == spec.Flag:
		c.shutWrite[path] = true
	}
}

// reached reports whether a grant is above path, so that a deny there has
// something to take away.
func (c *compiler) reached(path string) bool {
	return path != "/" && (c.grants["/"] || anyAbove(c.grants, spec.Parent(path)))
}

// anyAbove reports whether path or a directory above it, but for the root, is in
// the set. It looks at each once, so that thousands of grants stay cheap.
func anyAbove(set map[string]bool, path string) bool {
	for ; path != "/"; path = spec.Parent(path) {
		if set[path] {
			return true
		}
	}
	return false
}

// askedForSomething refuses a run that grants nothing: it can only be a
// mistake, unless cutting the network is all that was wanted.
func (c *compiler) askedForSomething() error {
	if c.o.NetBlock || slices.ContainsFunc(c.o.Grants, func(g Grant) bool { return g.Kind.Grants() }) {
		return nil
	}
	return &fault.Error{Do: "run with nothing granted", Hint: "--allow . grants the working directory, --read DIR one to read, --net-block cuts the network"}
}
