package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// repository is where the source is.
const repository = "https://github.com/nono-sandbox/nono"

// A build is what one run of make dist was.
type build struct{ version, commit, goVersion string }

// A resource is what in-toto calls a descriptor of one (in-toto/attestation, spec/v1).
type resource struct {
	Name   string            `json:"name,omitempty"`
	URI    string            `json:"uri,omitempty"`
	Digest map[string]string `json:"digest"`
}

// A statement is in-toto's (https://in-toto.io/Statement/v1), with the predicate of SLSA
// (https://slsa.dev/spec/v1.0/provenance).
type statement struct {
	Type          string     `json:"_type"`
	Subject       []resource `json:"subject"`
	PredicateType string     `json:"predicateType"`
	Predicate     provenance `json:"predicate"`
}

type provenance struct {
	BuildDefinition definition `json:"buildDefinition"`
	RunDetails      details    `json:"runDetails"`
}

type definition struct {
	BuildType            string            `json:"buildType"`
	ExternalParameters   map[string]string `json:"externalParameters"`
	InternalParameters   map[string]string `json:"internalParameters"`
	ResolvedDependencies []resource        `json:"resolvedDependencies"`
}

// details has no times: they would make every run another one.
type details struct {
	Builder struct {
		ID string `json:"id"`
	} `json:"builder"`
}

func (b build) statement(subjects, modules []resource) statement {
	s := statement{Type: "https://in-toto.io/Statement/v1", Subject: subjects, PredicateType: "https://slsa.dev/provenance/v1"}
	source := "git+" + repository + "@" + b.commit
	s.Predicate.BuildDefinition = definition{
		BuildType:          repository + "/blob/main/docs/release.md#make-dist",
		ExternalParameters: map[string]string{"source": source, "target": "dist", "version": b.version},
		InternalParameters: map[string]string{"go": b.goVersion},
		ResolvedDependencies: append([]resource{{URI: source, Digest: map[string]string{"gitCommit": b.commit}}},
			modules...),
	}
	// Nobody but who signs the file vouches for the machine on which it was made.
	s.Predicate.RunDetails.Builder.ID = repository + "/blob/main/docs/release.md#who-built-it"
	return s
}

// subjectsOf describes the files that the statement is about.
func subjectsOf(files []string) ([]resource, error) {
	var all []resource
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		sum := sha256.New()
		_, err = io.Copy(sum, f)
		f.Close()
		if err != nil {
			return nil, err
		}
		all = append(all, resource{Name: filepath.Base(file), Digest: map[string]string{"sha256": hex.EncodeToString(sum.Sum(nil))}})
	}
	return all, nil
}

// modulesOf reads from a list of parts the modules of Go that were linked in, each with
// the digest that go.sum has of it: in-toto's dirHash is the same in hexadecimal.
func modulesOf(file string) ([]resource, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var parts struct {
		Components []struct {
			Purl       string `json:"purl"`
			Properties []struct{ Name, Value string }
		}
	}
	if err := json.Unmarshal(text, &parts); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var all []resource
	for _, c := range parts.Components {
		for _, p := range c.Properties {
			if p.Name != "go:sum" || c.Purl == "" {
				continue
			}
			sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(p.Value, "h1:"))
			if err != nil || len(sum) != sha256.Size {
				return nil, fmt.Errorf("%s: %s has the sum %q", file, c.Purl, p.Value)
			}
			all = append(all, resource{URI: c.Purl, Digest: map[string]string{"dirHash": hex.EncodeToString(sum)}})
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s names no module", file)
	}
	return all, nil
}
