package main

import (
	"cmp"
	"errors"
	"flag"
	"io"
	"os"
	"time"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/site"
	"github.com/nono-sandbox/nono/nono-policy/sshsig"
	"golang.org/x/crypto/ssh"
)

// check is what a signature is checked against.
type check struct {
	signers, revoked   string // files; the site's if empty
	signature          string // the file; FILE.sig if empty
	bundle             string // of Sigstore's, where there is no signature; FILE.sigstore.json if empty
	root, identities   string // files for a bundle; the site's if empty
	principal, forWhat string
}

// verify checks the detached signature of a file. It is an error, with the reason,
// where the signature does not hold.
func verify(args []string, out io.Writer) (int, error) {
	set := flag.NewFlagSet("", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	c := check{}
	set.StringVar(&c.signers, "allowed-signers", "", "")
	set.StringVar(&c.revoked, "revoked", "", "")
	set.StringVar(&c.signature, "signature", "", "")
	set.StringVar(&c.bundle, "bundle", "", "")
	set.StringVar(&c.root, "trusted-root", "", "")
	set.StringVar(&c.identities, "identities", "", "")
	set.StringVar(&c.principal, "principal", "", "")
	set.StringVar(&c.forWhat, "namespace", namespace, "")
	if err := set.Parse(args); err != nil || set.NArg() != 1 {
		return 0, cli.Misuse("verify", "give one file", "nono policy verify FILE")
	}
	file := set.Arg(0)
	if file == "-" && c.signature == "" && c.bundle == "" {
		return 0, cli.Misuse("verify", "with standard input, give --signature FILE or --bundle FILE", "")
	}
	if c.bySigstore(file) {
		return 0, c.sigstore(file)
	}
	c.signature = cmp.Or(c.signature, file+".sig")
	text, err := readSmall(file)
	if err != nil {
		return 0, &fault.Error{Do: "verify", Path: file, Err: err}
	}
	key, who, err := c.of(text)
	if err != nil {
		var f *fault.Error
		if errors.As(err, &f) {
			return 0, err
		}
		return found, say(out, "no valid signature: "+err.Error()+"\n")
	}
	return 0, say(out, "signed by "+who+" ("+ssh.FingerprintSHA256(key)+")\n")
}

// of says whose signature of text holds.
func (c *check) of(text []byte) (ssh.PublicKey, string, error) {
	armored, err := readSmall(c.signature)
	if errors.Is(err, os.ErrNotExist) {
		return nil, "", errors.New("there is no signature " + fault.Quote(c.signature))
	}
	if err != nil {
		return nil, "", &fault.Error{Do: "read the signature", Path: c.signature, Err: err}
	}
	signers, err := c.allowed()
	if err != nil {
		return nil, "", err
	}
	s, err := sshsig.Parse(armored)
	if err != nil {
		return nil, "", err
	}
	if s.Namespace != c.forWhat {
		return nil, "", errors.New("the signature is for " + fault.Quote(s.Namespace) + ", not for " + fault.Quote(c.forWhat))
	}
	if err := s.Verify(text); err != nil {
		return nil, "", err
	}
	if err := c.notRevoked(s); err != nil {
		return nil, "", err
	}
	who, err := signers.Allow(s, c.principal, time.Now())
	return s.Key, who, err
}

// allowed reads the allowed signers: those that were named, or the site's.
func (c *check) allowed() (sshsig.Signers, error) {
	name, text, err := c.list(c.signers, site.AllowedSigners)
	if err == nil && text == nil {
		err = os.ErrNotExist
	}
	if err != nil {
		return nil, &fault.Error{Do: "read the allowed signers", Path: name, Err: err, Hint: fault.HintOf(err)}
	}
	signers, err := sshsig.ParseSigners(text)
	if err != nil {
		return nil, &fault.Error{Do: "use the allowed signers", Path: name, Err: err}
	}
	return signers, nil
}

func (c *check) notRevoked(s *sshsig.Signature) error {
	name, text, err := c.list(c.revoked, site.RevokedKeys)
	if err != nil {
		return &fault.Error{Do: "read the revoked keys", Path: name, Err: err, Hint: fault.HintOf(err)}
	}
	revoked, err := sshsig.Revoked(text, s)
	if err != nil {
		return &fault.Error{Do: "use the revoked keys", Path: name, Err: err}
	}
	if revoked {
		return errors.New("its key is revoked")
	}
	return nil
}

// list reads a list of keys: the one that was named, or the site's, whose text is nil
// where there is none.
func (c *check) list(named, sites string) (name string, text []byte, err error) {
	if named != "" {
		text, err = readSmall(named)
		return named, text, err
	}
	f, ok, err := site.List(sites)
	if !ok {
		return f.Path, nil, err
	}
	return f.Path, []byte(f.Text), err
}
