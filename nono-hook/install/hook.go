// Package install puts a hook into an agent's settings, which tells the agent that it is
// in a sandbox when something has been refused to one of its tools.
package install

import (
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
)

// Install puts the hook into an agent's settings, and takes out one that an
// earlier version, or another place of nono's, has put there. The hook runs the nono-why
// whose path why is. p tells what was done. Every other byte of the settings stays.
func Install(agent, why string, h policy.Host, p *cli.Printer) error {
	return change(agent, h, p, why)
}

// Remove takes the hook out again: the settings are as they were before Install,
// byte for byte, unless somebody has changed them in between.
func Remove(agent string, h policy.Host, p *cli.Printer) error { return change(agent, h, p, "") }

// change has the settings hold the hook that runs why, or none where why is empty.
func change(name string, h policy.Host, p *cli.Printer, why string) error {
	a := find(name)
	if a == nil {
		return cli.Misuse("use a hook for "+fault.Quote(name), "nono has none", "there are "+strings.Join(Agents(), ", "))
	}
	path, err := a.path(h)
	if err != nil {
		return err
	}
	s, err := openSettings(path)
	if err == errSymlink {
		return s.refuse(err, "add this to the file that it leads to: "+a.paste(why))
	}
	if err != nil {
		return err
	}
	text, gone, err := a.change(s, why)
	if err != nil {
		return s.refuse(err, "mend it, or add this by hand: "+a.paste(why))
	}
	switch {
	case gone && !s.new:
		err = s.remove()
	case text == s.text && why != "":
		p.Notice("the hook is in " + fault.Quote(path) + " already")
		return nil
	case text == s.text:
		p.Notice("there is no hook of nono's in " + fault.Quote(path))
		return nil
	default:
		err = s.write(text)
	}
	if err != nil {
		return err
	}
	if why == "" {
		p.Notice("the hook is no longer in " + fault.Quote(path))
		return nil
	}
	p.Notice("the hook is in " + fault.Quote(path) + " now (--remove-hook " + name + " takes it out)" + a.after)
	return nil
}

// change returns the settings' text with the hook or without. gone says that
// nothing is left of a file that nono made.
func (a *agent) change(s *settings, why string) (text string, gone bool, err error) {
	if a.file != nil {
		return a.ownFile(s, why)
	}
	if why != "" {
		if same, err := a.intact(s.text, why); same || err != nil {
			return s.text, false, err
		}
	}
	text, gone, err = a.without(s.text)
	if err != nil || why == "" {
		return text, gone, err
	}
	text, err = a.with(text, why, gone || s.new)
	return text, false, err
}

// ownFile is change for an agent that takes a file of nono's own.
func (a *agent) ownFile(s *settings, why string) (text string, gone bool, err error) {
	if !s.new && !strings.Contains(s.text, mark[1:]) {
		return "", false, fault.Text("the file is not nono's")
	}
	if why == "" {
		return s.text, true, nil
	}
	return a.file(why), false, nil
}

// command is the shell command of the hook. Outside a sandbox it does nothing.
func command(why string) string {
	return `[ -z "$NONO_SANDBOX" ] || '` + strings.ReplaceAll(why, "'", `'\''`) + "'" + mark
}

// mark is in every command that is installed, so that it is found again, and
// oldMark in those of earlier versions.
const (
	mark    = " --hook"
	oldMark = " --self --summary >&2; exit 2; fi"
)
