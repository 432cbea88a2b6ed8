//go:build !linux

// Package hosts is a part of the supervisor, which only Linux has.
package hosts
