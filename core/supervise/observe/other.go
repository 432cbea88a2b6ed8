//go:build !linux

// Package observe is a part of the supervisor, which only Linux has.
package observe
