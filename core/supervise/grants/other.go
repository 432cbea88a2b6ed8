//go:build !linux

// Package grants is a part of the supervisor, which only Linux has.
package grants
