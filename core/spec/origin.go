package spec

import "strings"

// A Source says what put a line into a spec.
type Source uint8

// The sources. The comment says what Origin.Detail is.
const (
	Unsaid         Source = iota // the line has no `by`
	System                       // the list of files that every program needs; no detail
	Flag                         // a flag on the command line, with its argument: "--allow ."
	Profile                      // a profile: its name
	Listed                       // a list of protected paths: the category, "SSH keys"
	BlockedCommand               // a blocked command: the category, or BlockFlag
	Command                      // the command itself or its interpreter; no detail
	StandardStream               // the file of a standard stream: "input", "output" or "error"
	PrivateTemp                  // the sandbox's private temp; no detail
	SpecCopy                     // the copy of the spec that `nono why --self` reads; no detail
	WhySelf                      // nono's own programs that answer inside the sandbox; no detail
	Policy                       // a policy of the administrator: its name
	Environment                  // a variable of the environment: its name
)

// BlockFlag is the detail of a BlockedCommand that the user named with that flag.
const BlockFlag = "--block-command"

// An Origin says where a line of a spec comes from. It is information only: the rules of
// the kernel and the status of a verdict do not depend on it. The zero Origin is for a
// line without `by`.
type Origin struct {
	Source Source
	Detail string
}

// wordings are the texts of the sources. After a text that ends in a space comes the
// detail, which is not empty. The other sources have no detail.
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

// listed begins the text of a Listed origin whose category looks like another source. A
// user may choose such a category in a list of their own.
const listed = "list: "

// String returns the text after `by`. ParseOrigin reads this text back.
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

// ParseOrigin reads the text after `by`. It accepts every text, and String of the result
// is the same text. A text of no other source is the category of a list.
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
