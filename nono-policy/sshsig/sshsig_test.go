package sshsig

import (
	"bytes"
	"crypto/ed25519"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// signer makes a key of that first byte.
func signer(t *testing.T, seed byte) ssh.Signer {
	t.Helper()
	s, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(seed), ed25519.SeedSize))))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestEveryByteCounts: a signature with one changed byte is none of the signer's, and a
// message with one is not what was signed.
func TestEveryByteCounts(t *testing.T) {
	const message = "read /srv\n"
	key := signer(t, 'a')
	armored, err := Sign(key, "nono-profile", strings.NewReader(message))
	if err != nil {
		t.Fatal(err)
	}
	allowed := Signers{{Principals: "me", Key: key.PublicKey()}}
	holds := func(armored, message []byte) bool {
		s, err := Parse(armored)
		if err != nil || s.Namespace != "nono-profile" || s.Verify(message) != nil {
			return false
		}
		_, err = allowed.Allow(s, "", time.Now())
		return err == nil
	}
	if !holds(armored, []byte(message)) {
		t.Fatal("the signature does not hold")
	}
	for i := range message {
		changed := []byte(message)
		changed[i] ^= 1
		if holds(armored, changed) {
			t.Errorf("byte %d of the message does not count", i)
		}
	}
	body := strings.Index(string(armored), "\n") + 1
	end := strings.Index(string(armored), "=")
	if end < 0 {
		end = strings.LastIndex(string(armored), "-----END")
	}
	for i := body; i < end-1; i++ {
		changed := []byte(string(armored))
		if changed[i] == '\n' {
			continue
		}
		if changed[i] == 'A' {
			changed[i] = 'B'
		} else {
			changed[i] = 'A'
		}
		if holds(changed, []byte(message)) {
			t.Errorf("byte %d of the signature does not count", i)
		}
	}
}

// FuzzParse: no input makes a signature that holds, or a panic.
func FuzzParse(f *testing.F) {
	f.Add([]byte("-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if s, err := Parse(text); err == nil && s.Verify([]byte("x")) == nil && s.Key == nil {
			t.Error("a signature without a key")
		}
	})
}

// FuzzSigners: a line is understood whole or refused.
func FuzzSigners(f *testing.F) {
	f.Add([]byte("me namespaces=\"a\" ssh-ed25519 AAAA\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		signers, err := ParseSigners(text)
		if err == nil && len(signers) > strings.Count(string(text), "\n")+1 {
			t.Error("more signers than lines")
		}
	})
}

// FuzzKRL: whatever a list holds, there is an answer or an error.
func FuzzKRL(f *testing.F) {
	f.Add([]byte(krlMagic + "\x00\x00\x00\x01" + strings.Repeat("\x00", 32)))
	f.Add([]byte(krlMagic + "\x00\x00\x00\x01" + strings.Repeat("\x00", 32) + "\x01\x00\x00\x00\x1d" + strings.Repeat("\x00", 8) + "\x22\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\xff\xff\xff\xff"))
	f.Add([]byte(krlMagic))
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		f.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		f.Fatal(err)
	}
	cert := &ssh.Certificate{Key: signer.PublicKey(), SignatureKey: signer.PublicKey(), Serial: 5, KeyId: "x"}
	f.Fuzz(func(t *testing.T, list []byte) {
		if !bytes.HasPrefix(list, []byte(krlMagic)) {
			t.Skip()
		}
		if in, err := inKRL(list, []ssh.PublicKey{signer.PublicKey()}, cert); in && err != nil {
			t.Errorf("both: %v", err)
		}
	})
}
