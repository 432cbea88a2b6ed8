//go:build !linux

// Package saving is a part of the supervisor, which only Linux has.
package saving
