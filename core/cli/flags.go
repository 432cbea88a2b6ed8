// Package cli is what the front ends share with the person at the terminal: the
// flags and their wording, messages, exit statuses. The same table of flags
// makes the help, the man pages and the completions.
package cli

// Arg says what a flag's argument is, for help and for completion.
type Arg string

// The kinds of argument. None is a flag that is only given or not.
const (
	None    Arg = ""
	Dir     Arg = "DIR"
	File    Arg = "FILE"
	Path    Arg = "PATH"
	Name    Arg = "NAME"    // of an environment variable
	Command Arg = "COMMAND" // or category
	Profile Arg = "PROFILE"
	Number  Arg = "N"
	Word    Arg = "WORD"
)

// Flag is one flag as users see it.
type Flag struct {
	Name  string
	Short string // one letter, or ""
	Arg   Arg
	Help  string // one line, lower case, no full stop
	Group string // heading in help and man page
	// Many flags repeat and add up; any other given twice is an error.
	Many bool
	// InProfile flags may also stand in a profile.
	InProfile bool
}

// The headings, in the order in which they are shown.
const (
	GroupPaths    = "What may be touched"
	GroupDenies   = "What stays shut"
	GroupOther    = "Network, sockets and the rest"
	GroupCommands = "Commands and environment"
	GroupProfiles = "Profiles"
	GroupShow     = "Look first"
	GroupMessages = "Messages"
	GroupQuestion = "The question"
	GroupPolicy   = "The policy to ask about"
)

// PolicyFlags describe a policy: nono-run runs under it, nono-why asks about it
// and a profile is made of them.
var PolicyFlags = []Flag{
	{"allow", "a", Dir, "read and write everything in this directory", GroupPaths, true, true},
	{"read", "r", Dir, "read everything in this directory", GroupPaths, true, true},
	{"write", "w", Dir, "write, but not read, everything in this directory", GroupPaths, true, true},
	{"allow-file", "", File, "read and write this one file", GroupPaths, true, true},
	{"read-file", "", File, "read this one file", GroupPaths, true, true},
	{"write-file", "", File, "write this one file", GroupPaths, true, true},
	{"temp", "", Dir, "as --allow, and directories in it may be removed and renamed", GroupPaths, true, true},
	{"device", "", Path, "read, write and control this device, or those in this directory", GroupPaths, true, true},
	{"allow-rmdir", "", None, "let write grants remove and rename directories", GroupPaths, false, true},

	{"deny", "", Path, "shut this path, existing or not, whatever is granted above it", GroupDenies, true, true},
	{"deny-write", "", Path, "let this path be read at most", GroupDenies, true, true},

	{"net-block", "", None, "no network at all", GroupOther, false, true},
	{"unix-socket", "", Path, "allow connecting to this one Unix socket (needs Landlock ABI 9)", GroupOther, true, true},
	{"allow-unix-sockets", "", None, "allow connecting to any Unix socket: a way out of the sandbox", GroupOther, false, true},
	{"allow-ipc", "", None, "allow System V IPC and POSIX message queues", GroupOther, false, true},

	{"allow-command", "", Command, "lift the block on a command or category, or 'all'", GroupCommands, true, true},
	{"block-command", "", Command, "block this command too", GroupCommands, true, true},
	{"allow-env", "", Name, "pass this variable though it looks like a credential", GroupCommands, true, true},

	{"profile", "p", Profile, "use a profile; see --list-profiles", GroupProfiles, true, true},
	{"workdir", "", Dir, "start the command in this directory", GroupProfiles, false, false},
	{"allow-cwd", "", None, "share the working directory as the profile wants, without asking", GroupProfiles, false, false},
}

// RunFlags are nono-run's besides PolicyFlags.
var RunFlags = []Flag{
	{"keep-fd", "", Number, "let the command inherit this file descriptor", GroupOther, true, false},
	{"list-profiles", "", None, "list the profiles and where they come from", GroupProfiles, false, false},
	{"show-profile", "", Profile, "show what a profile grants here", GroupProfiles, false, false},
	{"install-hook", "", Word, "have an agent told about the sandbox when it is refused something: 'claude-code'", GroupProfiles, false, false},
	{"remove-hook", "", Word, "take that back", GroupProfiles, false, false},
	{"dry-run", "", None, "show what would be allowed, and start nothing", GroupShow, false, false},
	{"print-spec", "", None, "print the spec that the command would get, and start nothing", GroupShow, false, false},
	{"verbose", "v", None, "show what the command is allowed before it starts", GroupMessages, false, false},
	{"silent", "s", None, "show errors only", GroupMessages, false, false},
	{"help", "h", None, "show this help", GroupMessages, false, false},
	{"version", "", None, "show the version", GroupMessages, false, false},
}
