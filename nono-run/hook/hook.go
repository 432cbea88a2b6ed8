// Package hook installs in an agent's settings what tells the agent that it is in
// a sandbox, when one of its tools has failed.
package hook

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"golang.org/x/sys/unix"
)

// hookMark is in every command that is installed, so that it is found again.
const hookMark = " --self --summary >&2; exit 2; fi"

// hookEvent is what Claude Code calls the moment after a failed tool call. A
// hook's exit status 2 has its standard error shown to the model.
const hookEvent = "PostToolUseFailure"

// Install puts the hook into an agent's settings, and takes out one that an
// earlier version, or another place of nono's, has put there. p tells if there
// was nothing to do. Every other byte of the settings stays.
func Install(agent string, h policy.Host, p *cli.Printer) error {
	command, err := hookCommand()
	if err == nil {
		err = change(agent, h, p, command)
	}
	return err
}

// Remove takes the hook out again.
func Remove(agent string, h policy.Host, p *cli.Printer) error { return change(agent, h, p, "") }

// change has the settings hold the one hook with that command, or none.
func change(agent string, h policy.Host, p *cli.Printer, command string) error {
	if agent != "claude-code" {
		return cli.Misuse("use a hook for "+fault.Quote(agent), "nono has none", "--install-hook claude-code")
	}
	path, err := claudeSettings(h)
	if err != nil {
		return err
	}
	s, err := openSettings(path)
	if err != nil {
		return err
	}
	text, err := withHook(s.text, command)
	if err != nil {
		return s.refuse(err, "mend it, or add the hook by hand; nono-run(1) shows it")
	}
	switch {
	case text == s.text && command != "":
		p.Notice("the hook is in " + fault.Quote(path) + " already")
		return nil
	case text == s.text:
		p.Notice("there is no hook of nono's in " + fault.Quote(path))
		return nil
	}
	return s.write(text)
}

// claudeSettings is the user's settings file of Claude Code.
func claudeSettings(h policy.Host) (string, error) {
	dir := h.Env("CLAUDE_CONFIG_DIR")
	if dir == "" {
		dir = h.Env("HOME") + "/.claude"
	}
	if !filepath.IsAbs(dir) {
		return "", &fault.Error{Do: "find Claude Code's settings", Err: fault.Text("neither HOME nor CLAUDE_CONFIG_DIR is an absolute path")}
	}
	return filepath.Join(dir, "settings.json"), nil
}

// hookCommand is the shell command of the hook. Outside a sandbox it does
// nothing, and inside it speaks up only where the failure looks like a refusal.
func hookCommand() (string, error) {
	why, err := whyPath()
	if err != nil {
		return "", err
	}
	return `if [ -n "$NONO_SANDBOX" ] && grep -iE 'permission denied|not permitted|EACCES|EPERM' >/dev/null; then '` +
		strings.ReplaceAll(why, "'", `'\''`) + "'" + hookMark, nil
}

// whyPath is nono-why as it was installed with this program.
func whyPath() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", &fault.Error{Do: "find nono-why", Err: fault.Text("this program cannot tell where it is: is /proc mounted?")}
	}
	path := filepath.Join(filepath.Dir(self), "nono-why")
	if unix.Access(path, unix.X_OK) != nil {
		return "", &fault.Error{Do: "find nono-why", Err: fault.Text("it is not beside " + fault.Quote(self)), Hint: "install the package nono-why"}
	}
	return path, nil
}

// withHook returns a settings text with the hook's command in it and no other
// hook of nono's, or, for an empty command, with none at all.
func withHook(text, command string) (string, error) {
	if strings.TrimSpace(text) == "" {
		if command == "" {
			return text, nil
		}
		text = "{}\n"
	}
	root, err := readJSON(text)
	if err != nil {
		return "", err
	}
	if root.kind != '{' {
		return "", fault.Text("it is not a JSON object")
	}
	found, intact := installed(root, command)
	if intact {
		return text, nil
	}
	if found != nil {
		if text, err = withHook(cutMember(text, root, found...), command); err != nil {
			return "", err
		}
		return text, nil
	}
	if command == "" {
		return text, nil
	}
	return addHook(text, root, command)
}

// installed looks for a hook of nono's: the way to it, from the root's member
// down, and whether it is the one wanted.
func installed(root *node, command string) (way []int, intact bool) {
	for i, m := range root.members {
		if m.key != "hooks" || m.value.kind != '{' {
			continue
		}
		for j, event := range m.value.members {
			for k, group := range event.value.members {
				for l, hook := range groupHooks(group.value) {
					c := hook.value.get("command")
					if c == nil || !strings.Contains(c.value.str, hookMark) {
						continue
					}
					return []int{i, j, k, l}, event.key == hookEvent && c.value.str == command
				}
			}
		}
	}
	return nil, false
}

func groupHooks(group *node) []member {
	if h := group.get("hooks"); group.kind == '{' && h != nil && h.value.kind == '[' {
		return h.value.members
	}
	return nil
}

// cutMember takes the hook at the end of a way out, and with it what it would
// leave empty.
func cutMember(text string, root *node, way ...int) string {
	hooks := root.members[way[0]].value
	event := hooks.members[way[1]].value
	group := event.members[way[2]].value
	switch list := group.get("hooks").value; {
	case len(list.members) > 1:
		return cut(text, list, way[3])
	case len(event.members) > 1:
		return cut(text, event, way[2])
	case len(hooks.members) > 1:
		return cut(text, hooks, way[1])
	}
	return cut(text, root, way[0])
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

// addHook adds the hook as the last of its kind.
func addHook(text string, root *node, command string) (string, error) {
	group := func(in string) string {
		return "{\n" + in + "  \"hooks\": [\n" + in + "    {\n" + in + "      \"type\": \"command\",\n" + in + "      \"command\": " +
			jsonString(command) + "\n" + in + "    }\n" + in + "  ]\n" + in + "}"
	}
	event := func(in string) string {
		return "\"" + hookEvent + "\": [\n" + in + "  " + group(in+"  ") + "\n" + in + "]"
	}
	hooks := root.get("hooks")
	if hooks == nil {
		return insert(text, root, "  ", "\"hooks\": {\n    "+event("    ")+"\n  }"), nil
	}
	if hooks.value.kind != '{' {
		return "", fault.Text("its 'hooks' is not an object")
	}
	list := hooks.value.get(hookEvent)
	if list == nil {
		return insert(text, hooks.value, "    ", event("    ")), nil
	}
	if list.value.kind != '[' {
		return "", fault.Text("its '" + hookEvent + "' is not an array")
	}
	return insert(text, list.value, "      ", group("      ")), nil
}

// insert puts a member behind the others of n, on a line of its own.
func insert(text string, n *node, indent, what string) string {
	if len(n.members) == 0 {
		return text[:n.start+1] + "\n" + indent + what + "\n" + indent[2:] + text[n.end-1:]
	}
	end := n.members[len(n.members)-1].value.end
	return text[:end] + ",\n" + indent + what + text[end:]
}
