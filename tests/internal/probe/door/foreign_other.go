//go:build linux && !amd64

package door

import (
	"os"

	"github.com/nono-sandbox/nono/tests/internal/probe/try"
)

// foreign has no system calls of another architecture here.
func foreign() map[string]attack {
	none := func(world) error { return try.Text("none here") }
	return map[string]attack{"int80": none, "x32": none, "x32-open": none, "elf32": none, "vsyscall": none}
}

func childInt80(world)    { os.Exit(1) }
func childVsyscall(world) { os.Exit(1) }
