//go:build !linux

// Package process is a part of the supervisor, which only Linux has.
package process
