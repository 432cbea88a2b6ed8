package install

import (
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
)

// Of the containers in which a hook stands, some were there before it: the file,
// its object, the hooks of all events, the list of one event. note is written
// behind the command, as a comment of the shell's, so that taking the hook out
// leaves what was there, byte for byte: how deep the last of them is, and what
// white space it held if it was empty.
type note struct {
	depth int // 0: there was no file, or nothing in it
	empty bool
	space string
}

const noteMark = " # nono "

func (n note) String() string {
	if !n.empty {
		return noteMark + strconv.Itoa(n.depth)
	}
	return noteMark + strconv.Itoa(n.depth) + "." + hex.EncodeToString([]byte(n.space))
}

// parseNote reads the note of a command. One of an earlier version has none, and
// is taken for one that had containers with something in them.
func parseNote(command string) note {
	_, text, found := strings.Cut(command, noteMark)
	depth, space, empty := strings.Cut(text, ".")
	d, err := strconv.Atoi(depth)
	s, err2 := hex.DecodeString(space)
	if !found || err != nil || err2 != nil || d < 0 || d > 3 || strings.Trim(string(s), " \t\r\n") != "" {
		return note{depth: 1}
	}
	return note{d, empty, string(s)}
}

// with adds the hook of every event as the last of its kind. absent says that
// there is no file.
func (a *agent) with(text, why string, absent bool) (string, error) {
	first := note{depth: 0, empty: true, space: text}
	fresh := strings.TrimSpace(text) == ""
	if fresh {
		text = a.fresh
	}
	if absent {
		first.empty = false
	}
	for _, event := range a.events {
		root, err := readObject(text)
		if err != nil {
			return "", err
		}
		var n *note
		if fresh {
			n = &first
		}
		if text, err = a.add(text, root, event, command(why), n); err != nil {
			return "", err
		}
		fresh = false
	}
	return text, nil
}

func readObject(text string) (*node, error) {
	root, err := readJSON(text)
	if err == nil && root.kind != '{' {
		err = fault.Text("it is not a JSON object")
	}
	return root, err
}

// entry is what stands in an event's list: a group with one hook, or the hook.
func (a *agent) entry(command, in string, spread bool) string {
	nl, one := "\n"+in, "  "
	if !spread {
		nl, one = "", ""
	}
	sep := func(depth int) string {
		if !spread {
			return ""
		}
		return nl + strings.Repeat(one, depth)
	}
	if a.flat {
		return "{" + sep(1) + `"command": ` + jsonString(command) + sep(0) + "}"
	}
	comma := ", "
	if spread {
		comma = ","
	}
	return "{" + sep(1) + `"hooks": [` + sep(2) + "{" + sep(3) + `"type": "command"` + comma + sep(3) + `"command": ` +
		jsonString(command) + sep(2) + "}" + sep(1) + "]" + sep(0) + "}"
}

// add puts the hook of one event into the deepest container that is there. before
// is the note to leave, where it is not that of the container.
func (a *agent) add(text string, root *node, event, command string, before *note) (string, error) {
	list := func(in, command string) string {
		return jsonString(event) + ": [\n" + in + "  " + a.entry(command, in+"  ", true) + "\n" + in + "]"
	}
	mine := func(n *node, depth int) string {
		if before != nil {
			return command + before.String()
		}
		if len(n.members) > 0 {
			return command + note{depth: depth}.String()
		}
		return command + note{depth, true, text[n.start+1 : n.end-1]}.String()
	}
	hooks := root.get("hooks")
	if hooks == nil {
		return insert(text, root, "  ", "\"hooks\": {\n    "+list("    ", mine(root, 1))+"\n  }"), nil
	}
	if hooks.value.kind != '{' {
		return "", fault.Text("its 'hooks' is not an object")
	}
	at := hooks.value.get(event)
	if at == nil {
		return insert(text, hooks.value, "    ", list("    ", mine(hooks.value, 2))), nil
	}
	if at.value.kind != '[' {
		return "", fault.Text("its '" + event + "' is not an array")
	}
	return insert(text, at.value, "      ", a.entry(mine(at.value, 3), "      ", true)), nil
}

// insert puts a member behind the others of n, on a line of its own.
func insert(text string, n *node, indent, what string) string {
	if len(n.members) == 0 {
		return text[:n.start+1] + "\n" + indent + what + "\n" + indent[2:] + text[n.end-1:]
	}
	end := n.members[len(n.members)-1].value.end
	return text[:end] + ",\n" + indent + what + text[end:]
}

// intact reports whether text has the hook of every event, as it would be
// installed now, and no other of nono's.
func (a *agent) intact(text, why string) (bool, error) {
	if strings.TrimSpace(text) == "" {
		return false, nil
	}
	root, err := readObject(text)
	if err != nil {
		return false, err
	}
	found := map[string]int{}
	for _, at := range a.installed(root) {
		c, _, _ := strings.Cut(at.command, noteMark)
		if c != command(why) {
			return false, nil
		}
		found[at.event]++
	}
	for _, event := range a.events {
		if found[event] != 1 {
			return false, nil
		}
	}
	return len(found) == len(a.events), nil
}

// a place is where a hook of nono's stands: the way to it from the root's member
// down.
type place struct {
	way            []int
	event, command string
}

// installed looks for the hooks of nono's.
func (a *agent) installed(root *node) []place {
	i := 0
	for ; i < len(root.members) && root.members[i].key != "hooks"; i++ {
	}
	if i == len(root.members) || root.members[i].value.kind != '{' {
		return nil
	}
	var out []place
	for j, event := range root.members[i].value.members {
		for k, entry := range event.value.members {
			if ours(entry.value) {
				out = append(out, place{[]int{i, j, k}, event.key, entry.value.get("command").value.str})
			}
			for l, hook := range groupHooks(entry.value) {
				if ours(hook.value) {
					out = append(out, place{[]int{i, j, k, l}, event.key, hook.value.get("command").value.str})
				}
			}
		}
	}
	return out
}

// ours reports whether a hook is nono's.
func ours(hook *node) bool {
	c := hook.get("command")
	if hook.kind != '{' || c == nil || !strings.Contains(c.value.str, "nono-why'") {
		return false
	}
	return strings.HasSuffix(c.value.str, oldMark) || strings.HasSuffix(c.value.str, mark) || strings.Contains(c.value.str, mark+noteMark)
}

func groupHooks(group *node) []member {
	if h := group.get("hooks"); group.kind == '{' && h != nil && h.value.kind == '[' {
		return h.value.members
	}
	return nil
}

// without takes the hooks of nono's out, the last first, since each was put behind
// the others. gone says that nothing is left of a file that nono made.
func (a *agent) without(text string) (out string, gone bool, err error) {
	for {
		if strings.TrimSpace(text) == "" {
			return text, gone, nil
		}
		root, err := readObject(text)
		if err != nil {
			return "", false, err
		}
		places := a.installed(root)
		if len(places) == 0 {
			return text, gone, nil
		}
		last := places[len(places)-1]
		n := parseNote(last.command)
		text = cutHook(text, root, last.way, n)
		if n.depth == 0 && text == a.fresh {
			text, gone = n.space, !n.empty
		}
	}
}

// cutHook takes the hook at the end of a way out, and with it what it would leave
// empty and was not there before.
func cutHook(text string, root *node, way []int, n note) string {
	hooks := root.members[way[0]].value
	event := hooks.members[way[1]].value
	if len(way) == 4 {
		if list := event.members[way[2]].value.get("hooks").value; len(list.members) > 1 {
			return cut(text, list, way[3])
		}
	}
	switch {
	case len(event.members) > 1:
		return cut(text, event, way[2])
	case n.depth == 3:
		return emptied(text, event, n)
	case len(hooks.members) > 1:
		return cut(text, hooks, way[1])
	case n.depth == 2:
		return emptied(text, hooks, n)
	case len(root.members) > 1 || n.depth == 0:
		return cut(text, root, way[0])
	}
	return emptied(text, root, n)
}

// emptied gives a container back the white space that it held.
func emptied(text string, n *node, before note) string {
	return text[:n.start+1] + before.space + text[n.end-1:]
}

// cut takes the i-th member out of n, with the comma that set it apart.
func cut(text string, n *node, i int) string {
	switch {
	case len(n.members) == 1:
		return text[:n.start+1] + text[n.end-1:]
	case i > 0:
		return text[:n.members[i-1].value.end] + text[n.members[i].value.end:]
	}
	return text[:n.members[0].start] + text[n.members[1].start:]
}
