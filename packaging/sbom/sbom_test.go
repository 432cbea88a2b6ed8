package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// build builds the shim and moves to the root of the tree, where licences are
// looked up.
func build(t *testing.T) string {
	t.Helper()
	t.Chdir("../..")
	bin := filepath.Join(t.TempDir(), "nono-exec-shim")
	if out, err := exec.Command("go", "build", "-o", bin, "./nono-exec-shim").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

func TestDocumentNamesEveryModule(t *testing.T) {
	bin := build(t)
	var out bytes.Buffer
	if err := run([]string{"-version", "1.2.3", "-time", "1000000000", bin}, &out); err != nil {
		t.Fatal(err)
	}
	var b bom
	if err := json.Unmarshal(out.Bytes(), &b); err != nil {
		t.Fatal(err)
	}
	if b.BomFormat != "CycloneDX" || b.SpecVersion != "1.6" || b.Metadata.Timestamp != "2001-09-09T01:46:40Z" || b.Metadata.Component.Version != "1.2.3" {
		t.Errorf("the head is %+v", b.Metadata)
	}
	refs := map[string]component{"nono": b.Metadata.Component}
	for _, c := range b.Components {
		if _, twice := refs[c.Ref]; twice || c.Version == "" || len(c.Licenses) != 1 {
			t.Errorf("a part that is there twice or says too little: %+v", c)
		}
		refs[c.Ref] = c
	}
	for _, d := range b.Dependencies {
		for _, r := range append(d.DependsOn, d.Ref) {
			if _, ok := refs[r]; !ok {
				t.Errorf("the dependency %q is no part", r)
			}
		}
	}
	info, err := buildinfo.ReadFile(bin)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, m := range info.Deps {
		if !strings.HasPrefix(m.Path, own) {
			n++
			if c := refs["pkg:golang/"+m.Path+"@"+m.Version]; c.Name != m.Path || len(c.Props) != 1 || c.Props[0].Value != m.Sum {
				t.Errorf("%s %s is not there with its sum: %+v", m.Path, m.Version, c)
			}
		}
	}
	if n == 0 {
		t.Error("the shim is linked with nothing? then this tests nothing")
	}
}

func TestLicencesAreWhole(t *testing.T) {
	bin := build(t)
	var out bytes.Buffer
	if err := run([]string{"-licences", bin}, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"go-landlock", "MIT", "the Go standard library", "Redistributions in binary form"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the licences do not say %q", want)
		}
	}
}

func TestUnknownModuleIsRefused(t *testing.T) {
	old := licences["golang.org/x/sys"]
	delete(licences, "golang.org/x/sys")
	defer func() { licences["golang.org/x/sys"] = old }()
	if _, err := partsOf([]string{build(t)}); err == nil || !strings.Contains(err.Error(), "the licence of golang.org/x/sys") {
		t.Errorf("a module without a known licence: %v", err)
	}
}

// Whoever links a new module learns here, and not at the next release, that its
// licence has to be looked at.
func TestEveryLinkedModuleIsKnown(t *testing.T) {
	t.Chdir("../..")
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(makefile), "\nBINARIES := ")
	if !found {
		t.Fatal("the Makefile has no list BINARIES")
	}
	binaries, _, _ := strings.Cut(rest, "\n")
	args := []string{"list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}"}
	for _, b := range strings.Fields(binaries) {
		args = append(args, "./"+b)
	}
	list := exec.Command("go", args...)
	list.Env = append(os.Environ(), "GOOS=linux", "CGO_ENABLED=0")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	linked := map[string]bool{}
	for _, module := range strings.Fields(string(out)) {
		linked[module] = true
		if !strings.HasPrefix(module, own) && licences[module] == "" {
			t.Errorf("the licence of %s is not known: look at it and add it to parts.go", module)
		}
	}
	for module := range licences {
		if module != "std" && !linked[module] {
			t.Errorf("%s is linked into nothing", module)
		}
	}
}

func TestNoBinary(t *testing.T) {
	if err := run([]string{"-version", "1"}, &bytes.Buffer{}); err == nil {
		t.Error("without a binary there is no document")
	}
	if d := document("1", time.Unix(0, 0).UTC(), nil, nil); len(d.Components) != 0 {
		t.Errorf("parts out of nothing: %+v", d.Components)
	}
}
