// Package cli is what the front ends share with the person at the terminal: the
// flags and their wording, messages, exit statuses. The same table of flags
// makes the help, the man pages and the completions.
package cli

// Arg says what a flag's argument is, for help and for completion.
type Arg string

// The kinds of argument. None is a flag that is only given or not.
const (
	None     Arg = ""
	Dir      Arg = "DIR"
	File     Arg = "FILE"
	Path     Arg = "PATH"
	Name     Arg = "NAME"    // of an environment variable
	Command  Arg = "COMMAND" // or category
	Profile  Arg = "PROFILE"
	Number   Arg = "N"
	Word     Arg = "WORD"
	Text     Arg = "TEXT" // that nothing completes
	Size     Arg = "SIZE"
	Ending   Arg = "[=WHEN]" // may be left out, and is never a word of its own
	Ports    Arg = "N[-M]"
	Secret   Arg = "NAME=SOURCE"
	ListenAt Arg = "[ADDRESS:]PORT"
	Time     Arg = "TIME"
	Span     Arg = "SPAN"
	Service  Arg = "NAME[:N/UNIT][=SOURCE]"
)

// Bare reports whether the flag may stand alone: the word behind such a flag is never
// its argument.
func (f Flag) Bare() bool { return f.Arg == None || f.Arg == Ending }

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

// The headings, shown in the order in which a table has them.
const (
	groupPaths    = "What may be touched"
	groupDenies   = "What stays shut"
	groupOther    = "Network, sockets and the rest"
	groupCommands = "Commands and environment"
	groupProfiles = "Profiles"
	groupWatch    = "Under supervision"
	groupEnd      = "What becomes of the changes"
	groupShow     = "Look first"
	groupMessages = "Messages"
	groupQuestion = "The question"
	groupPolicy   = "The policy to ask about"
	groupLearn    = "What becomes of the profile"
	groupLearning = "The run to learn from"
)

// PolicyFlags describe a policy: nono-run runs under it, nono-why asks about it
// and a profile is made of them.
var PolicyFlags = []Flag{
	{"allow", "a", Dir, "read and write everything in this directory", groupPaths, true, true},
	{"read", "r", Dir, "read everything in this directory", groupPaths, true, true},
	{"write", "w", Dir, "write, but not read, everything in this directory", groupPaths, true, true},
	{"allow-file", "", File, "read and write this one file", groupPaths, true, true},
	{"read-file", "", File, "read this one file", groupPaths, true, true},
	{"write-file", "", File, "write this one file", groupPaths, true, true},
	{"temp", "", Dir, "read and write everything in this directory, and remove and rename directories in it", groupPaths, true, true},
	{"device", "", Path, "read, write and control this device, or those in this directory", groupPaths, true, true},
	{"allow-rmdir", "", None, "allow removing and renaming directories wherever writing is granted", groupPaths, false, true},
	{"allow-rmdir-own", "", None, "let the command remove and rename directories that it made itself", groupPaths, false, true},
	{"allow-beside-denied", "", None, "allow making, renaming and removing names beside denied names", groupPaths, false, true},

	{"deny", "", Path, "deny this path, even inside a granted directory, and even if it does not exist yet; or existing files that match a pattern, such as '**/.env' or '*.pem'", groupDenies, true, true},
	{"deny-write", "", Path, "make this path read-only, even inside a writable grant; or existing files that match a pattern", groupDenies, true, true},
	{"protect-repo", "", None, "make the hooks and settings of git, editors and agents read-only in granted directories", groupDenies, false, true},
	{"hold-metadata", "", None, "refuse changes of mode, owner, times and attributes of files that may not be written", groupDenies, false, true},

	{"net-block", "", None, "no network at all", groupOther, false, true},
	{"host", "", Host, "the network only to this host: NAME, *.NAME, ADDRESS/BITS, :PORT", groupOther, true, true},
	{"deny-host", "", Host, "never this host, even if --host or a profile allows it", groupOther, true, true},
	{"listen", "", ListenAt, "with --host: allow connections from outside to servers inside on this port, or ADDRESS:PORT", groupOther, true, true},
	{"port", "", Ports, "no network but TCP to these ports, at any address (needs Landlock ABI 4)", groupOther, true, true},
	{"unix-socket", "", Path, "allow connecting to this Unix socket, or to those beneath this directory", groupOther, true, true},
	{"inner-sockets", "", None, "allow connecting to Unix sockets that the command makes itself", groupOther, false, true},
	{"allow-unix-sockets", "", None, "allow connecting to any Unix socket: a way out of the sandbox", groupOther, false, true},
	{"private-shm", "", None, "give the command its own shared memory: new names in /dev/shm, but no files of other programs", groupOther, false, true},
	{"allow-ipc", "", None, "allow System V IPC and POSIX message queues", groupOther, false, true},
	{"allow-keychain", "", None, "allow the Keychain of macOS: every item in it", groupOther, false, true},

	{"allow-command", "", Command, "allow a blocked command, a category of them, or 'all'", groupCommands, true, true},
	{"block-command", "", Command, "block this command too", groupCommands, true, true},
	{"allow-env", "", Name, "pass this environment variable, although it looks like a credential", groupCommands, true, true},
	{"secret", "", Secret, "fetch a secret before the start, and give it as this variable; SOURCE: pass:ENTRY, op://…, file:PATH, …", groupCommands, true, true},
	{"credential", "", Service, "keep the key of this service outside; the command gets a made-up key", groupCommands, true, true},

	{"ephemeral", "", Ending, "keep changes separate until you decide; WHEN: discard, ask, an ID", groupEnd, false, false},
	{"undo", "", None, "save the originals of changed files; 'nono undo' takes the changes back", groupEnd, false, true},
	{"undo-limit", "", Size, "save at most this size, such as 500M or 4G (default 1G), and refuse further changes", groupEnd, false, true},

	{"audit-log", "", File, "log what the command starts, and what is refused; see nono-audit(5)", groupWatch, false, true},
	{"audit-level", "", Word, "what to log: 'refused', 'exec' (default; also started programs), or 'all' (also reads)", groupWatch, false, true},
	{"audit-kernel", "", None, "write denials to the kernel's audit log (needs Landlock ABI 7)", groupWatch, false, true},
	{"audit-required", "", None, "end the command if the log cannot be written", groupWatch, false, true},
	{"until", "", Time, "end the grants of the command line at this time: 18:00, or 2026-12-31T18:00", groupWatch, false, true},
	{"end-kills", "", None, "end the command when its first grant ends, instead of the grant", groupWatch, false, true},
	{"ask", "", None, "ask before refusing; answer with nono ask in another terminal", groupWatch, false, true},
	{"ask-with", "", File, "ask this program: it reads the question from standard input and writes the answer to standard output", groupWatch, false, false},
	{"ask-timeout", "", Span, "if there is no answer within this time, the answer is no (default 30s)", groupWatch, false, true},
	{"ask-protected", "", Path, "also ask about this protected path; a yes is a typed word", groupWatch, true, false},
	{"explain", "", None, "tell at the end what was refused, and what would allow it", groupWatch, false, true},
	{"wait-all", "", None, "wait for processes that outlive the command, instead of ending them", groupWatch, false, true},

	{"profile", "p", Profile, "use a profile; see --list-profiles", groupProfiles, true, true},
	{"workdir", "", Dir, "start the command in this directory", groupProfiles, false, false},
	{"allow-cwd", "", None, "grant the working directory as the profile wants, without asking", groupProfiles, false, false},
	{"trust-project", "", None, "use the .nono.profile of the working directory this time, without asking", groupProfiles, false, false},
	{"no-project", "", None, "look for no .nono.profile in the working directory", groupProfiles, false, false},
}

// RunFlags are nono-run's besides PolicyFlags.
var RunFlags = []Flag{
	{"keep-fd", "", Number, "let the command inherit this file descriptor", groupOther, true, false},
	{"list-profiles", "", None, "list the profiles and where they come from", groupProfiles, false, false},
	{"show-profile", "", Profile, "show what a profile grants here", groupProfiles, false, false},
	{"install-hook", "", Word, "install a hook that explains refusals to the agent: claude-code, codex, copilot, cursor, gemini, opencode, qwen", groupProfiles, false, false},
	{"remove-hook", "", Word, "remove that hook", groupProfiles, false, false},
	{"record", "", Number, "write to this file descriptor what the command uses, for nono learn", groupWatch, false, false},
	{"summary", "", Word, "how to tell what was refused: 'text', 'json' or 'none'", groupWatch, false, false},
	{"dry-run", "", None, "show what would be allowed, and start nothing", groupShow, false, false},
	{"print-spec", "", None, "print a spec for nono-exec-shim, and start nothing", groupShow, false, false},
	{"verbose", "v", None, "show what the command is allowed before it starts", groupMessages, false, false},
	{"silent", "s", None, "show errors only", groupMessages, false, false},
	{"help", "h", None, "show all flags; -h is short", groupMessages, false, false},
	{"version", "", None, "show the version", groupMessages, false, false},
}
