package main

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/nono-policy/sshsig"
	"golang.org/x/crypto/ssh"
)

// namespace is what a signature of a profile is for: one that was made for something
// else, such as a commit, is none.
const namespace = "nono-profile"

// maxSigned is the largest file that is signed or checked, in bytes.
const maxSigned = 1 << 20

// sign puts a detached signature beside each file.
func sign(args []string, out io.Writer) (int, error) {
	set := flag.NewFlagSet("", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	key := set.String("key", "", "")
	if err := set.Parse(args); err != nil || *key == "" || set.NArg() == 0 {
		return 0, cli.Misuse("sign", "give a key and a file", "nono policy sign --key ~/.ssh/id_ed25519 FILE")
	}
	signer, err := privateKey(*key)
	if err != nil {
		return 0, err
	}
	for _, file := range set.Args() {
		text, err := readSmall(file)
		if err != nil {
			return 0, &fault.Error{Do: "sign", Path: file, Err: err}
		}
		signature, err := sshsig.Sign(signer, namespace, bytes.NewReader(text))
		if err != nil {
			return 0, &fault.Error{Do: "sign", Path: file, Err: err}
		}
		if err := os.WriteFile(file+".sig", signature, 0o644); err != nil {
			return 0, &fault.Error{Do: "write the signature", Path: file + ".sig", Err: err}
		}
		if err := say(out, "signed: "+fault.Quote(file)+" ("+ssh.FingerprintSHA256(signer.PublicKey())+")\n"); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// privateKey reads a private key that no passphrase protects.
func privateKey(file string) (ssh.Signer, error) {
	text, err := readSmall(file)
	if err != nil {
		return nil, &fault.Error{Do: "read the key", Path: file, Err: err}
	}
	signer, err := ssh.ParsePrivateKey(text)
	var locked *ssh.PassphraseMissingError
	if err != nil {
		f := &fault.Error{Do: "use the key", Path: file, Err: fault.Text("it is no private key of OpenSSH's"),
			Hint: "ssh-keygen -Y sign -n " + namespace + " -f KEY FILE makes the same signature, with an agent or a security key too"}
		if errors.As(err, &locked) {
			f.Err = fault.Text("a passphrase protects it")
		}
		return nil, f
	}
	return signer, nil
}

// readSmall reads a whole file of at most maxSigned bytes, or standard input for "-".
func readSmall(name string) ([]byte, error) {
	f := os.Stdin
	if name != "-" {
		var err error
		if f, err = os.Open(name); err != nil {
			return nil, err
		}
		defer f.Close()
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSigned+1))
	if err == nil && len(text) > maxSigned {
		err = fault.Text("it is larger than 1 MiB")
	}
	return text, err
}
