//go:build !linux

// Package sockets is a part of the supervisor, which only Linux has.
package sockets
