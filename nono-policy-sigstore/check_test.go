package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/testing/ca"
	"github.com/sigstore/sigstore-go/pkg/tlog"
	"github.com/sigstore/sigstore-go/pkg/verify"
)

// published is the directory with the bundles that Sigstore publishes for tests: in the
// module cache, and not in this repository.
func published(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/sigstore/sigstore-go").Output()
	if err != nil {
		t.Fatalf("where the module is: %v", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "pkg/testing/data")
}

func load(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The digest that a published attestation is about, and the issuer of most.
const (
	sha512Of0_0_7 = "bbfd372fc9beeb777fe35d05bb10c0c70a9733d366a75fed7dd18866c7391de3ee7e88ba74dd47abf3e15c845e547fcf0e5c3da80854c751554224d3a6d4e55f"
	actions       = "https://token.actions.githubusercontent.com"
)

// What Sigstore itself has published holds, for whom it is about and for nobody else.
func TestPublished(t *testing.T) {
	dir := published(t)
	good, err := root.NewTrustedRootFromJSON(load(t, dir+"/trusted-roots/public-good.json"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := root.NewTrustedRootFromJSON(load(t, dir+"/trusted-roots/scaffolding.json"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(load(t, dir+"/bundles/dsse.sigstore.json"))
	is := digest(t, "sha512", sha512Of0_0_7)
	proved := string(load(t, dir+"/bundles/sigstore.js@2.0.0-provenance.sigstore.json"))
	isProved := digest(t, "sha512", subject(t, proved))
	whoProved := signer(t, proved, good, isProved)
	ours := []identity{{"https://accounts.google.com", "*@example.org"}, {actions, "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main"}}
	who := signer(t, text, good, is)
	for name, c := range map[string]struct {
		text     string
		trusted  root.TrustedMaterial
		may      []identity
		artifact verify.ArtifactPolicyOption
		want     string
	}{
		"as it is":           {text, good, []identity{who}, is, "nil"},
		"one of several":     {text, good, append(ours, who), is, "nil"},
		"other bytes":        {text, good, []identity{who}, verify.WithArtifact(strings.NewReader("x")), "the signature is not of these bytes"},
		"another digest":     {text, good, []identity{who}, digest(t, "sha512", strings.Repeat("00", 64)), "the signature is not of these bytes"},
		"another kind of it": {text, good, []identity{who}, digest(t, "sha256", sha512Of0_0_7[:64]), "the signature is not of these bytes"},
		"another subject":    {text, good, []identity{{who.issuer, "https://github.com/else/where"}}, is, "is not one that may sign"},
		"another issuer":     {text, good, []identity{{"https://accounts.google.com", who.subject}}, is, "is not one that may sign"},
		"nobody":             {text, good, nil, is, "is not one that may sign"},
		"another root":       {text, other, []identity{who}, is, "it is in no transparency log that is trusted"},
		"no entry":           {without(t, text, "tlogEntries"), good, []identity{who}, is, ""},
		"changed payload":    {swap(t, text, `"payload":"`), good, []identity{who}, is, ""},
		"changed signature":  {swap(t, text, `"sig":"`), good, []identity{who}, is, ""},
		"changed entry":      {swap(t, text, `"canonicalizedBody":"`), good, []identity{who}, is, ""},
		"changed promise":    {swap(t, text, `"signedEntryTimestamp":"`), good, []identity{who}, is, ""},
		"with a proof":       {proved, good, []identity{whoProved}, isProved, "nil"},
		"changed proof":      {swap(t, proved, `"rootHash":"`), good, []identity{whoProved}, isProved, ""},
		"changed checkpoint": {swap(t, proved, `"envelope":"`), good, []identity{whoProved}, isProved, ""},
		"another's digest":   {proved, good, []identity{whoProved}, is, "the signature is not of these bytes"},
		"changed time":       {strings.Replace(text, `"integratedTime": "16`, `"integratedTime": "15`, 1), good, []identity{who}, is, ""},
		"two signatures":     {string(load(t, dir+"/bundles/dsse-2sigs.sigstore.json")), good, []identity{who}, is, "exactly one signature"},
		"a bare key":         {string(load(t, dir+"/bundles/public-key-validity.sigstore.json")), good, []identity{who}, is, "it is signed with a bare key"},
		"another's root":     {string(load(t, dir+"/bundles/othername.sigstore.json")), good, []identity{who}, is, "it is in no transparency log that is trusted"},
	} {
		if c.text == text && name != "as it is" && c.want == "" {
			t.Errorf("%s: nothing is changed", name)
		}
		got := "nil"
		b := &bundle.Bundle{}
		if err := b.UnmarshalJSON([]byte(c.text)); err != nil {
			got = err.Error()
		} else if _, err := check(b, c.trusted, c.may, c.artifact, wanted); err != nil {
			got = err.Error()
		}
		if c.want == "nil" != (got == "nil") || c.want != "nil" && !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		t.Logf("%s: %s", name, got)
	}
}

func digest(t *testing.T, algorithm, text string) verify.ArtifactPolicyOption {
	t.Helper()
	d, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return verify.WithArtifactDigest(algorithm, d)
}

// subject is the digest of what an attestation is about.
func subject(t *testing.T, text string) string {
	t.Helper()
	var b struct{ DsseEnvelope struct{ Payload []byte } }
	var s struct {
		Subject []struct{ Digest map[string]string }
	}
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b.DsseEnvelope.Payload, &s); err != nil {
		t.Fatal(err)
	}
	return s.Subject[0].Digest["sha512"]
}

// signer is who has signed a bundle, by what the refusal of a list without them says.
func signer(t *testing.T, text string, trusted root.TrustedMaterial, is verify.ArtifactPolicyOption) identity {
	t.Helper()
	b := &bundle.Bundle{}
	if err := b.UnmarshalJSON([]byte(text)); err != nil {
		t.Fatal(err)
	}
	_, err := check(b, trusted, nil, is, wanted)
	subject, issuer, ok := strings.Cut(strings.TrimPrefix(err.Error(), "its signer, '"), "' (")
	issuer, _, _ = strings.Cut(issuer, ")")
	if !ok {
		t.Fatal(err)
	}
	return identity{issuer, subject}
}

// swap changes one character behind a key of the bundle.
func swap(t *testing.T, text, key string) string {
	t.Helper()
	text = strings.ReplaceAll(text, "\": ", "\":")
	at := strings.Index(text, key)
	if at < 0 {
		t.Fatalf("no %s in %.300s", key, text)
	}
	at += len(key) + 40
	with := "A"
	if text[at] == 'A' {
		with = "B"
	}
	return text[:at] + with + text[at+1:]
}

// without takes all entries out of a list of the bundle.
func without(t *testing.T, text, key string) string {
	t.Helper()
	text = strings.ReplaceAll(text, "\": ", "\":")
	at := strings.Index(text, `"`+key+`":[`)
	if at < 0 {
		t.Fatal("no " + key)
	}
	depth := 0
	for i := at + len(key) + 3; i < len(text); i++ {
		switch text[i] {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return text[:at+len(key)+4] + text[i:]
			}
		}
	}
	t.Fatal("no end")
	return ""
}

// changed is a signed entity without some of its parts.
type changed struct {
	*ca.TestEntity
	noEntries bool
	noTimes   bool
}

func (c changed) TlogEntries() ([]*tlog.Entry, error) {
	if c.noEntries {
		return nil, nil
	}
	return c.TestEntity.TlogEntries()
}

func (c changed) Timestamps() ([][]byte, error) {
	if c.noTimes {
		return nil, nil
	}
	return c.TestEntity.Timestamps()
}

// A whole Sigstore of the library's own tests: what it signs holds, and what is not as it
// must be is refused with the reason. Its certificates are in no certificate log, which is
// a row of its own and left out of what the others want.
func TestVirtual(t *testing.T) {
	virtual, err := ca.NewVirtualSigstore()
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := ca.NewVirtualSigstore()
	if err != nil {
		t.Fatal(err)
	}
	const profile, subject, issuer = "read ~/x\n", "security@company.example", "https://issuer.example"
	sum := sha256.Sum256([]byte(profile))
	statement := []byte(`{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a.profile","digest":{"sha256":"` +
		hex.EncodeToString(sum[:]) + `"}}],"predicateType":"https://example.org/reviewed","predicate":{}}`)
	sign := func(at time.Time) *ca.TestEntity {
		e, err := virtual.SignAtTime(subject, issuer, []byte(profile), at)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	attest := func(at time.Time) *ca.TestEntity {
		e, err := virtual.AttestAtTime(subject, issuer, statement, at, false)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	logged := []verify.VerifierOption{verify.WithTransparencyLog(1), verify.WithIntegratedTimestamps(1)}
	now := time.Now().Add(5 * time.Minute) // when the virtual certificate is valid
	may := []identity{{issuer, "*@company.example"}}
	for name, c := range map[string]struct {
		signed  verify.SignedEntity
		trusted root.TrustedMaterial
		may     []identity
		text    string
		wanted  []verify.VerifierOption
		want    string
	}{
		"a signature":             {sign(now), virtual, may, profile, logged, "nil"},
		"an attestation":          {attest(now), virtual, may, profile, logged, "nil"},
		"a changed byte":          {sign(now), virtual, may, "read ~/y\n", logged, "the signature is not of these bytes"},
		"attested, a changed one": {attest(now), virtual, may, "read ~/y\n", logged, "the signature is not of these bytes"},
		"another signer":          {sign(now), virtual, []identity{{issuer, "*@else.example"}}, profile, logged, "its signer, 'security@company.example' (https://issuer.example), is not one that may sign"},
		"another issuer":          {attest(now), virtual, []identity{{"https://else.example", subject}}, profile, logged, "is not one that may sign"},
		"expired":                 {attest(now.Add(40 * time.Minute)), virtual, may, profile, logged, "its certificate did not hold when it was signed"},
		"not yet valid":           {attest(now.Add(-30 * time.Minute)), virtual, may, profile, logged, "its certificate did not hold when it was signed"},
		"no log entry":            {changed{attest(now), true, false}, virtual, may, profile, wanted, "it is in no transparency log that is trusted"},
		"no time":                 {changed{attest(now), true, true}, virtual, may, profile, []verify.VerifierOption{verify.WithObserverTimestamps(1)}, "no clock that is trusted says when it was signed"},
		"another Sigstore":        {attest(now), stranger, may, profile, logged, "it is in no transparency log that is trusted"},
		"no certificate log":      {attest(now), virtual, may, profile, wanted, "its certificate is in no certificate log that is trusted"},
	} {
		got := "nil"
		if _, err := check(c.signed, c.trusted, c.may, verify.WithArtifact(strings.NewReader(c.text)), c.wanted); err != nil {
			got = err.Error()
		}
		if c.want == "nil" != (got == "nil") || c.want != "nil" && !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		t.Logf("%s: %s", name, got)
	}
}

func TestIdentities(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "nobody is in it",
		"# nobody\n\n":                    "nobody is in it",
		"https://a.example x@y.example\n": "",
		"https://a.example\n":             "line 1: an issuer and a subject are wanted",
		"https://a.example a b\n":         "line 1: an issuer and a subject are wanted",
		"a.example x@y\n":                 "is no address of the form https://",
		"https://*.example x@y\n":         "is no address of the form https://",
		"# x\nhttps://a.example *\n":      "line 2: the subject \"*\" is everybody",
		"https://a.example *@*\n":         "is everybody",
		"https://a.example **/*\n":        "is everybody",
	} {
		_, err := parseIdentities(text)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	for _, c := range []struct {
		pattern, subject string
		want             bool
	}{
		{"a@b.example", "a@b.example", true},
		{"a@b.example", "A@b.example", false},
		{"a@b.example", "a@b.example.evil", false},
		{"*@b.example", "x@b.example", true},
		{"*@b.example", "x@y@b.example", false},
		{"*@b.example", "x@b.example@evil.example", false},
		{"https://github.com/o/*/.github/workflows/r.yml@refs/tags/*", "https://github.com/o/p/.github/workflows/r.yml@refs/tags/v1", true},
		{"https://github.com/o/*/.github/workflows/r.yml@refs/tags/*", "https://github.com/o/p/q/.github/workflows/r.yml@refs/tags/v1", false},
		{"https://github.com/o/*", "https://github.com/o/p/x", false},
		{"https://github.com/o/*", "https://github.com/other/x", false},
		{"a.b@c", "axb@c", false},
		{"*@b", "", false},
	} {
		if got := (identity{"https://i", c.pattern}).matches(identity{"https://i", c.subject}); got != c.want {
			t.Errorf("%q %q: %v", c.pattern, c.subject, got)
		}
	}
}
