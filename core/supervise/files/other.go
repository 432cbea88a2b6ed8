//go:build !linux

// Package files is a part of the supervisor, which only Linux has.
package files
