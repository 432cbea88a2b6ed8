//go:build !linux

// Package tree is for tests that only Linux has.
package tree
