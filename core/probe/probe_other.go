//go:build !linux

// Package probe asks the kernel itself, from inside a sandbox. No harmless probe is
// known on this system.
package probe

import (
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
)

// Sandboxed cannot find out, and returns false.
func Sandboxed() bool { return false }

// Path does nothing.
func Path(*spec.Spec, query.Question, *query.Verdict) {}

// Socket does nothing.
func Socket(*query.Verdict) {}

// Network does nothing.
func Network(*query.Verdict) {}
