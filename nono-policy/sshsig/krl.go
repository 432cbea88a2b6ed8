package sshsig

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"

	"golang.org/x/crypto/ssh"
)

// krlMagic begins a key revocation list of OpenSSH's, whose form is in PROTOCOL.krl.
const krlMagic = "SSHKRL\n\x00"

// The sections of a list, and those of the section about certificates.
const (
	krlCertificates = 1
	krlKeys         = 2
	krlSHA1         = 3
	krlSignature    = 4
	krlSHA256       = 5
	krlExtension    = 255

	certSerials   = 0x20
	certRange     = 0x21
	certBitmap    = 0x22
	certKeyIDs    = 0x23
	certExtension = 0x39
)

var errCut = errors.New("the key revocation list ends too early")

// A reader takes values off the wire form (RFC 4251, 5). The first value that is not
// there is an error, and all that follow are empty.
type reader struct {
	rest []byte
	err  error
}

func (r *reader) take(n uint64) []byte {
	if r.err != nil || uint64(len(r.rest)) < n {
		r.err = errCut
		return make([]byte, min(n, 8))
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) byte() byte     { return r.take(1)[0] }
func (r *reader) uint64() uint64 { return binary.BigEndian.Uint64(r.take(8)) }
func (r *reader) string() []byte { return r.take(uint64(binary.BigEndian.Uint32(r.take(4)))) }
func (r *reader) more() bool     { return r.err == nil && len(r.rest) > 0 }

// inKRL reports whether one of the keys, or the certificate where there is one, is in
// the list. A part of the list that is not known is an error if it must be heeded. The
// signatures that a list may have are not looked at: the list is trusted for where it is.
func inKRL(list []byte, keys []ssh.PublicKey, cert *ssh.Certificate) (bool, error) {
	r := &reader{rest: list[len(krlMagic):]}
	if version := binary.BigEndian.Uint32(r.take(4)); r.err == nil && version != 1 {
		return false, fmt.Errorf("the key revocation list has the form %d, which is not known", version)
	}
	r.take(8 + 8 + 8) // the list's version, its date, flags
	r.string()        // reserved
	r.string()        // a comment
	found := false
	for r.more() {
		kind, section := r.byte(), &reader{rest: r.string()}
		if r.err != nil {
			break
		}
		in, err := section.revokes(kind, keys, cert)
		if err != nil {
			return false, err
		}
		found = found || in
	}
	return found && r.err == nil, r.err
}

// revokes reads one section. It is read to its end even when the key has been found: a
// list with a mistake in it is not heeded by half.
func (r *reader) revokes(kind byte, keys []ssh.PublicKey, cert *ssh.Certificate) (found bool, err error) {
	switch kind {
	case krlKeys, krlSHA1, krlSHA256:
		for r.more() {
			entry := r.string()
			for _, k := range keys {
				found = found || r.err == nil && bytes.Equal(entry, digestOf(kind, k.Marshal()))
			}
		}
	case krlCertificates:
		return r.certificates(cert)
	case krlSignature:
	case krlExtension:
		return false, r.extension()
	default:
		return false, fmt.Errorf("the key revocation list has a section %d, which is not known", kind)
	}
	return found, r.err
}

// digestOf is how a section of that kind names a key.
func digestOf(kind byte, key []byte) []byte {
	switch kind {
	case krlSHA1:
		sum := sha1.Sum(key)
		return sum[:]
	case krlSHA256:
		sum := sha256.Sum256(key)
		return sum[:]
	}
	return key
}

// certificates reads the section about the certificates of one authority, or of all.
func (r *reader) certificates(cert *ssh.Certificate) (found bool, err error) {
	authority := r.string()
	r.string() // reserved
	meant := cert != nil && (len(authority) == 0 || bytes.Equal(authority, cert.SignatureKey.Marshal()))
	for r.more() {
		kind, part := r.byte(), &reader{rest: r.string()}
		if r.err != nil {
			break
		}
		in := false
		switch kind {
		case certSerials, certRange, certBitmap:
			in = part.serial(kind, cert)
		case certKeyIDs:
			for part.more() {
				id := string(part.string())
				in = in || cert != nil && part.err == nil && id == cert.KeyId
			}
		case certExtension:
			part.err = part.extension()
		default:
			return false, fmt.Errorf("the key revocation list has a section %#x about certificates, which is not known", kind)
		}
		if part.err != nil {
			return false, part.err
		}
		found = found || in && meant
	}
	return found, r.err
}

// serial reports whether the certificate's serial number is in a part of the list. An
// authority that gives no numbers gives 0, which no list of numbers means.
func (r *reader) serial(kind byte, cert *ssh.Certificate) (found bool) {
	is := func(low, high uint64) bool {
		return r.err == nil && cert != nil && cert.Serial != 0 && low <= cert.Serial && cert.Serial <= high
	}
	switch kind {
	case certSerials:
		for r.more() {
			n := r.uint64()
			found = found || is(n, n)
		}
	case certRange:
		low, high := r.uint64(), r.uint64()
		found = is(low, high)
	case certBitmap:
		offset := r.uint64()
		bits := new(big.Int).SetBytes(r.string())
		found = is(offset, ^uint64(0)) && cert.Serial-offset < uint64(bits.BitLen()) && bits.Bit(int(cert.Serial-offset)) == 1
	}
	return found
}

// extension passes over one that need not be heeded.
func (r *reader) extension() error {
	name := r.string()
	if must := r.byte(); r.err == nil && must != 0 {
		return fmt.Errorf("the key revocation list has the extension %q, which is not known and must be heeded", name)
	}
	r.string()
	return r.err
}
