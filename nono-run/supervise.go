package main

import (
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/entry/brief"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/nono-run/fetch"
)

// supervisor returns nono-supervise, which starts the shim with args and stays, and its
// words.
func (l *launch) supervisor(shim string, args []string) (program string, argv []string, err error) {
	program, err = ownProgram("nono-supervise")
	if err != nil {
		return "", nil, err
	}
	argv = append([]string{"nono-supervise", "--shim=" + shim}, l.watching()...)
	if len(l.outside) > 0 {
		fd, err := l.handOverCredentials()
		if err != nil {
			return "", nil, err
		}
		argv = append(argv, "--credentials="+strconv.Itoa(fd))
	}
	asking, err := l.asking()
	if err != nil {
		return "", nil, err
	}
	return program, append(append(argv, asking...), args...), nil
}

// watching are the supervisor's own flags.
func (l *launch) watching() []string {
	var args []string
	w := &l.policy.Watch
	if w.AuditLog != "" {
		args = append(args, "--audit-log="+w.AuditLog, "--audit-level="+w.AuditLevel)
	}
	if w.AuditRequired {
		args = append(args, "--audit-required")
	}
	if w.Explain {
		args = append(args, "--explain")
	}
	if w.Summary != "" {
		args = append(args, "--summary="+w.Summary)
	}
	for i := range l.secrets {
		args = append(args, "--secret="+l.secrets[i].Name)
	}
	if l.silent {
		args = append(args, "--silent")
	}
	if w.Record != 0 {
		args = append(args, "--record="+strconv.Itoa(w.Record))
	}
	if l.policy.Spec.Undo {
		args = append(args, "--undo-limit="+strconv.FormatInt(w.UndoBytes, 10))
	}
	if w.WaitAll {
		args = append(args, "--wait-all")
	}
	return args
}

// asking are its flags for asking a person.
func (l *launch) asking() ([]string, error) {
	w := &l.policy.Watch
	if !w.Ask {
		return nil, nil
	}
	// What asks is outside of the sandbox, and so is what it starts: tmux, and what the
	// program of --ask-with looks for.
	dirs, err := fetch.Dirs(l.policy.Spec, l.host)
	if err != nil {
		return nil, &fault.Error{Do: "ask", Err: err}
	}
	env := append(without(brief.Environ(), []string{"PATH"}), "PATH="+strings.Join(dirs, ":"))
	fd, err := sealed([]byte(strings.Join(env, "\x00") + "\x00"))
	if err != nil {
		return nil, &fault.Error{Do: "ask", Err: err}
	}
	program, err := ownProgram("nono-ask")
	if err != nil {
		return nil, err
	}
	args := []string{"--ask-by=" + program, "--ask-timeout=" + w.AskTimeout, "--ask-env=" + strconv.Itoa(fd)}
	if w.AskWith != "" {
		args = append(args, "--ask-with="+w.AskWith)
	}
	if l.profile != nil && len(l.profile.Names) > 0 {
		args = append(args, "--ask-profile="+l.profile.Names[len(l.profile.Names)-1])
	}
	return args, nil
}
