//go:build !linux

// Package attempt is a part of the supervisor, which only Linux has.
package attempt
