package sshsig

import (
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
