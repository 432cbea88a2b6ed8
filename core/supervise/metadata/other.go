//go:build !linux

// Package metadata is a part of the supervisor, which only Linux has.
package metadata
