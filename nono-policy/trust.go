package main

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/profile"
	"github.com/nono-sandbox/nono/core/project"
)

// trust shows what the profile of a project wants, and remembers that the user trusts it.
func trust(args []string, out io.Writer) (int, error) {
	set := flag.NewFlagSet("", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	list, yes := set.Bool("list", false, ""), set.Bool("yes", false, "")
	err := set.Parse(args)
	h, failed := policy.ThisHost(runtime.GOOS)
	switch {
	case err == nil && *list && set.NArg() == 0:
		return listTrusted(h, out)
	case err != nil || set.NArg() != 1 || *list:
		return 0, cli.Misuse("trust", "give one file", "nono policy trust "+project.Name)
	case failed != nil:
		return 0, failed
	}
	file, err := projectFile(set.Arg(0), h.Dir)
	if err != nil {
		return 0, err
	}
	var r cli.Request
	env := profile.Env{GOOS: h.GOOS, Getenv: h.Env, UID: h.UID, Workdir: filepath.Dir(file)}
	f, err := r.Project(env)
	switch {
	case err != nil:
		return 0, err
	case f.Unusable != nil:
		return 0, f.Unusable
	case f.Standing == project.None, f.Standing == project.Gone:
		return 0, &fault.Error{Do: "trust", Path: file, Err: os.ErrNotExist}
	case f.Standing == project.Trusted:
		return 0, say(out, "trusted already: "+fault.Quote(f.File)+"\n")
	}
	lines, err := f.Proposal(env, h)
	if err != nil {
		return 0, &fault.Error{Do: "trust", Path: f.File, Err: err, Hint: fault.HintOf(err)}
	}
	if err := say(out, fault.Quote(f.File)+" wants:\n"+strings.Join(lines, "")); err != nil {
		return 0, err
	}
	if !*yes {
		agreed, err := cli.Confirm("Trust this text from now on?", "--yes")
		if err == cli.ErrNoTerminal {
			err = &fault.Error{Do: "trust", Path: f.File, Err: err, Hint: "--yes answers yes"}
		}
		if err != nil || !agreed {
			return found, err
		}
	}
	if err := f.Store.Add(f.Project); err != nil {
		return 0, err
	}
	return 0, say(out, "trusted: "+fault.Quote(f.File)+"\n")
}

// untrust forgets that the user trusts the profile of a project, which need not be
// there any more.
func untrust(args []string, out io.Writer) (int, error) {
	if len(args) != 1 || strings.HasPrefix(args[0], "-") {
		return 0, cli.Misuse("untrust", "give one file", "nono policy untrust "+project.Name)
	}
	h, err := policy.ThisHost(runtime.GOOS)
	if err != nil {
		return 0, err
	}
	file, err := projectFile(args[0], h.Dir)
	if err != nil {
		return 0, err
	}
	store := project.Trust(h.Env, h.UID)
	was := false
	for _, f := range [...]string{file, realName(file)} {
		removed, err := store.Remove(f)
		if err != nil {
			return 0, err
		}
		was = was || removed
	}
	if !was {
		return found, say(out, "not trusted before: "+fault.Quote(file)+"\n")
	}
	return 0, say(out, "trusted no more: "+fault.Quote(file)+"\n")
}

func listTrusted(h policy.Host, out io.Writer) (int, error) {
	files, err := project.Trust(h.Env, h.UID).List()
	var text strings.Builder
	for _, f := range files {
		text.WriteString(fault.Quote(f) + "\n")
	}
	if err != nil {
		return 0, err
	}
	return 0, say(out, text.String())
}

// projectFile is the absolute name of a project's profile, given by its name or by its
// directory's.
func projectFile(name, dir string) (string, error) {
	if !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() && filepath.Base(name) != project.Name {
		name = filepath.Join(name, project.Name)
	}
	if filepath.Base(name) != project.Name {
		return "", &fault.Error{Do: "trust", Path: name, Err: fault.Text("the profile of a project is named " + project.Name)}
	}
	return filepath.Clean(name), nil
}

// realName is the file's name with no symlink on the way to its directory.
func realName(file string) string {
	if dir, err := filepath.EvalSymlinks(filepath.Dir(file)); err == nil {
		return filepath.Join(dir, project.Name)
	}
	return file
}
