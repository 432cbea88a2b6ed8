// Package profile reads profiles: the flags one would have typed, one a line,
// under a name. Those that nono comes with are the files in builtin; a user's
// own are in $XDG_CONFIG_HOME/nono/profiles, and hide them; the site's, of package
// site, hide both.
//
// The package knows the form of a profile, not what the flags do: it is told
// which words there are and hands back the lines, with paths expanded.
package profile

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
)

// Arg says what the value of a word is.
type Arg uint8

// The kinds of value.
const (
	None      Arg = iota // the word stands alone
	Text                 // taken as it is
	Path                 // expanded, and absolute then
	TimedPath            // a Path, with a time behind it or not
)

// Words are the flags that may stand in a profile.
type Words map[string]Arg

// Access is what a profile wants of the working directory.
type Access uint8

// The kinds of access, which add up.
const (
	Read  Access = 1 << iota // as --read
	Write                    // as --write
)

// String returns the access as a profile spells it.
func (a Access) String() string {
	return [...]string{"none", "read", "write", "readwrite"}[a&(Read|Write)]
}

// Line is one line that is a flag.
type Line struct {
	Word, Value string
	Profile     string // the name of the profile that it stands in
	Pos         string // where, for messages: "line 3 of '/…/x.profile'"
	Own         bool   // that is a file of the user's, and came with nono otherwise
	Moved       string // the variable that has put the path elsewhere
	Project     bool   // the project's own profile says so, or one that it includes and that is no built-in
}

// Profile is what one or more profiles say together.
type Profile struct {
	// Names are the profiles that took part, included ones before those that
	// include them, each once.
	Names []string
	Lines []Line
	// Workdir is all that any of them wants of the working directory.
	Workdir Access
	// WorkdirBy is the profile that last asked for more of it.
	WorkdirBy string
	// WorkdirProject is what of it the project's own profile wants.
	WorkdirProject Access
	// Create is what is to be made before the start.
	Create []New
	// Notices are texts for the user to read at the start.
	Notices   []string
	SetEnv    []Variable
	Arguments []Arguments
	Daemons   []Daemon
	Moved     []Moved
}

// New is something that a profile wants to exist.
type New struct {
	Path string // expanded
	// JSON is true for a file with an empty JSON object, false for a directory.
	JSON bool
}

// Env is where profiles are looked for and what their variables stand for.
type Env struct {
	Getenv  func(string) string // like os.Getenv
	UID     int
	Workdir string // absolute; what $WORKDIR stands for
	GOOS    string // whose lines count; this system's if empty
	// Files are read in place of the profiles of these names, whoever may write them.
	Files map[string]string

	// Verify says what is wrong with the signature of a profile of the user's own, by
	// its file and the text that was read. It is nil where none need be signed.
	Verify func(file, text string) error

	// Project is the project's own profile, which is read behind all others; nil for none.
	Project *Project

	own map[string]string // the variables that profiles have named
}

// The directives that are not flags.
const (
	wordWorkdir    = "workdir"
	wordCreate     = "create"
	wordCreateJSON = "create-json"
	wordProfile    = "profile"

	wordVariable  = "variable"
	wordWithout   = "without"
	wordSetEnv    = "set-env"
	wordNotice    = "notice"
	wordDaemon    = "daemon"
	wordArguments = "arguments"
)

var directives = [...]string{wordWorkdir, wordCreate, wordCreateJSON, wordProfile,
	wordVariable, wordWithout, wordSetEnv, wordNotice, wordDaemon, wordArguments}

// platforms are the words that make the rest of a line be for one system alone,
// and the GOOS of that.
var platforms = [...]struct{ word, goos string }{{"linux", "linux"}, {"macos", "darwin"}}

// platform returns the GOOS that word is about, or "".
func platform(word string) string {
	for _, p := range platforms {
		if p.word == word {
			return p.goos
		}
	}
	return ""
}

// Load reads the named profiles and what they include. Nothing is granted by
// half: any fault in any of them is a *fault.Error that names file and line, and
// no Profile is returned.
func Load(names []string, words Words, env Env) (*Profile, error) {
	l := &loader{words: words, env: env, out: &Profile{}}
	for _, n := range names {
		if err := l.load(n, false); err != nil {
			return nil, named(n, err)
		}
	}
	if env.Project != nil {
		if err := l.readProject(env.Project); err != nil {
			return nil, err
		}
	}
	return l.out, nil
}

// LoadText reads a profile that lies in no file, with what it includes: as Load.
func LoadText(name, text string, words Words, env Env) (*Profile, error) {
	l := &loader{words: words, env: env, out: &Profile{}}
	if err := l.read(source{name: name, label: "profile " + fault.Quote(name), text: text}); err != nil {
		return nil, named(name, err)
	}
	return l.out, nil
}

// named says which profile was asked for, where err does not.
func named(name string, err error) error {
	m, ok := err.(*mistake)
	if !ok {
		return err
	}
	if m.alone != "" {
		m = &mistake{what: m.alone, hint: m.hint}
	}
	return &fault.Error{Do: "use profile " + fault.Quote(name), Err: m, Hint: m.hint}
}

type loader struct {
	words Words
	env   Env
	out   *Profile
	open  []string // labels of the sources being read, outermost first
	done  []string // and of those that have been

	project *Project // that which is being read
}

// load adds a profile once. The built-in is meant where a user's own profile
// includes the one it hides, to add to it.
func (l *loader) load(name string, hidden bool) error {
	src, err := find(name, l.env, hidden)
	if err != nil {
		return err
	}
	return l.read(src)
}

// read adds what a source says, once.
func (l *loader) read(src source) error {
	if slices.Contains(l.done, src.label) {
		return nil
	}
	if i := slices.Index(l.open, src.label); i >= 0 {
		way := append(slices.Clone(l.open[i:]), src.label)
		return &mistake{what: "it includes itself: " + strings.Join(way, " includes ")}
	}
	l.open = append(l.open, src.label)
	n, err := parse(src.text, func(n int, word, value string) error {
		return l.line(src, n, word, value)
	})
	if err != nil {
		return located(src, n, err)
	}
	l.open = l.open[:len(l.open)-1]
	l.done = append(l.done, src.label)
	if !slices.Contains(l.out.Names, src.name) {
		l.out.Names = append(l.out.Names, src.name)
	}
	return nil
}

// mistake is what is wrong with a line or a name, and what mends it.
type mistake struct {
	what, hint string
	alone      string // instead of what, where the message has the name already
}

func (m *mistake) Error() string { return m.what }

// located says where in which profile err is, unless it has been said.
func located(src source, n int, err error) error {
	if _, ok := err.(*fault.Error); ok {
		return err
	}
	f := &fault.Error{Do: "use profile " + fault.Quote(src.name) + ": " + src.pos(n), Err: err}
	if m, ok := err.(*mistake); ok {
		f.Hint = m.hint
	}
	return f
}
