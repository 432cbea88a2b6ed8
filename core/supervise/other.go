//go:build !linux

// Package supervise is the resident parent of a sandbox, which only Linux has.
package supervise
