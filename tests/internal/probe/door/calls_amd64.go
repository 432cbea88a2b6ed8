//go:build linux

package door

import (
	"github.com/nono-sandbox/nono/tests/internal/probe/try"
	"golang.org/x/sys/unix"
)

// addPortCalls adds what only this architecture has.
func addPortCalls(m map[string]attack) {
	m["iopl"] = func(world) error { return try.Call(unix.SYS_IOPL, 3) }
	m["ioperm"] = func(world) error { return try.Call(unix.SYS_IOPERM, 0x80, 1, 1) }
}
