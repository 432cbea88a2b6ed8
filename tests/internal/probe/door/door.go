//go:build linux

// Package door is the ways out of a sandbox, and the world outside that they aim
// at. The probe tries one by
//
//	probe door NAME [KEY=VALUE ...]
//
// The answer is "ok" where the way is open, and otherwise the name of the errno,
// or of the signal that ended the attempt. "probe door serve" is the world
// outside.
package door

import (
	"fmt"
	"maps"
	"os"
	"strconv"
	"strings"
	"unsafe"
)

// An attack returns nil if the way is open.
type attack func(world) error

// world is what the test knows of the outside, by name: paths, pids, ports.
type world map[string]string

func (w world) int(key string) int {
	n, err := strconv.Atoi(w[key])
	if err != nil {
		fail("the argument %s=%q is no number", key, w[key])
	}
	return n
}

// Try tries the way out of that name. The arguments are what the test knows of
// the outside, as KEY=VALUE.
func Try(name string, args []string) error {
	w := world{}
	for _, kv := range args {
		k, v, _ := strings.Cut(kv, "=")
		w[k] = v
	}
	if name == "serve" {
		serve(w)
		return nil
	}
	if child, ok := children()[name]; ok {
		child(w)
		os.Exit(0)
	}
	a, ok := attacks()[name]
	if !ok {
		fail("there is no attack %q", name)
	}
	return a(w)
}

func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "door: "+format+"\n", args...)
	os.Exit(3)
}

func attacks() map[string]attack {
	all := map[string]attack{}
	for _, group := range []map[string]attack{
		files(), fileTricks(), metadata(), mounts(), unixSockets(), network(), processes(), signals(), groups(), fileIoctls(), calls(), terminals(), foreign(), ipc(), programs(),
	} {
		maps.Copy(all, group)
	}
	return all
}

// pinned keeps what the kernel is told the address of on the heap, where it
// neither moves nor dies.
var pinned []any

// addr returns the address of *p as a system call's argument.
func addr[T any](p *T) uintptr {
	pinned = append(pinned, p)
	return uintptr(unsafe.Pointer(p))
}
