// Package sshsig makes and checks OpenSSH's detached signatures, as ssh-keygen -Y sign
// and -Y verify do. The form is that of PROTOCOL.sshsig in OpenSSH's source.
package sshsig

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/pem"
	"errors"
	"io"
	"strings"

	"golang.org/x/crypto/ssh"
)

const (
	armor   = "SSH SIGNATURE"
	magic   = "SSHSIG"
	version = 1
)

// A Signature is a signature that has been read, and not yet checked.
type Signature struct {
	Key       ssh.PublicKey // of the signer, or a certificate for it
	Namespace string
	hash      string
	signature *ssh.Signature
}

// envelope is the signature as it is written, behind the magic.
type envelope struct {
	Version   uint32
	PublicKey []byte
	Namespace string
	Reserved  string
	Hash      string
	Signature []byte
}

// signed is what the key signs, behind the magic.
type signed struct {
	Namespace string
	Reserved  string
	Hash      string
	Digest    []byte
}

// Parse reads an armored signature. Nothing may stand before or behind it.
func Parse(text []byte) (*Signature, error) {
	block, rest := pem.Decode(text)
	if block == nil || block.Type != armor || len(block.Headers) > 0 || len(bytes.TrimSpace(rest)) > 0 ||
		!bytes.HasPrefix(text, []byte("-----BEGIN ")) {
		return nil, errors.New("it is no signature of OpenSSH's")
	}
	data, ok := bytes.CutPrefix(block.Bytes, []byte(magic))
	if !ok {
		return nil, errors.New("it is no signature of OpenSSH's")
	}
	var e envelope
	if err := ssh.Unmarshal(data, &e); err != nil || e.Version != version {
		return nil, errors.New("the signature is of a form that is not known")
	}
	s := &Signature{Namespace: e.Namespace, hash: e.Hash, signature: new(ssh.Signature)}
	var err error
	if s.Key, err = ssh.ParsePublicKey(e.PublicKey); err != nil {
		return nil, errors.New("the signature's key is of a type that is not known")
	}
	if err := ssh.Unmarshal(e.Signature, s.signature); err != nil || e.Reserved != "" {
		return nil, errors.New("the signature is of a form that is not known")
	}
	return s, nil
}

// Verify checks that the signature is of message. It tells nothing about whose key it is.
func (s *Signature) Verify(message []byte) error {
	digest, err := digest(s.hash, message)
	if err != nil {
		return err
	}
	if s.signature.Format == ssh.KeyAlgoRSA {
		return errors.New("the signature uses SHA-1")
	}
	key := s.Key
	if cert, ok := key.(*ssh.Certificate); ok {
		key = cert.Key
	}
	if key.Verify(toSign(s.Namespace, s.hash, digest), s.signature) != nil {
		if s.untouched(key) {
			return errors.New("nobody touched the security key that made the signature")
		}
		return errors.New("the signature is not of these bytes")
	}
	return nil
}

// untouched reports whether the signature says that it was made by a security key which
// nobody touched for that (no-touch-required): a program alone can have made it, so it does
// not hold. The flags, of which the lowest bit means a touch, stand behind the signature
// proper (OpenSSH's PROTOCOL.u2f).
func (s *Signature) untouched(key ssh.PublicKey) bool {
	return strings.HasPrefix(key.Type(), "sk-") && len(s.signature.Rest) > 0 && s.signature.Rest[0]&1 == 0
}

// Sign signs message with a key, for a namespace.
func Sign(key ssh.Signer, namespace string, message io.Reader) ([]byte, error) {
	const hash = "sha512" // ssh-keygen's own choice
	all, err := io.ReadAll(message)
	if err != nil {
		return nil, err
	}
	digest, _ := digest(hash, all)
	data := toSign(namespace, hash, digest)
	var signature *ssh.Signature
	if with, ok := key.(ssh.AlgorithmSigner); ok && key.PublicKey().Type() == ssh.KeyAlgoRSA {
		signature, err = with.SignWithAlgorithm(rand.Reader, data, ssh.KeyAlgoRSASHA512)
	} else {
		signature, err = key.Sign(rand.Reader, data)
	}
	if err != nil {
		return nil, err
	}
	body := append([]byte(magic), ssh.Marshal(envelope{version, key.PublicKey().Marshal(), namespace, "", hash, ssh.Marshal(signature)})...)
	return pem.EncodeToMemory(&pem.Block{Type: armor, Bytes: body}), nil
}

func toSign(namespace, hash string, digest []byte) []byte {
	return append([]byte(magic), ssh.Marshal(signed{namespace, "", hash, digest})...)
}

func digest(hash string, message []byte) ([]byte, error) {
	switch hash {
	case "sha256":
		d := sha256.Sum256(message)
		return d[:], nil
	case "sha512":
		d := sha512.Sum512(message)
		return d[:], nil
	}
	return nil, errors.New("the signature's digest is not known")
}
