//go:build !linux

// Package record exists on Linux only.
package record
