package main

import (
	"cmp"
	"errors"
	"os"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// besideFile is what a bundle of Sigstore's for a file is named by, behind the file's name.
const besideFile = ".sigstore.json"

// bySigstore reports whether a bundle is to be verified: one that is named and no
// signature with it; or one that is there, and no signature is.
func (c *check) bySigstore(file string) bool {
	signature := cmp.Or(c.signature, file+".sig")
	switch {
	case c.bundle != "" && c.signature == "":
		return true
	case isMissing(signature):
		return !isMissing(cmp.Or(c.bundle, file+besideFile))
	}
	return false
}

func isMissing(file string) bool {
	_, err := os.Lstat(file)
	return errors.Is(err, os.ErrNotExist)
}

// sigstore becomes the program that verifies bundles. It returns only if that failed.
func (c *check) sigstore(file string) error {
	const name = "nono-policy-sigstore"
	program, err := cli.OwnProgram(name)
	if err != nil {
		return &fault.Error{Do: "verify a bundle of Sigstore's", Err: err, Hint: "it is a package of its own, " + name}
	}
	argv := []string{name, "--bundle=" + cmp.Or(c.bundle, file+besideFile)}
	if c.root != "" {
		argv = append(argv, "--trusted-root="+c.root)
	}
	if c.identities != "" {
		argv = append(argv, "--identities="+c.identities)
	}
	argv = append(argv, "--", file)
	return &fault.Error{Do: "start", Path: program, Err: unix.Exec(program, argv, os.Environ())}
}
