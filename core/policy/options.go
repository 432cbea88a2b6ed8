package policy

import "github.com/nono-sandbox/nono/core/spec"

// A Grant is one flag with a path, from the command line or from a profile. It may be a
// deny.
type Grant struct {
	Kind spec.Kind
	Path string // as given; may be relative
	// From is the name of the profile; empty for the command line. A missing path of a
	// profile is skipped, and --deny is stronger than a grant of a profile.
	From string
	// Moved is the environment variable that changed the path of a profile, or empty.
	Moved string
	// Policy is the administrator's policy that has this deny, or empty.
	Policy string
	// For is the duration of the grant in seconds from the start; 0 for no end.
	For int64
	// Ends is the text of that duration, as typed after the path.
	Ends string
	// Shared: the grant is the working directory, as a profile wants it.
	Shared bool
	// Project: the grant comes from the profile of a project.
	Project bool
}

// Options are what the flags and profiles of one run say about the sandbox.
type Options struct {
	Grants   []Grant
	NetBlock bool
	// Hosts are the only hosts that the command can reach, through a supervisor. If there
	// are none, the whole network is open, unless NetBlock is true.
	Hosts []spec.Host
	// HostDenies are stronger than Hosts. Listens are the addresses outside of servers
	// inside. Both need Hosts.
	HostDenies, Listens []spec.Host
	// Ports are the TCP ports that the command may connect to. If there is one, the rest
	// of the network is blocked, also if NetBlock is false.
	Ports []spec.Port
	// Allow are the switches that flags or profiles turn on. Its Net is not used: NetBlock
	// decides about the network.
	Allow         spec.Switches
	AllowCommands []string // names, categories or "all"
	BlockCommands []string
	KeepFDs       []int
	// Create are paths that a profile wants to make before the start. A grant of such a
	// path counts although the path is missing.
	Create []string

	// Command is the command with its arguments; empty for a policy without a command.
	Command []string
	// StartIn is the directory where the command starts; empty for Host.Dir. If the name of
	// the command is a relative path, it is relative to StartIn. The paths of grants are
	// relative to Host.Dir.
	StartIn string
	// PassEnv are the names that --allow-env or a profile passes.
	PassEnv []string
	// FromFiles are files that nono reads outside and whose contents the command gets. Each
	// is absolute, or begins with "~/".
	FromFiles []string
	// Stdio: grant the files of the descriptors 0 to 2.
	Stdio bool
	// Temp and SpecFile are the paths of the private temp and of the copy of the spec for
	// nono-why; empty for none.
	Temp, SpecFile string
	// Tools are programs of nono that the command may execute to ask about its sandbox.
	Tools []string

	// Watch are the options that need a supervisor.
	Watch

	// Managed are the policies of the administrator; nil if there are none, or before they
	// are read.
	Managed *Managed
}

// A Policy is the result of Compile.
type Policy struct {
	Spec    *spec.Spec
	Command Command
	// Skipped are paths of profiles that do not exist here.
	Skipped []string
	// Create are the paths of Options.Create that are still missing.
	Create []string
	// Lifted are protected paths and blocked commands whose protection a grant lifts.
	Lifted []spec.Path
	// NotDenied are blocked commands whose files cannot be denied: nono-run refuses to
	// start them, but a child process can start them.
	NotDenied []NotDenied
	// Patterns are the patterns of denies. They do not deny files that are made later.
	Patterns []Pattern
	// Closed are granted directories where the command can make no new entries, because
	// protected paths are in or beneath them. Unlisted are those that it cannot list.
	Closed, Unlisted []string
	// Dropped are grants of profiles or of the system that --deny took away.
	Dropped []spec.Path
	// Taken are grants that a policy of the administrator took away, fully or partly.
	Taken []Taken
	// A symlink that a sandbox could have made leads these grants to another place. Misled
	// are grants of profiles or of the system; they are left out. Led are grants of the
	// command line; they are made.
	Misled, Led []Misled
	// BeforeNono are directories of PATH, before the directory of nono, where the command
	// may make new names.
	BeforeNono []string
	// Watch is Options.Watch, with the path of the log without symlinks and with a level.
	Watch Watch
}

// A NotDenied is a blocked command whose file is not denied. Why completes a sentence that
// begins with the file.
type NotDenied struct{ Name, File, Why string }
