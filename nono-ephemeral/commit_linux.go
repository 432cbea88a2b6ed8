package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/ephemeral"
	"github.com/nono-sandbox/nono/core/fault"
)

// A repository is where a commit is made of what was kept. What an earlier run left may
// tell git what to run: a setting in a file that the repository's configuration includes, a
// helper that signs or fetches. So git runs in a sandbox that has the repository alone.
type repository struct{ dir, git, sandbox string }

// repositoryOf finds the repository of the run's working directory, before anything is
// kept. It refuses one in which git would run a program for the commit, and a run that
// changed git's own files.
func repositoryOf(r *ephemeral.Run) (*repository, error) {
	all, err := r.Changes()
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		for _, part := range strings.Split(c.Path, "/") {
			if strings.EqualFold(part, ".git") {
				return nil, &fault.Error{Do: "commit", Path: c.Path, Err: fault.Text("the run changed git's own files, which say what git runs"),
					Hint: "look at them (nono diff), keep them, and commit by hand"}
			}
		}
	}
	dir := r.Workdir
	for {
		if st, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			if !st.IsDir() {
				return nil, &fault.Error{Do: "commit", Path: dir, Err: fault.Text("its .git is no directory, but names another place"), Hint: "leave out --commit, and commit by hand"}
			}
			break
		}
		if dir == "/" {
			return nil, &fault.Error{Do: "commit", Path: r.Workdir, Err: fault.Text("no git repository is there"), Hint: "leave out --commit"}
		}
		dir = filepath.Dir(dir)
	}
	sandbox, err := cli.OwnProgram("nono-run")
	if err != nil {
		return nil, err
	}
	repo := &repository{dir, filepath.Join(dir, ".git"), sandbox}
	return repo, repo.refuseFilters("leave out --commit, and commit by hand")
}

// command is git for this repository and no other, in a sandbox: git itself would take a
// directory that looks like the inside of a repository for one, with its settings. No hook
// runs: none was asked for.
func (r *repository) command(args ...string) *exec.Cmd {
	git := program("git")
	words := []string{"--silent", "--net-block", "--profile", "git", "--allow", r.dir, "--", git.Path, "--git-dir=" + r.git, "--work-tree=" + r.dir,
		"--no-pager", "--literal-pathspecs", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"}
	c := program(r.sandbox, append(words, args...)...)
	c.Dir, c.Stderr = r.dir, os.Stderr
	if git.Err != nil {
		c.Err = git.Err
	}
	if c.Env == nil {
		c.Env = os.Environ()
	}
	// Nor is anything fetched: how that is done is a setting too.
	c.Env = append(c.Env, "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none")
	return c
}

// refuseFilters refuses where git has filters, which .gitattributes name and git starts for
// each file: they may well be programs of the project, which the run has changed. That of
// Git LFS is a program of the system. hint is what is to be done then.
func (r *repository) refuseFilters(hint string) error {
	out, err := r.command("config", "--null", "--get-regexp", `^filter\..*\.(clean|process)$`).Output()
	if e, ok := err.(*exec.ExitError); ok && e.ExitCode() == 1 {
		return nil // there is none
	}
	if err != nil {
		return &fault.Error{Do: "commit", Err: err, Hint: hint}
	}
	for _, setting := range bytes.Split(bytes.TrimSuffix(out, []byte{0}), []byte{0}) {
		name, value, _ := strings.Cut(string(setting), "\n")
		if value != "git-lfs clean -- %f" && value != "git-lfs filter-process" {
			return &fault.Error{Do: "commit", Path: r.dir, Err: fault.Text("git would run a filter of the repository (" + fault.Quote(name) + "), which the run may have changed"),
				Hint: hint}
		}
	}
	return nil
}

// commit commits what was kept.
func (r *repository) commit(message string, kept []ephemeral.Change) error {
	const byHand = "everything is kept; commit by hand"
	if err := r.refuseFilters(byHand); err != nil { // one that came with what was kept
		return err
	}
	var list strings.Builder
	for _, c := range kept {
		if c.New == nil || c.New.Mode&0o170000 != 0o040000 {
			list.WriteString(c.Path + "\x00")
		}
	}
	for _, words := range [][]string{{"add", "-A"}, {"commit", "-q", "--no-verify", "--no-gpg-sign", "-m", message}} {
		c := r.command(append(words, "--pathspec-from-file=-", "--pathspec-file-nul")...)
		c.Stdin, c.Stdout = strings.NewReader(list.String()), os.Stderr
		if err := c.Run(); err != nil {
			return &fault.Error{Do: "commit", Err: err, Hint: byHand}
		}
	}
	return nil
}
