package sshsig

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// Signers are the lines of an allowed-signers file (ssh-keygen(1), ALLOWED SIGNERS).
type Signers []Signer

// A Signer is who may sign, with which key, for what and when.
type Signer struct {
	Principals    string // patterns with commas between them
	Key           ssh.PublicKey
	CertAuthority bool     // Key signs certificates, and nothing else
	Namespaces    []string // patterns; none for all
	After, Before time.Time
	line          int
}

// ParseSigners reads an allowed-signers file. A line that cannot be understood is an
// error: what it means might be a limit.
func ParseSigners(text []byte) (Signers, error) {
	var all Signers
	for i, line := range bytes.Split(text, []byte("\n")) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		s, err := parseSigner(string(line))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		s.line = i + 1
		all = append(all, s)
	}
	return all, nil
}

func parseSigner(line string) (s Signer, err error) {
	if s.Principals, line, err = word(line); err != nil {
		return s, err
	}
	// Options, a type and a key are left: the options are those of authorized_keys.
	key, _, options, rest, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil || len(rest) > 0 {
		return s, errors.New("there is no key")
	}
	s.Key = key
	for _, o := range options {
		name, value, has := strings.Cut(o, "=")
		value = strings.TrimSuffix(strings.TrimPrefix(value, `"`), `"`)
		switch name = strings.ToLower(name); {
		case name == "cert-authority" && !has:
			s.CertAuthority = true
		case name == "namespaces" && value != "":
			s.Namespaces = strings.Split(value, ",")
		case name == "valid-after" && has:
			s.After, err = moment(value)
		case name == "valid-before" && has:
			s.Before, err = moment(value)
		default:
			return s, fmt.Errorf("the option %q is not known", name)
		}
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

// word takes the first word off a line, which may be in quotes.
func word(line string) (first, rest string, err error) {
	if strings.HasPrefix(line, `"`) {
		first, rest, ok := strings.Cut(line[1:], `"`)
		if !ok || first == "" {
			return "", "", errors.New("the principals are not quoted as they should be")
		}
		return first, strings.TrimSpace(rest), nil
	}
	i := strings.IndexAny(line, " \t")
	if i < 0 {
		return "", "", errors.New("there is no key")
	}
	return line[:i], strings.TrimSpace(line[i:]), nil
}

// moment reads a time as YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, in this machine's
// zone or, with a Z behind it, in UTC.
func moment(text string) (time.Time, error) {
	zone := time.Local
	digits, utc := strings.CutSuffix(text, "Z")
	if utc {
		zone = time.UTC
	}
	for _, layout := range []string{"20060102", "200601021504", "20060102150405"} {
		if len(digits) == len(layout) {
			if t, err := time.ParseInLocation(layout, digits, zone); err == nil {
				return t, nil
			}
		}
	}
	return time.Time{}, fmt.Errorf("the time %q is not written as YYYYMMDD[HHMM[SS]][Z]", text)
}

// Allow returns the principals of the line that lets the signature's key sign for its
// namespace at that time, or why none does. principal is who must have signed, or ""
// for anybody in the file.
func (all Signers) Allow(s *Signature, principal string, now time.Time) (string, error) {
	why := errors.New("its key is none of an allowed signer's")
	for _, line := range all {
		who, err := line.allow(s, principal, now)
		if err == nil {
			return who, nil
		}
		if err != errOther {
			why = err // the line of this very key says more than the others
		}
	}
	return "", why
}

var errOther = errors.New("another key")

func (l *Signer) allow(s *Signature, principal string, now time.Time) (string, error) {
	cert, certified := s.Key.(*ssh.Certificate)
	switch {
	case l.CertAuthority != certified:
		return "", errOther
	case certified && !same(cert.SignatureKey, l.Key), !certified && !same(s.Key, l.Key):
		return "", errOther
	case principal != "" && !matches(l.Principals, principal):
		return "", fmt.Errorf("its key is not that of %q", principal)
	case len(l.Namespaces) > 0 && !matches(strings.Join(l.Namespaces, ","), s.Namespace):
		return "", fmt.Errorf("its signer may not sign for %q", s.Namespace)
	case !l.After.IsZero() && now.Before(l.After):
		return "", errors.New("its signer may not sign yet: valid-after " + l.After.UTC().Format(time.RFC3339))
	case !l.Before.IsZero() && !now.Before(l.Before):
		return "", errors.New("its signer may sign no more: valid-before " + l.Before.UTC().Format(time.RFC3339))
	case !certified:
		return l.Principals, nil
	}
	return l.certificate(cert, principal, now)
}

// certificate checks a certificate that the line's authority has signed.
func (l *Signer) certificate(cert *ssh.Certificate, principal string, now time.Time) (string, error) {
	if cert.CertType != ssh.UserCert || len(cert.ValidPrincipals) == 0 {
		return "", errors.New("its certificate is not one of a user's, or names nobody")
	}
	checker := ssh.CertChecker{Clock: func() time.Time { return now }}
	why := errors.New("its certificate names nobody that its authority may certify")
	for _, name := range cert.ValidPrincipals {
		if principal != "" && name != principal || !matches(l.Principals, name) {
			continue
		}
		if err := checker.CheckCert(name, cert); err != nil {
			why = errors.New("its certificate does not hold: " + strings.TrimPrefix(err.Error(), "ssh: "))
			continue
		}
		return name, nil
	}
	return "", why
}

func same(a, b ssh.PublicKey) bool { return bytes.Equal(a.Marshal(), b.Marshal()) }

// matches reports whether a list of patterns, of which those with a '!' take away, has
// the name in it (ssh_config(5), PATTERNS).
func matches(patterns, name string) bool {
	found := false
	for p := range strings.SplitSeq(patterns, ",") {
		p, not := strings.CutPrefix(strings.TrimSpace(p), "!")
		if !like(p, name) {
			continue
		}
		if not {
			return false
		}
		found = true
	}
	return found
}

// like reports whether a name has the form of a pattern with '*' and '?'. No other sign
// stands for more than itself.
func like(pattern, name string) bool {
	literal := strings.NewReplacer(`\`, `\\`, "[", `\[`, "/", "\x00").Replace(pattern)
	ok, err := path.Match(literal, strings.ReplaceAll(name, "/", "\x00"))
	return ok && err == nil
}

// Revoked reports whether the signature's key, or that of the authority which has
// certified it, is in a file of revoked public keys, or in a key revocation list.
func Revoked(file []byte, s *Signature) (bool, error) {
	keys := []ssh.PublicKey{s.Key}
	cert, _ := s.Key.(*ssh.Certificate)
	if cert != nil {
		keys = append(keys, cert.Key, cert.SignatureKey)
	}
	if bytes.HasPrefix(file, []byte(krlMagic)) {
		return inKRL(file, keys, cert)
	}
	for i, line := range bytes.Split(file, []byte("\n")) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		key, _, _, _, err := ssh.ParseAuthorizedKey(line)
		if err != nil {
			return false, fmt.Errorf("line %d: there is no key", i+1)
		}
		for _, k := range keys {
			if same(k, key) {
				return true, nil
			}
		}
	}
	return false, nil
}
