package main

import (
	"debug/buildinfo"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// own is the prefix of the suite's own modules.
const own = "github.com/nono-sandbox/nono/"

// A part is one module that is linked into at least one of the binaries.
type part struct {
	path, version, sum string
	licence            string // SPDX
	text               string
	in                 []string // names of the binaries
}

// licences are those of everything the suite may be linked with. A module that
// is not listed is an error: whoever adds one looks at its licence.
var licences = map[string]string{
	"github.com/BurntSushi/toml":                    "MIT",
	"github.com/landlock-lsm/go-landlock":           "MIT",
	"github.com/mattn/go-isatty":                    "MIT",
	"github.com/peterbourgon/ff/v3":                 "Apache-2.0",
	"github.com/rogpeppe/go-internal":               "BSD-3-Clause",
	"golang.org/x/crypto":                           "BSD-3-Clause",
	"golang.org/x/net":                              "BSD-3-Clause",
	"golang.org/x/sys":                              "BSD-3-Clause",
	"kernel.org/pub/linux/libs/security/libcap/psx": "BSD-3-Clause OR GPL-2.0-only",
	"std": "BSD-3-Clause",
}

// partsOf returns the modules in the binaries, sorted by path, Go's own library
// as "std" among them.
func partsOf(binaries []string) ([]part, error) {
	if len(binaries) == 0 {
		return nil, fmt.Errorf("no binary is given")
	}
	by := map[string]*part{}
	add := func(path, version, sum, binary string) error {
		p := by[path]
		if p == nil {
			p = &part{path: path, version: version, sum: sum, licence: licences[path]}
			if p.licence == "" {
				return fmt.Errorf("the licence of %s, which is linked into %s, is not known", path, binary)
			}
			by[path] = p
		}
		if p.version != version {
			return fmt.Errorf("%s is linked in %s and %s", path, p.version, version)
		}
		p.in = append(p.in, filepath.Base(binary))
		return nil
	}
	for _, b := range binaries {
		info, err := buildinfo.ReadFile(b)
		if err != nil {
			return nil, err
		}
		if err := add("std", strings.TrimPrefix(info.GoVersion, "go"), "", b); err != nil {
			return nil, err
		}
		for _, m := range info.Deps {
			if strings.HasPrefix(m.Path, own) {
				continue
			}
			if m.Replace != nil {
				m = m.Replace
			}
			if m.Sum == "" {
				m.Sum = sumOf(m.Path, m.Version) // a vendored build records none
			}
			if err := add(m.Path, m.Version, m.Sum, b); err != nil {
				return nil, err
			}
		}
	}
	var parts []part
	for _, p := range by {
		var err error
		if p.text, err = licenceText(p.path); err != nil {
			return nil, err
		}
		parts = append(parts, *p)
	}
	slices.SortFunc(parts, func(a, b part) int { return strings.Compare(a.path, b.path) })
	return parts, nil
}

// licenceText finds the licence of a module where the go command finds its
// source: in the module cache, or in the vendor directory of an archive.
func licenceText(module string) (string, error) {
	dir := filepath.Join("vendor", module)
	if module == "std" {
		out, err := exec.Command("go", "env", "GOROOT").Output()
		if err != nil {
			return "", fmt.Errorf("cannot find Go's own source: %w", err)
		}
		dir = strings.TrimSpace(string(out))
	} else if _, err := os.Stat("vendor/modules.txt"); err != nil {
		out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
		if err != nil {
			return "", fmt.Errorf("cannot find the source of %s: %w", module, err)
		}
		dir = strings.TrimSpace(string(out))
	}
	for _, name := range []string{"LICENSE", "LICENSE.txt", "LICENSE.md", "License", "COPYING"} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			return string(text), nil
		}
	}
	return "", fmt.Errorf("%s has no licence in %s", module, dir)
}

func writeLicences(w io.Writer, parts []part) error {
	for _, p := range parts {
		name := p.path
		if name == "std" {
			name = "the Go standard library"
		}
		if _, err := fmt.Fprintf(w, "%s %s (%s)\n\n%s\n\n", name, p.version, p.licence, strings.TrimSpace(p.text)); err != nil {
			return err
		}
	}
	return nil
}

// sumOf finds a module's sum in the tree's go.sum files, or returns "".
func sumOf(path, version string) string {
	files, _ := filepath.Glob("*/go.sum")
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		for line := range strings.SplitSeq(string(text), "\n") {
			if sum, ok := strings.CutPrefix(line, path+" "+version+" "); ok {
				return sum
			}
		}
	}
	return ""
}
