package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const parts = `{"components": [
	{"name": "nono-run", "hashes": [{"alg": "SHA-256", "content": "00"}]},
	{"name": "golang.org/x/sys", "purl": "pkg:golang/golang.org/x/sys@v0.49.0",
	 "properties": [{"name": "go:sum", "value": "h1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}]}]}`

const commit = "0123456789abcdef0123456789abcdef01234567"

func put(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// The statement is about the files by their digests, and names what they were made of.
func TestStatement(t *testing.T) {
	list, archive := put(t, "a.cdx.json", parts), put(t, "nono-1.tar.gz", "abc")
	args := []string{"-version", "1", "-commit", commit, "-go", "go1.26.8", "-parts", list, archive, list}
	var once, again bytes.Buffer
	if err := run(args, &once); err != nil {
		t.Fatal(err)
	}
	if err := run(args, &again); err != nil || once.String() != again.String() {
		t.Errorf("another text: %v", err)
	}
	var s struct {
		Type          string `json:"_type"`
		PredicateType string
		Subject       []resource
		Predicate     struct {
			BuildDefinition struct {
				BuildType            string
				ExternalParameters   map[string]string
				InternalParameters   map[string]string
				ResolvedDependencies []resource
			}
			RunDetails struct{ Builder struct{ ID string } }
		}
	}
	if err := json.Unmarshal(once.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	d := s.Predicate.BuildDefinition
	switch {
	case s.Type != "https://in-toto.io/Statement/v1" || s.PredicateType != "https://slsa.dev/provenance/v1":
		t.Errorf("types %q, %q", s.Type, s.PredicateType)
	case len(s.Subject) != 2 || s.Subject[0].Name != "nono-1.tar.gz" || s.Subject[0].Digest["sha256"] != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad":
		t.Errorf("subjects %+v", s.Subject)
	case d.ExternalParameters["source"] != "git+"+repository+"@"+commit || d.ExternalParameters["version"] != "1" || d.InternalParameters["go"] != "go1.26.8":
		t.Errorf("parameters %+v", d)
	case len(d.ResolvedDependencies) != 2 || d.ResolvedDependencies[0].Digest["gitCommit"] != commit:
		t.Errorf("made of %+v", d.ResolvedDependencies)
	case d.ResolvedDependencies[1].URI != "pkg:golang/golang.org/x/sys@v0.49.0" || !strings.HasPrefix(d.ResolvedDependencies[1].Digest["dirHash"], "000102030405"):
		t.Errorf("a module %+v", d.ResolvedDependencies[1])
	case d.BuildType == "" || s.Predicate.RunDetails.Builder.ID == "":
		t.Errorf("SLSA wants a build type and a builder: %s", once.String())
	}
}

// Without what it is to tell, there is no statement.
func TestMissing(t *testing.T) {
	list, archive := put(t, "a.cdx.json", parts), put(t, "a.tar.gz", "abc")
	for name, args := range map[string][]string{
		"no commit":      {"-version", "1", "-go", "go1", "-parts", list, archive},
		"a short commit": {"-version", "1", "-commit", "0123", "-go", "go1", "-parts", list, archive},
		"no file":        {"-version", "1", "-commit", commit, "-go", "go1", "-parts", list},
		"a missing file": {"-version", "1", "-commit", commit, "-go", "go1", "-parts", list, archive + "x"},
		"no parts":       {"-version", "1", "-commit", commit, "-go", "go1", "-parts", put(t, "b", "{}"), archive},
		"a bad sum":      {"-version", "1", "-commit", commit, "-go", "go1", "-parts", put(t, "b", strings.Replace(parts, "AAEC", "AAE", 1)), archive},
	} {
		if err := run(args, &bytes.Buffer{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
