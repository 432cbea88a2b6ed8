package sshsig

import (
	"bytes"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// TestSecurityKeys: signatures that the real ssh-keygen has made with keys of a security key
// hold, and say so where nobody has touched it. ssh-keygen itself takes the latter.
func TestSecurityKeys(t *testing.T) {
	const dir = "testdata/security-key"
	read := func(name string) []byte {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	message := read("signed")
	for name, want := range map[string]string{"ed25519-sk": "", "ecdsa-sk": "",
		"ed25519-sk-untouched": "nobody touched the security key that made the signature", "ecdsa-sk-untouched": "nobody touched the security key that made the signature"} {
		t.Run(name, func(t *testing.T) {
			armored := read(name + ".sig")
			s, err := Parse(armored)
			if err != nil {
				t.Fatal(err)
			}
			key, _, _, _, err := ssh.ParseAuthorizedKey(read(name + ".pub"))
			if err != nil || !bytes.Equal(key.Marshal(), s.Key.Marshal()) {
				t.Fatalf("%v, another key", err)
			}
			if err := s.Verify(message); (err == nil) != (want == "") || err != nil && err.Error() != want {
				t.Errorf("%v, want %q", err, want)
			}
			if err := s.Verify(append(bytes.Clone(message), '\n')); err == nil {
				t.Error("a changed message is taken")
			}
			everyByte(t, armored, message)
		})
	}
}

// everyByte changes each byte behind the preamble of a signature in turn: the key, the
// namespace, the signature, its flags and its counter. None of these is a good one.
func everyByte(t *testing.T, armored, message []byte) {
	t.Helper()
	block, _ := pem.Decode(armored)
	allowed := Signers{}
	if s, err := Parse(armored); err == nil {
		allowed = Signers{{Principals: "me", Key: s.Key}}
	}
	for i := len(magic); i < len(block.Bytes); i++ {
		changed := bytes.Clone(block.Bytes)
		changed[i] ^= 1
		s, err := Parse(pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: changed}))
		if err != nil || s.Namespace != "nono-profile" || s.Verify(message) != nil {
			continue
		}
		if _, err := allowed.Allow(s, "", time.Now()); err == nil {
			t.Errorf("byte %d of %d does not count", i, len(block.Bytes))
		}
	}
	if strings.Count(string(armored), "BEGIN") != 1 {
		t.Error("not one signature")
	}
}
