package spec

import "strings"

// Source is the kind of thing that put a line into a spec.
type Source uint8

// The sources. The comment says what Origin.Detail is.
const (
	Unsaid         Source = iota // the line has no `by`
	System                       // what programs need to start; no detail
	Flag                         // a flag on the command line, with its argument: "--allow ."
	Profile                      // a profile: its name
	Listed                       // a list of protected paths: the category, "SSH keys"
	BlockedCommand               // a blocked command: the category, or BlockFlag
	Command                      // the command itself or its interpreter; no detail
	StandardStream               // what a standard stream is open on: "input", "output" or "error"
	PrivateTemp                  // the sandbox's private temp; no detail
	SpecCopy                     // the copy of the spec that `nono why --self` reads; no detail
	WhySelf                      // nono's own programs that answer inside the sandbox; no detail
	Policy                       // a policy of the administrator: its name
	Environment                  // a variable of the environment: its name
)

// BlockFlag is the detail of a BlockedCommand that the user named with that flag.
const BlockFlag = "--block-command"

// Origin is where a line of a spec comes from. It is information: neither the
// kernel's rules for a command nor a verdict's status depend on it. The zero Origin
// says nothing.
type Origin struct {
	Source Source
	Detail string
}

// wordings are the texts of the sources. Those that end in a space are followed
// by the detail, which is not empty; the others have none.
var wordings = [...]struct {
	source Source
	text   string
}{
	{System, "system"},
	{Profile, "profile "},
	{Policy, "policy "},
	{Environment, "environment "},
	{BlockedCommand, "blocked command: "},
	{Command, "the command"},
	{StandardStream, "standard "},
	{PrivateTemp, "private temp"},
	{SpecCopy, "spec"},
	{WhySelf, "nono why --self"},
}

// listed begins the text of a Listed whose category would be read as something
// else: the categories of a user's own list are the user's words.
const listed = "list: "

// String returns the origin as it stands behind `by`. ParseOrigin reads it back.
func (o Origin) String() string {
	for _, w := range wordings {
		if w.source != o.Source {
			continue
		}
		if strings.HasSuffix(w.text, " ") {
			return w.text + o.Detail
		}
		return w.text
	}
	if o.Source == Listed && ParseOrigin(o.Detail) != o {
		return listed + o.Detail
	}
	return o.Detail
}

// ParseOrigin reads what stands behind `by`. Every text is an Origin, and prints
// as that text again: what no other source writes is a category of a list.
func ParseOrigin(by string) Origin {
	switch {
	case by == "":
		return Origin{}
	case strings.HasPrefix(by, "--"):
		return Origin{Flag, by}
	}
	for _, w := range wordings {
		detail, ok := strings.CutPrefix(by, w.text)
		if ok && strings.HasSuffix(w.text, " ") == (detail != "") {
			return Origin{w.source, detail}
		}
	}
	if category, ok := strings.CutPrefix(by, listed); ok && ParseOrigin(category) != (Origin{Listed, category}) {
		return Origin{Listed, category}
	}
	return Origin{Listed, by}
}
