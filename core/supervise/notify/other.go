//go:build !linux

// Package notify is a part of the supervisor, which only Linux has.
package notify
