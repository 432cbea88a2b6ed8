//go:build linux

package main

import "golang.org/x/sys/unix"

// addPortCalls adds what only this architecture has.
func addPortCalls(m map[string]attack) {
	m["iopl"] = func(world) error { return call(unix.SYS_IOPL, 3) }
	m["ioperm"] = func(world) error { return call(unix.SYS_IOPERM, 0x80, 1, 1) }
}
