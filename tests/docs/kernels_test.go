package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

var (
	abiAndLinux = regexp.MustCompile(`Landlock (?:ABI )?(\d+) ?(?:,|\()\s*(?:from )?Linux (\d+\.\d+)`)
	abiAlone    = regexp.MustCompile(`Landlock (?:ABI )?(\d+)\b`)
	release     = regexp.MustCompile(`Linux (\d+\.\d+)\b`)
	releaseRow  = regexp.MustCompile(`(?m)^\| (\d+\.\d+) \| (.+) \|$`)
)

// passRights is the release with SO_PASSRIGHTS (socket(7)), which is not Landlock's.
const passRights = "6.16"

// TestKernelVersions holds every text that names a version of Landlock, or the
// Linux release that brought one, to the table in core/kernel.
func TestKernelVersions(t *testing.T) {
	root := suite.Root(t)
	known := map[string]int{}
	for abi := kernel.MinABI; abi <= kernel.LatestABI; abi++ {
		known[kernel.ByABI(abi).Linux] = abi
	}
	known[passRights] = kernel.LatestABI
	pairs, releases := 0, 0
	for _, pattern := range []string{"*.md", "docs/*.md", "packaging/man/*", "core/cli/flags.go", "core/cli/testdata/*", "nono-*/testdata/*.golden"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		must(t, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				continue // a directory
			}
			for _, m := range abiAndLinux.FindAllStringSubmatch(string(text), -1) {
				pairs++
				if abi, _ := strconv.Atoi(m[1]); kernel.ByABI(abi).Linux != m[2] {
					t.Errorf("%s: %q, but Landlock %s came with Linux %s", file, m[0], m[1], kernel.ByABI(abi).Linux)
				}
			}
			for _, m := range abiAlone.FindAllStringSubmatch(string(text), -1) {
				if abi, _ := strconv.Atoi(m[1]); abi < kernel.MinABI || abi > kernel.LatestABI {
					t.Errorf("%s: %q: there is no such version", file, m[0])
				}
			}
			if filepath.Base(file) == "CHANGELOG.md" || filepath.Base(file) == "speed.md" {
				continue // names the machine that something was measured on
			}
			for _, m := range release.FindAllStringSubmatch(string(text), -1) {
				if releases++; known[m[1]] == 0 {
					t.Errorf("%s: Linux %s brought no version of Landlock", file, m[1])
				}
			}
		}
	}
	if pairs < 3 || releases < 5 {
		t.Errorf("only %d versions and %d releases were found", pairs, releases)
	}
}

// The table of older kernels in docs/troubleshooting.md has a row for each version
// that brought a promise, and no other.
func TestOlderKernels(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(suite.Root(t), "docs/troubleshooting.md"))
	must(t, err)
	var want, got []string
	for abi := kernel.MinABI; abi <= kernel.LatestABI; abi++ {
		if v := kernel.ByABI(abi); v.Keeps != "" {
			want = append(want, v.Linux)
		}
	}
	for _, m := range releaseRow.FindAllStringSubmatch(string(text), -1) {
		got = append(got, m[1])
		v := kernel.ByABI(kernel.MinABI)
		for abi := kernel.MinABI; abi <= kernel.LatestABI; abi++ {
			if kernel.ByABI(abi).Linux == m[1] {
				v = kernel.ByABI(abi)
			}
		}
		if below := strings.Contains(m[2], "not kept"); m[1] != kernel.ByABI(kernel.MinABI).Linux && below != (v.Before == "") {
			t.Errorf("Linux %s: %q; before, what keeps it is %q", m[1], m[2], v.Before)
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("the rows are of Linux %v, want %v", got, want)
	}
}
