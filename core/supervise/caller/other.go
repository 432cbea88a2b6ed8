//go:build !linux

// Package caller is a part of the supervisor, which only Linux has.
package caller
