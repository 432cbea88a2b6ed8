package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/nono-sandbox/nono/core/entry/brief"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/version"
	"golang.org/x/sys/unix"
)

// misuse is the exit status for a mistake on the command line.
const misuse = 2

// run becomes the program of a subcommand. It returns the exit status if it
// became none.
func run(args []string, stdout, stderr io.Writer) int {
	status, err := dispatch(args, stdout, stderr)
	if err != nil {
		io.WriteString(stderr, fault.Lines(err))
	}
	return status
}

func dispatch(args []string, stdout, stderr io.Writer) (int, error) {
	if len(args) == 0 {
		io.WriteString(stderr, usage())
		return misuse, nil
	}
	switch args[0] {
	case "shell":
		return startShell(args[1:])
	case "version", "--version":
		return show(stdout, "nono "+version.String()+"\n")
	case "help", "--help", "-h":
		return help(args[1:], stdout)
	}
	sub := find(args[0])
	switch {
	case sub == nil:
		return misuse, unknown(args)
	case sub.named:
		return become(sub.program, args)
	}
	return become(sub.program, args[1:])
}

// help shows the help of a subcommand, or the usage.
func help(about []string, stdout io.Writer) (int, error) {
	if len(about) == 0 {
		return show(stdout, usage())
	}
	sub := find(about[0])
	switch {
	case sub == nil:
		return misuse, unknown(about)
	case sub.program == "":
		return show(stdout, usage())
	}
	return become(sub.program, []string{"--help"})
}

func show(stdout io.Writer, text string) (int, error) {
	if _, err := io.WriteString(stdout, text); err != nil {
		return fault.Failed, &fault.Error{Do: "write", Err: err}
	}
	return 0, nil
}

// become executes a program that lies beside this one, with the environment as it
// is. It returns only if that failed.
func become(program string, args []string) (int, error) {
	here, err := directory()
	if err != nil {
		return fault.Failed, err
	}
	path := filepath.Join(here, program)
	if unix.Access(path, unix.X_OK) != nil {
		return fault.Failed, &fault.Error{Do: "find " + fault.Quote(program) + " in", Path: here,
			Hint: "install " + program + " there, from the same release"}
	}
	name := path
	if !strings.Contains(os.Args[0], "/") {
		name = program // found by PATH, as this program was: nono-run tells what that may mean
	}
	brief.Leave()
	err = unix.Exec(path, append([]string{name}, args...), brief.Environ())
	return fault.Failed, &fault.Error{Do: "start", Path: path, Err: err, Hint: inside(err, here)}
}

// inside is the remedy where the programs in dir are shut by the sandbox that this program
// is in: one of nono's, as far as the environment tells.
func inside(err error, dir string) string {
	if err != unix.EACCES || os.Getenv("NONO_SANDBOX") == "" {
		return ""
	}
	return "to use nono inside this sandbox, start the sandbox with --read " + fault.Quote(dir)
}

// directory is where this program lies, by whatever symlink it was called. PATH
// and the working directory, which others may fill, play no part.
func directory() (string, error) {
	self, err := os.Executable()
	if err == nil {
		self, err = filepath.EvalSymlinks(self)
	}
	if err != nil {
		return "", &fault.Error{Do: "find the programs of nono", Err: fault.Text("this program cannot tell where it is: is /proc mounted?")}
	}
	return filepath.Dir(self), nil
}
