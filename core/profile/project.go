package profile

import (
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/project"
)

// A Project is the profile that a project has of its own; it goes by project.Name, a
// name that no other profile can have. Its lines, and those of the
// profiles that it includes, may be no others than mayProject lets through: what reaches out of the
// sandbox, takes a credential along or has something done outside is the user's to say.
type Project struct {
	File, Text string
	// DeniesOnly leaves of it what takes something away.
	DeniesOnly bool
}

// mayProject reports whether a flag may stand in a project's own profile, and whether
// the line takes something away, or names the only hosts that there are: such a one
// counts too where the user no longer trusts the rest.
func mayProject(word string) (may, narrows bool) {
	switch word {
	case "deny", "deny-write", "protect-repo", "hold-metadata", "net-block", "host", "deny-host", "port",
		"block-command", "undo", "explain":
		return true, true
	case "allow", "read", "write", "allow-file", "read-file", "write-file", "temp",
		"allow-rmdir", "allow-rmdir-own", "allow-beside-denied", "private-shm", "allow-command", "listen", "inner-sockets":
		return true, false
	}
	return false, false
}

// Narrows reports whether a flag of a project's profile takes something away.
func Narrows(word string) bool {
	_, narrows := mayProject(word)
	return narrows
}

// ofProject says whether a line that comes by the project's profile counts, and what is
// wrong with it otherwise.
func (l *loader) ofProject(src source, word string) (counts bool, err error) {
	may, narrows := mayProject(word)
	_, flag := l.words[word]
	here := src.name == project.Name
	switch {
	case flag && !may && !here:
		return false, &mistake{what: "it has " + fault.Quote(word) + ", and the project's own profile includes it", hint: "leave the line out of " + fault.Quote(l.project.File) + ", and use --profile " + src.name}
	case flag && !may, !flag && here && word != wordWorkdir && word != wordProfile:
		return false, &mistake{what: fault.Quote(word) + " is not for the profile that a project has of its own", hint: "use it on the command line, or in a profile of your own"}
	case flag:
		return narrows || !l.project.DeniesOnly, nil
	}
	// Profiles that are included have other directives too, and these count.
	return word == wordProfile || !l.project.DeniesOnly, nil
}

// readProject adds what the project's own profile says. A signature is wanted for it
// where one is for those of the user's, but not for what only takes away.
func (l *loader) readProject(p *Project) error {
	if l.env.Verify != nil && !p.DeniesOnly {
		if err := l.env.Verify(p.File, p.Text); err != nil {
			return err
		}
	}
	l.project = p
	defer func() { l.project = nil }()
	return l.read(source{name: project.Name, label: fault.Quote(p.File), own: true, text: p.Text})
}
