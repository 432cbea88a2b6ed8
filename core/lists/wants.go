package lists

import (
	_ "embed"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
)

//go:embed commands-want.list
var commandsWant string

// Wanted is what a well-known command usually wants, by the file's own description.
type Wanted struct {
	Command string // a name, or * in a user's own list
	Word    string // the first argument that is no flag, or ""
	Items   []string
}

// CommandsWant returns the list that nono comes with, behind a user's own lines;
// name is that one's name for messages.
func CommandsWant(name, own string) ([]Wanted, error) {
	list, err := parseWants(make([]Wanted, 0, 256), name, own)
	if err != nil {
		return nil, err
	}
	return parseWants(list, "commands-want.list", commandsWant)
}

func parseWants(list []Wanted, name, text string) ([]Wanted, error) {
	err := lines(name, text, func(_, line string) string {
		commands, items, ok := strings.Cut(line, ":")
		if !ok || trim(items) == "" {
			return "a line is 'COMMAND: ITEM …', not " + fault.Quote(line)
		}
		w := Wanted{Items: strings.Fields(items)}
		for _, item := range w.Items {
			if !wantable(item) {
				return "there is no item " + fault.Quote(item)
			}
		}
		for command := range strings.SplitSeq(commands, ",") {
			w.Command, w.Word = split(trim(command))
			if w.Command == "" || strings.ContainsAny(w.Word, " \t") {
				return "it must be a command and at most one word, not " + fault.Quote(command)
			}
			list = append(list, w)
		}
		return ""
	})
	return list, err
}

// wantable reports whether item is one of those that the file describes.
func wantable(item string) bool {
	switch item {
	case "-", "@npm", "@make", "@python":
		return true
	}
	for _, form := range [...]string{"--", "?~/", "?$", "@own="} {
		if rest, ok := strings.CutPrefix(item, form); ok {
			return rest != "" && (form != "--" || len(rest) > 1)
		}
	}
	return false
}
