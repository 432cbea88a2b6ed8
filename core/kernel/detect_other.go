//go:build !linux

package kernel

// Detect returns ErrMissing: Landlock is Linux's.
func Detect() (Support, error) { return Support{}, ErrMissing }
