//go:build linux

package door

import (
	"os"

	"github.com/nono-sandbox/nono/tests/internal/probe/try"
	"golang.org/x/sys/unix"
)

func vsyscallTime() uintptr

// foreign are system calls of other architectures that this processor runs.
func foreign() map[string]attack {
	return map[string]attack{
		"int80":    func(world) error { return run("/proc/self/exe", "door", "child-int80") },
		"x32":      func(world) error { return try.Call(0x40000000 + unix.SYS_GETPID) },
		"x32-open": func(w world) error { return try.Call(0x40000000+unix.SYS_OPEN, pointer(w["out"]+"/secret"), 0) },
		"elf32":    elf32,
		"vsyscall": func(world) error { return run("/proc/self/exe", "door", "child-vsyscall") },
	}
}

// childInt80 asks for the pid as a 32-bit program does.
func childInt80(world) { exitIf(try.ForeignCall() == nil) }

func childVsyscall(world) { exitIf(vsyscallTime() > 1<<30) }

// elf32 writes a 32-bit program, which only exits, and runs it.
func elf32(w world) error {
	const base = 0x08048000
	code := []byte{0xb8, 1, 0, 0, 0, 0x31, 0xdb, 0xcd, 0x80} // mov $1,%eax; xor %ebx,%ebx; int $0x80
	le := func(words ...uint32) (out []byte) {
		for _, w := range words {
			out = append(out, byte(w), byte(w>>8), byte(w>>16), byte(w>>24))
		}
		return out
	}
	file := []byte("\x7fELF\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x03\x00")
	file = append(file, le(1, base+84, 52, 0, 0)...)                    // version, entry, program header, none, flags
	file = append(file, 52, 0, 32, 0, 1, 0, 0, 0, 0, 0, 0, 0)           // sizes and counts
	file = append(file, le(1, 0, base, base, 84+9, 84+9, 5, 0x1000)...) // one segment, read and execute
	file = append(file, code...)
	path := fresh(w["in"])
	if err := os.WriteFile(path, file, 0o755); err != nil {
		return err
	}
	defer os.Remove(path)
	return run(path)
}
