//go:build !linux && !darwin

package enforce

import (
	"runtime"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
)

// Sandbox is one that has been applied; there is none on this system.
type Sandbox struct{}

// Apply returns an error: nono knows no sandbox for this system, and runs
// nothing unprotected.
func Apply(*spec.Spec, Beside) (*Sandbox, error) {
	return nil, &fault.Error{Do: "sandbox", Err: fault.Text("nono needs Linux or macOS, not " + runtime.GOOS)}
}

// exec is never called, since Apply never succeeds.
func (*Sandbox) exec(string, []string, []string) error {
	return fault.Text("nothing was applied")
}
