package main

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
)

// wanted is what a bundle must have besides a signature: the certificate is in a
// certificate log, the signature in a transparency log, and a clock that is trusted says
// when it was made, so that the certificate, which lives some minutes, was valid then.
var wanted = []verify.VerifierOption{
	verify.WithSignedCertificateTimestamps(1), verify.WithTransparencyLog(1), verify.WithObserverTimestamps(1),
}

// check says who has signed, or why the signature does not hold. Both kinds of bundles
// are taken: a signature of the bytes, and an attestation (DSSE, in-toto) whose subject
// has their digest.
func check(signed verify.SignedEntity, trusted root.TrustedMaterial, may []identity, artifact verify.ArtifactPolicyOption, wanted []verify.VerifierOption) (string, error) {
	content, err := signed.VerificationContent()
	if err != nil {
		return "", err
	}
	if content.Certificate() == nil {
		return "", fault.Text("it is signed with a bare key, which names nobody")
	}
	verifier, err := verify.NewVerifier(trusted, wanted...)
	if err != nil {
		return "", err
	}
	// Who it was comes last, by our own list: the error can name them then.
	result, err := verifier.Verify(signed, verify.NewPolicy(artifact, verify.WithoutIdentitiesUnsafe()))
	if err != nil {
		return "", reason(err)
	}
	if result.Signature == nil || result.Signature.Certificate == nil {
		return "", fault.Text("its certificate names nobody")
	}
	who := identity{result.Signature.Certificate.Issuer, result.Signature.Certificate.SubjectAlternativeName}
	for _, id := range may {
		if id.matches(who) {
			return who.String(), nil
		}
	}
	return "", fault.Text("its signer, " + who.String() + ", is not one that may sign")
}

// stages are how the library's errors begin, and what they mean here.
var stages = [...]struct{ begins, means string }{
	{"failed to verify log inclusion", "it is in no transparency log that is trusted"},
	{"failed to verify timestamps", "no clock that is trusted says when it was signed"},
	{"failed to verify leaf certificate", "its certificate did not hold when it was signed"},
	{"failed to verify signed certificate timestamp", "its certificate is in no certificate log that is trusted"},
	{"failed to verify signature", "the signature is not of these bytes"},
}

// reason says in words for a person why a bundle does not hold; what the library says of
// it stands behind.
func reason(err error) error {
	// The library's errors may have several lines.
	said := strings.Join(strings.Fields(err.Error()), " ")
	if strings.Contains(said, "integrated time outside certificate validity") {
		return errors.New("its certificate did not hold when it was signed (" + said + ")")
	}
	for _, s := range stages {
		if why, ok := strings.CutPrefix(said, s.begins); ok {
			return errors.New(s.means + " (" + strings.TrimPrefix(why, ": ") + ")")
		}
	}
	return errors.New(said)
}

func reader(text []byte) io.Reader { return bytes.NewReader(text) }
