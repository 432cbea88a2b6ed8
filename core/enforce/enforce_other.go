//go:build !linux && !darwin

package enforce

import (
	"runtime"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
)

// Apply returns an error: nono knows no sandbox for this system, and runs
// nothing unprotected.
func Apply(*spec.Spec) error {
	return &fault.Error{Do: "sandbox", Err: fault.Text("nono needs Linux or macOS, not " + runtime.GOOS)}
}

// Exec returns an error, since nothing was applied.
func Exec(string, []string, []string) error { return Apply(nil) }
