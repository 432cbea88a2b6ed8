package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
)

// startShell becomes the user's shell in a sandbox. The shell's own start-up files
// are protected, so it starts with nono's, which read them where a grant gives
// them back, and put a marker into the prompt.
func startShell(args []string) (int, error) {
	shell := os.Getenv("SHELL")
	if shell == "" {
		shell = "/bin/sh"
	}
	if err := onlyFlags(args, shell); err != nil {
		return misuse, err
	}
	inside := startupFiles()
	// Without any flag nono-run is to say that something must be granted.
	if inside == "" || len(args) == 0 {
		return become("nono-run", append(args[:len(args):len(args)], "--", shell))
	}
	argv := append([]string{"--read", filepath.Dir(inside)}, args...)
	argv = append(argv, "--", shell)
	switch filepath.Base(shell) {
	case "bash":
		argv = append(argv, "--rcfile", inside+"/bashrc")
	case "zsh":
		os.Setenv("NONO_ZDOTDIR", os.Getenv("ZDOTDIR"))
		os.Setenv("ZDOTDIR", inside)
	case "fish":
		os.Setenv("NONO_INSIDE", inside)
		argv = append(argv, "--no-config", "-C", "source $NONO_INSIDE/config.fish")
	}
	return become("nono-run", argv)
}

// startupFiles is the directory of nono's start-up files for shells, as it was
// installed or as it is in a source tree, or "".
func startupFiles() string {
	here, err := directory()
	if err != nil {
		return ""
	}
	for _, dir := range []string{"share/nono/inside", "shell/inside"} {
		dir = filepath.Join(filepath.Dir(here), dir)
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
	}
	return ""
}

// onlyFlags refuses what would be the command of nono run.
func onlyFlags(args []string, shell string) error {
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && args[0] != "-" && args[0] != "--" {
		if takesArgument(args[0]) {
			// nono-run would take the -- behind it.
			if len(args) == 1 {
				return &fault.Error{Do: "use the flag " + fault.Quote(args[0]), Err: fault.Text("its argument is missing")}
			}
			args = args[1:]
		}
		args = args[1:]
	}
	if len(args) == 0 {
		return nil
	}
	return &fault.Error{Do: "use " + fault.Quote(args[0]) + " with nono shell",
		Err: fault.Text("it starts " + fault.Quote(shell) + " and no other command"), Hint: "nono run … -- COMMAND"}
}
