package main

import (
	"flag"
	"io"
	"os"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/site"
	"github.com/nono-sandbox/nono/core/version"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
)

const usage = `usage: nono-policy-sigstore --bundle FILE [--trusted-root FILE]
                            [--identities FILE] FILE

Says whether a bundle of Sigstore's holds for the bytes of FILE, or of standard input
where FILE is '-': nono policy verify starts it. Nothing is asked of the network.

Exit status: 0 it holds; 1 it does not; 2 a mistake or an error.
`

// refused is the exit status for a bundle that does not hold.
const refused = 1

// most is the size of the largest file that is read, in bytes.
const most = 1 << 20

// run is the whole program; it returns the exit status.
func run(args []string, stdin, stdout, stderr *os.File) int {
	p := cli.NewPrinter(stdout, stderr)
	status, err := act(args, stdin, p.Out)
	if err == nil {
		return status
	}
	p.Error(err)
	return cli.Usage
}

func act(args []string, stdin io.Reader, out io.Writer) (int, error) {
	set := flag.NewFlagSet("", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	signed := set.String("bundle", "", "")
	trustedRoot, identities := set.String("trusted-root", "", ""), set.String("identities", "", "")
	help, about := set.Bool("help", false, ""), set.Bool("version", false, "")
	err := set.Parse(args)
	switch {
	case err == nil && *help:
		return 0, say(out, usage)
	case err == nil && *about:
		return 0, say(out, "nono-policy-sigstore "+version.String()+"\n")
	case err != nil || *signed == "" || set.NArg() != 1:
		return 0, cli.Misuse("verify", "a bundle and one file are wanted", "nono policy verify --bundle FILE.sigstore.json FILE")
	}
	text, err := read(set.Arg(0), stdin)
	if err != nil {
		return 0, &fault.Error{Do: "verify", Path: set.Arg(0), Err: err}
	}
	trusted, err := material(*trustedRoot)
	if err != nil {
		return 0, err
	}
	may, err := allowed(*identities)
	if err != nil {
		return 0, err
	}
	raw, err := read(*signed, nil)
	if err != nil {
		return 0, &fault.Error{Do: "read the bundle", Path: *signed, Err: err}
	}
	b := &bundle.Bundle{}
	if err := b.UnmarshalJSON(raw); err != nil {
		return refused, say(out, "no valid signature: it is no bundle of Sigstore's: "+err.Error()+"\n")
	}
	who, err := check(b, trusted, may, verify.WithArtifact(reader(text)), wanted)
	if err != nil {
		return refused, say(out, "no valid signature: "+err.Error()+"\n")
	}
	return 0, say(out, "signed by "+who+"\n")
}

// material reads the trusted root: the file that was named, or the site's.
func material(named string) (root.TrustedMaterial, error) {
	name, text, err := list(named, site.TrustedRoot)
	if err != nil {
		return nil, &fault.Error{Do: "read the trusted root", Path: name, Err: err, Hint: fault.HintOf(err)}
	}
	trusted, err := root.NewTrustedRootFromJSON(text)
	if err != nil {
		return nil, &fault.Error{Do: "use the trusted root", Path: name, Err: err}
	}
	return trusted, nil
}

// allowed reads who may sign: the file that was named, or the site's.
func allowed(named string) ([]identity, error) {
	name, text, err := list(named, site.SigstoreIdentities)
	if err != nil {
		return nil, &fault.Error{Do: "read who may sign", Path: name, Err: err, Hint: fault.HintOf(err)}
	}
	ids, err := parseIdentities(string(text))
	if err != nil {
		return nil, &fault.Error{Do: "use the list of who may sign", Path: name, Err: err}
	}
	return ids, nil
}

// list reads a file that was named, or one of the site's.
func list(named, sites string) (name string, text []byte, err error) {
	if named != "" {
		text, err = read(named, nil)
		return named, text, err
	}
	f, ok, err := site.List(sites)
	if err == nil && !ok {
		err = os.ErrNotExist
	}
	return f.Path, []byte(f.Text), err
}

// read reads a whole file of at most most bytes, or stdin for "-".
func read(name string, stdin io.Reader) ([]byte, error) {
	from := stdin
	if name != "-" || stdin == nil {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		from = f
	}
	text, err := io.ReadAll(io.LimitReader(from, most+1))
	if err == nil && len(text) > most {
		err = fault.Text("it is larger than 1 MiB")
	}
	return text, err
}

func say(out io.Writer, text string) error {
	if _, err := io.WriteString(out, fault.Plain(text)); err != nil {
		return &fault.Error{Do: "write", Err: err}
	}
	return nil
}
