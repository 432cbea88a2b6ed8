package policy

import "github.com/nono-sandbox/nono/core/spec"

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
