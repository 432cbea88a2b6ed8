//go:build !linux

// Package chains is a part of the supervisor, which only Linux has.
package chains
