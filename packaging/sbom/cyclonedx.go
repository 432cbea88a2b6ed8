package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The parts of CycloneDX 1.6 that are used here
// (https://cyclonedx.org/docs/1.6/json).
type bom struct {
	Schema       string       `json:"$schema"`
	BomFormat    string       `json:"bomFormat"`
	SpecVersion  string       `json:"specVersion"`
	Version      int          `json:"version"`
	Metadata     metadata     `json:"metadata"`
	Components   []component  `json:"components"`
	Dependencies []dependency `json:"dependencies"`
}

type metadata struct {
	Timestamp string    `json:"timestamp"`
	Component component `json:"component"`
}

type component struct {
	Type     string     `json:"type"`
	Ref      string     `json:"bom-ref"`
	Name     string     `json:"name"`
	Version  string     `json:"version"`
	Purl     string     `json:"purl,omitempty"`
	Licenses []licence  `json:"licenses,omitempty"`
	Hashes   []hash     `json:"hashes,omitempty"`
	Props    []property `json:"properties,omitempty"`
}

type licence struct {
	Expression string `json:"expression"`
}

type hash struct {
	Alg     string `json:"alg"`
	Content string `json:"content"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type dependency struct {
	Ref       string   `json:"ref"`
	DependsOn []string `json:"dependsOn,omitempty"`
}

// document describes the suite: its binaries and what they are linked with.
func document(version string, at time.Time, binaries []string, parts []part) bom {
	suite := component{Type: "application", Ref: "nono", Name: "nono", Version: version, Licenses: []licence{{"Apache-2.0"}}}
	b := bom{
		Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", BomFormat: "CycloneDX", SpecVersion: "1.6", Version: 1,
		Metadata: metadata{at.Format(time.RFC3339), suite},
	}
	top := dependency{Ref: "nono"}
	for _, path := range binaries {
		name := filepath.Base(path)
		c := component{Type: "application", Ref: name, Name: name, Version: version, Licenses: suite.Licenses}
		if data, err := os.ReadFile(path); err == nil {
			sum := sha256.Sum256(data)
			c.Hashes = []hash{{"SHA-256", hex.EncodeToString(sum[:])}}
		}
		b.Components = append(b.Components, c)
		top.DependsOn = append(top.DependsOn, name)
		d := dependency{Ref: name}
		for _, p := range parts {
			for _, in := range p.in {
				if in == name {
					d.DependsOn = append(d.DependsOn, purl(p))
				}
			}
		}
		b.Dependencies = append(b.Dependencies, d)
	}
	for _, p := range parts {
		c := component{Type: "library", Ref: purl(p), Name: p.path, Version: p.version, Purl: purl(p), Licenses: []licence{{p.licence}}}
		if p.sum != "" {
			// Not a hash of one file, so not among the hashes.
			c.Props = []property{{"go:sum", p.sum}}
		}
		b.Components = append(b.Components, c)
		b.Dependencies = append(b.Dependencies, dependency{Ref: purl(p)})
	}
	b.Dependencies = append([]dependency{top}, b.Dependencies...)
	return b
}

// purl is a package URL (https://github.com/package-url/purl-spec, type golang).
func purl(p part) string {
	return "pkg:golang/" + strings.ToLower(p.path) + "@" + strings.ReplaceAll(p.version, "+", "%2B")
}
