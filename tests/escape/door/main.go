//go:build linux

// Command door tries one way out of a sandbox and says how it went:
//
//	door NAME [KEY=VALUE ...]
//
// It prints "door NAME: ok" where the way is open, and otherwise the name of
// the errno, or of the signal that ended the attempt. Whoever runs it must see
// that line: a helper that died says nothing about the sandbox.
//
// "door serve" is the world outside that the attacks aim at.
package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
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

// errText is an outcome that is no errno: a signal, or a word of the test's.
type errText string

func (e errText) Error() string { return string(e) }

func main() {
	runtime.LockOSThread() // some attacks change the thread
	if len(os.Args) < 2 {
		fail("no attack is named")
	}
	w := world{}
	for _, kv := range os.Args[2:] {
		k, v, _ := strings.Cut(kv, "=")
		w[k] = v
	}
	name := os.Args[1]
	if name == "serve" {
		serve(w)
		return
	}
	if child, ok := children()[name]; ok {
		child(w)
		return
	}
	a, ok := attacks()[name]
	if !ok {
		fail("there is no attack %q", name)
	}
	fmt.Printf("door %s: %s\n", name, outcome(a(w)))
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

func outcome(err error) string {
	var errno syscall.Errno
	var text errText
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &text):
		return string(text)
	case errors.As(err, &errno):
		if name := unix.ErrnoName(errno); name != "" {
			return name
		}
		return strconv.Itoa(int(errno))
	}
	return "error: " + strings.ReplaceAll(err.Error(), "\n", " ")
}

// call is a system call by number whose result does not matter.
func call(nr uintptr, args ...uintptr) error {
	var a [6]uintptr
	copy(a[:], args)
	if _, _, errno := unix.Syscall6(nr, a[0], a[1], a[2], a[3], a[4], a[5]); errno != 0 {
		return errno
	}
	return nil
}

// pinned keeps what the kernel is told the address of on the heap, where it
// neither moves nor dies.
var pinned []any

// addr returns the address of *p as a system call's argument.
func addr[T any](p *T) uintptr {
	pinned = append(pinned, p)
	return uintptr(unsafe.Pointer(p))
}

// opened closes what was opened for the attempt's sake.
func opened(fd int, err error) error {
	if err == nil {
		unix.Close(fd)
	}
	return err
}
