package main

import (
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/profile"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// notices says, a line each, what the user should know before the command runs.
func (l *launch) notices(p *cli.Printer, h policy.Host) {
	for _, g := range l.policy.Lifted {
		if l.meant(g) {
			continue
		}
		p.Notice("granting " + fault.Quote(g.Path) + " lifts its protection (" + reason(g.By) + ")")
	}
	for _, g := range l.policy.Dropped {
		p.Notice("--deny takes " + fault.Quote(g.Path) + " away from " + reason(g.By))
	}
	for _, t := range l.policy.Taken {
		what := " takes "
		if t.Reads {
			what = " takes the writing of "
		}
		who := reason(t.Grant.By)
		if t.Grant.By.Source == spec.System {
			who = "the sandbox"
		}
		if t.Grant.By.Source == spec.StandardStream { // it is open already
			p.Notice("the command has " + fault.Quote(t.Grant.Path) + " as " + who + ", which the policy " + fault.Quote(t.Policy) + " denies: it cannot be opened again")
			continue
		}
		p.Notice("the policy " + fault.Quote(t.Policy) + what + fault.Quote(t.Grant.Path) + " away from " + who)
	}
	for _, t := range l.policy.Patterns {
		if t.Policy != "" {
			continue // the summary lists what it denies
		}
		p.Notice(t.Flag + " " + fault.Quote(t.Text) + " denies what has that form now (" + strconv.Itoa(t.Matches) + "), and nothing that is made later")
	}
	l.endings(p)
	l.symlinks(p, h)
	l.dotfiles(p)
	l.beforeNono(p)
	l.notDenied(p)
	l.otherNames(p)
	l.closed(p)
	if dirs := l.policy.Closed; len(dirs) > 0 {
		p.Notice("nothing new can be made directly in " + places(dirs) + ": protected paths are there (--allow-beside-denied allows it)")
	}
	if dirs := l.policy.Unlisted; len(dirs) > 0 {
		p.Notice(places(dirs) + " cannot be listed: protected directories are there")
	}
	if names := l.withheld.told(l.policy.Spec); len(names) > 0 {
		p.Notice("removed from the environment: " + some(names) + " (--allow-env NAME passes one)")
	}
	l.proxies(p)
	if l.policy.Spec.UnixSockets {
		p.Notice("every Unix socket is open: the command can ask Docker, systemd and the desktop to act outside the sandbox")
	}
	if l.policy.Spec.Keychain {
		p.Notice("the Keychain is open: the command can read every password, key and certificate in it, also those of other programs")
	}
}

// symlinks says which grants a symlink has led elsewhere that a command in a sandbox
// could have laid: what nobody typed is left out, what was typed is given.
func (l *launch) symlinks(p *cli.Printer, h policy.Host) {
	for _, m := range l.policy.Misled {
		to := fault.Quote(m.Grant.Path)
		who := reason(m.Grant.By)
		if m.Grant.By.Source == spec.System {
			who = "the sandbox"
		}
		remedy := "if you have made it: --" + m.Grant.Kind.String() + " " + to
		if why := policy.TooMuch(m.Grant.Path, h); why != "" {
			remedy = "that is " + why + ": if you have not made this symlink, remove it"
		}
		p.Notice(who + " does not get " + fault.Quote(m.Name) + ": a symlink, " + fault.Quote(m.Link) + ", leads to " + to + " (" + remedy + ")")
	}
	for _, m := range l.policy.Led {
		p.Notice(reason(m.Grant.By) + " grants " + fault.Quote(m.Grant.Path) + ": a symlink, " + fault.Quote(m.Link) + ", leads there")
	}
}

// beforeNono says where the command could put another nono, if this one was found by
// its name: the shell functions and a full path are not led astray.
func (l *launch) beforeNono(p *cli.Printer) {
	if dirs := l.policy.BeforeNono; len(dirs) > 0 && !strings.Contains(os.Args[0], "/") {
		p.Notice(places(dirs) + " may be written to, and stands before nono in PATH: what is called nono there would be started in its place" +
			" (the files of share/nono, or the full path, are not misled)")
	}
}

// meant reports whether only a profile that came with nono asks for g: it is told
// by the summary, and not again at every start.
func (l *launch) meant(g spec.Path) bool {
	meant := false
	for _, at := range l.policy.Spec.Paths {
		if at.Path != g.Path || !at.Kind.Grants() {
			continue
		}
		if at.By.Source != spec.Profile || l.profile == nil || slices.ContainsFunc(l.profile.Lines, func(x profile.Line) bool { return x.Profile == at.By.Detail && x.Own }) {
			return false
		}
		meant = true
	}
	return meant
}

// closed names the arguments that a shell has put a descriptor behind, as bash
// does for <(…), and that would be closed.
func (l *launch) closed(p *cli.Printer) {
	for _, a := range l.policy.Command.Argv {
		number, ok := strings.CutPrefix(a, "/dev/fd/")
		if !ok {
			number, ok = strings.CutPrefix(a, "/proc/self/fd/")
		}
		fd, err := strconv.ParseUint(number, 10, 31)
		if !ok || err != nil || fd <= 2 || slices.Contains(l.policy.Spec.KeepFDs, int(fd)) {
			continue
		}
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil {
			p.Notice(fault.Quote(a) + " is closed for the command (--keep-fd " + number + " keeps it open)")
		}
	}
}

// notDenied names the blocked commands that children may run, a line for each
// reason.
func (l *launch) notDenied(p *cli.Printer) {
	rest := l.policy.NotDenied
	for len(rest) > 0 {
		first := rest[0]
		var names []string
		rest = slices.DeleteFunc(rest, func(c policy.NotDenied) bool {
			if c.Why == first.Why {
				names = append(names, c.Name)
			}
			return c.Why == first.Why
		})
		slices.Sort(names)
		p.Notice(some(slices.Compact(names)) + " cannot be kept from child processes: " + fault.Quote(first.File) + " " + first.Why)
	}
}

// places names the first few directories and counts the others.
func places(dirs []string) string {
	const most = 3
	var shown []string
	for _, d := range dirs[:min(most, len(dirs))] {
		shown = append(shown, fault.Quote(d))
	}
	if more := len(dirs) - most; more > 0 {
		return strings.Join(shown, ", ") + " and " + strconv.Itoa(more) + " more"
	}
	return strings.Join(shown, ", ")
}

// some joins names, and counts those beyond the first few.
func some(names []string) string {
	const most = 6
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + " and more"
}

// otherNames tells which files that the user denies have hard links: a rule is on a path,
// and by another name in a grant such a file stays open.
func (l *launch) otherNames(p *cli.Printer) {
	var linked []string
	for _, d := range l.policy.Spec.Paths {
		if d.Kind.Grants() || d.By.Source != spec.Flag && d.By.Source != spec.Profile {
			continue
		}
		var st unix.Stat_t
		if unix.Lstat(d.Path, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFREG && st.Nlink > 1 {
			linked = append(linked, d.Path)
		}
	}
	if len(linked) > 0 {
		p.Notice(places(linked) + ": there are hard links to this, and by one of them in a granted directory the file can stay open ('find . -samefile FILE' finds them)")
	}
}
