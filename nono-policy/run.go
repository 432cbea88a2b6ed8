package main

import (
	"io"
	"os"

	"github.com/nono-sandbox/nono/core/cli"
	_ "github.com/nono-sandbox/nono/core/entry" // too little memory, said before Go's start
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/version"
)

const usage = `usage: nono policy show [--system] [PROFILE ...] [FLAG of nono run ...]
       nono policy lint [PROFILE ...] [FLAG of nono run ...]
       nono policy lint --policy FILE ...
       nono policy diff A B
       nono policy test FILE [PROFILE ...] [FLAG of nono run ...]
       nono policy import FILE
       nono policy sign --key KEY FILE ...
       nono policy verify [--allowed-signers FILE] [--revoked FILE]
                          [--signature FILE] [--principal NAME] FILE
       nono policy verify --bundle FILE [--trusted-root FILE]
                          [--identities FILE] FILE
       nono policy trust [--yes] FILE | --list
       nono policy untrust FILE

Looks at a policy, and starts nothing. A policy is what nono run would make of
the same flags here. PROFILE is the name of a profile, or a file that ends in
.profile.

  show   every line of the policy, and where it comes from
  lint   what is too wide, has no effect, or contradicts something else
         with --policy, whether FILE can be a policy of the administrator
  diff   what one policy grants or denies and the other does not; A and B are
         profiles, or specs: files that end in .spec
  test   whether the assertions in FILE hold; see nono-policy(1)
  import the profile of another nono, whose profiles are JSON, as one of nono's;
         what cannot be taken over stands in comments
  sign   a detached signature, FILE.sig, of OpenSSH's kind
  verify whether FILE.sig is an allowed signer's; the signers are those of
         /etc/nono/allowed_signers where no others are named; or whether
         FILE.sigstore.json, a bundle of Sigstore's, is by somebody who may
  trust  show what a project's .nono.profile wants, and use it from now on
  untrust  forget that

Exit status: 0 nothing to say, all assertions hold, no difference, all taken
over, a signature that holds; 1 otherwise; 2 a mistake or an error.
`

// found is the exit status besides 0 and cli.Usage: something was found, differs or
// does not hold.
const found = 1

var subcommands = map[string]func(args []string, out io.Writer) (int, error){
	"show": show, "lint": lint, "diff": diff, "test": test, "import": importProfile,
	"sign": sign, "verify": verify, "trust": trust, "untrust": untrust,
}

// run is the whole program; it returns the exit status.
func run(args []string, stdout, stderr *os.File) int {
	p := cli.NewPrinter(stdout, stderr)
	status, err := act(args, p.Out)
	if err == nil {
		return status
	}
	p.Error(err)
	return cli.Usage
}

func act(args []string, out io.Writer) (int, error) {
	if len(args) == 0 {
		return 0, cli.Misuse("look at a policy", "a subcommand is missing", "nono policy lint PROFILE, or --help")
	}
	sub, args := args[0], args[1:]
	switch sub {
	case "--help", "-h", "help":
		return 0, say(out, usage)
	case "--version":
		return 0, say(out, "nono-policy "+version.String()+"\n")
	}
	do, ok := subcommands[sub]
	switch {
	case !ok:
		return 0, cli.Misuse("find the subcommand "+fault.Quote(sub), "there is none of that name", "show, lint, diff, test, import, sign, verify, trust or untrust")
	case cli.WantsHelp(args):
		return 0, say(out, usage)
	}
	return do(args, out)
}

func say(out io.Writer, text string) error {
	if _, err := io.WriteString(out, fault.Plain(text)); err != nil {
		return &fault.Error{Do: "write", Err: err}
	}
	return nil
}
