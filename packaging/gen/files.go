package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
)

// A section is the text between two marker lines of a file that is written by
// hand otherwise.
type section struct {
	file  string // from the root of the tree
	begin string // the whole line
	end   string
	text  func() string
}

func runFlags() []cli.Flag {
	return append(cli.PolicyFlags[:len(cli.PolicyFlags):len(cli.PolicyFlags)], cli.RunFlags...)
}

func whyFlags() []cli.Flag { return cli.WhyTable() }

func learnFlags() []cli.Flag { return cli.LearnFlags }

const (
	manBegin   = `.\" generated: the flags`
	manBlocked = `.\" generated: the commands`
	manEnd     = `.\" end of what is generated`
	shellBegin = "# generated: the flags of nono run"
	shellEnd   = "# end of what is generated"
	goBegin    = "// generated: the flags of nono run"
	goEnd      = "// end of what is generated"
)

func sections() []section {
	return []section{
		{"packaging/man/nono-run.1", manBegin, manEnd, func() string { return manFlags(runFlags()) }},
		{"packaging/man/nono-run.1", manBlocked, manEnd, manCommands},
		{"packaging/man/nono-why.1", manBegin, manEnd, func() string { return manFlags(whyFlags()) }},
		{"packaging/man/nono-learn.1", manBegin, manEnd, func() string { return manFlags(learnFlags()) }},
		{"packaging/man/nono-profile.5", manBegin, manEnd, func() string { return manDirectives(cli.PolicyFlags) }},
		{"nono/flags.go", goBegin, goEnd, func() string { return goKinds(runFlags()) }},
		{"shell/nono.bash", shellBegin, shellEnd, func() string { return posixKinds(runFlags()) }},
		{"shell/nono.zsh", shellBegin, shellEnd, func() string { return posixKinds(runFlags()) }},
		{"shell/nono.fish", shellBegin, shellEnd, func() string { return fishKinds(runFlags()) }},
	}
}

// generate returns every generated file, by its name from the root.
func generate(root string) (map[string]string, error) {
	files := map[string]string{
		"shell/completions/nono.bash": bashCompletion(),
		"shell/completions/_nono":     zshCompletion(),
		"shell/completions/nono.fish": fishCompletion(),
		"docs/flags.md":               flagsPage(),
	}
	for _, s := range sections() {
		old, ok := files[s.file] // a file may have more than one
		if !ok {
			text, err := os.ReadFile(filepath.Join(root, s.file))
			if err != nil {
				return nil, err
			}
			old = string(text)
		}
		var err error
		if files[s.file], err = s.replace(old); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// replace puts the section's text between its markers in old.
func (s *section) replace(old string) (string, error) {
	head, rest, ok := strings.Cut(old, s.begin+"\n")
	_, tail, ok2 := strings.Cut(rest, s.end+"\n")
	if !ok || !ok2 {
		return "", fmt.Errorf("%s: the lines %q and %q are not there", s.file, s.begin, s.end)
	}
	return head + s.begin + "\n" + s.text() + s.end + "\n" + tail, nil
}

// spellings returns the ways to write a flag, with both long spellings that
// package flag takes when all is true.
func spellings(f cli.Flag, all bool) []string {
	var out []string
	if f.Short != "" {
		out = append(out, "-"+f.Short)
		if all {
			out = append(out, "--"+f.Short)
		}
	}
	out = append(out, "--"+f.Name)
	if all {
		out = append(out, "-"+f.Name)
	}
	return out
}
