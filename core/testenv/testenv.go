// Package testenv is for tests only: what several packages' tests need to act
// on the real kernel, as root and as an ordinary user, and to leave nothing
// behind. No program imports it.
package testenv

import (
	"os"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/kernel"
)

// Main runs a package's tests and removes what Build made. It is to be called
// from TestMain: os.Exit(testenv.Main(m)).
func Main(m *testing.M) int {
	status := m.Run()
	builds.remove()
	return status
}

// RequireLandlock skips the test where the kernel has not at least that Landlock
// ABI. If NONO_REQUIRE names landlock, a kernel without any Landlock fails the
// test instead: then nothing was tested that nono is for.
func RequireLandlock(t testing.TB, abi int) {
	t.Helper()
	support, err := kernel.Detect()
	switch {
	case err != nil && required("landlock"):
		t.Fatalf("NONO_REQUIRE=landlock: %v", err)
	case err != nil:
		t.Skipf("no Landlock: %v", err)
	case support.ABI < abi:
		t.Skipf("Landlock ABI %d is wanted, this kernel has %d", abi, support.ABI)
	}
}

// RequireRoot skips the test for an ordinary user, who cannot do what.
func RequireRoot(t testing.TB, what string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skipf("only root can %s", what)
	}
}

// required reports whether NONO_REQUIRE, a list with commas, has name.
func required(name string) bool {
	for v := range strings.SplitSeq(os.Getenv("NONO_REQUIRE"), ",") {
		if v == name {
			return true
		}
	}
	return false
}
