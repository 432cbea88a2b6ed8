//go:build !linux

// Package owndirs is a part of the supervisor, which only Linux has.
package owndirs
