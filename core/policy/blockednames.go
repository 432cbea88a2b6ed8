package policy

import (
	"maps"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/spec"
)

// Blocked returns the category in which a command name is blocked under o, or
// "". It goes by the name alone.
func Blocked(name, goos string, o *Options) (string, error) {
	t, err := findBlockedNames(goos, o)
	if err != nil {
		return "", err
	}
	return t.category[name], nil
}

// blockedNames are the names of blocked commands, in the lists' order and with their categories.
type blockedNames struct {
	names    []string
	category map[string]string
	lifted   []string // what the list has and --allow-command takes out
}

func (t *blockedNames) add(name, category string) {
	if t.category[name] == "" {
		t.names = append(t.names, name)
	}
	t.category[name] = category
}

func findBlockedNames(goos string, o *Options) (*blockedNames, error) {
	list, err := lists.Commands(goos)
	if err != nil {
		return nil, err
	}
	t := &blockedNames{names: make([]string, 0, len(list)), category: make(map[string]string, len(list))}
	ruled := map[string]string{}
	if o.Managed != nil {
		for _, b := range o.Managed.Blocked {
			ruled[b.Value] = byPolicy(b.Policy).String()
		}
	}
	for _, c := range list {
		switch {
		case slices.Contains(o.BlockCommands, c.Name), ruled[c.Name] != "":
		case slices.Contains(o.AllowCommands, "all"), slices.Contains(o.AllowCommands, c.Category), slices.Contains(o.AllowCommands, c.Name):
			t.lifted = append(t.lifted, c.Name)
		default:
			t.add(c.Name, strings.ReplaceAll(c.Category, "-", " "))
		}
	}
	for _, a := range o.AllowCommands {
		if ruled[a] != "" {
			return nil, PolicyError("use --allow-command", a, "the command is blocked by", spec.ParseOrigin(ruled[a]).Detail)
		}
		if a != "all" && !slices.ContainsFunc(list, func(c lists.Command) bool { return c.Name == a || c.Category == a }) {
			return nil, &fault.Error{Do: "use --allow-command " + fault.Quote(a), Err: fault.Text("no blocked command or category has that name"),
				Hint: "'nono why --command " + a + "' tells whether it is blocked; the categories are in nono-run(1)"}
		}
	}
	for _, b := range o.BlockCommands {
		if b == "" || strings.Contains(b, "/") {
			return nil, &fault.Error{Do: "use --block-command " + fault.Quote(b), Err: fault.Text("it must be the name of a command"), Hint: "--deny blocks a path"}
		}
		t.add(b, spec.BlockFlag)
	}
	for _, name := range slices.Sorted(maps.Keys(ruled)) {
		t.add(name, ruled[name])
	}
	return t, nil
}

// byName reports whether a category is that of a command that was blocked by its own
// name: by --block-command, or by a policy of the administrator. No --allow-command
// is stronger.
func byName(category string) bool {
	return category == spec.BlockFlag || strings.HasPrefix(category, byPolicy("").String())
}
