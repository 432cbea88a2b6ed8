package process

import (
	"encoding/binary"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Go's package os/signal does not tell who sent a signal. That matters: what the
// terminal sends goes to the whole process group, so that the command has it
// already, while what somebody sends to this process alone is meant for the
// command. So the signals that are forwarded are caught here, by a handler of a few
// instructions that tells both numbers.

// pipeEnd is where the handler writes. It is set once, before the first signal is
// caught, and the handler has no other way to know.
//
//lint:ignore U1000 assembly reads it
var pipeEnd int32

func addresses() (handler, restorer uintptr)

// sigaction is the kernel's struct, on both architectures.
type sigaction struct {
	handler  uintptr
	flags    uint64
	restorer uintptr
	mask     uint64
}

const (
	sigDefault = 0 // SIG_DFL
	sigIgnore  = 1 // SIG_IGN
	saRestorer = 0x04000000
	saOnStack  = 0x08000000
	saRestart  = 0x10000000
)

// A signal is one that has come.
type signal struct {
	number unix.Signal
	// sent tells that a process sent it, and not the kernel (sigaction(2), si_code).
	sent bool
}

// forwarded reports whether a signal is caught to be handed on. The others cannot
// be caught, mean a fault of this process itself, or belong to Go's runtime.
func forwarded(s unix.Signal) bool {
	switch s {
	case unix.SIGKILL, unix.SIGSTOP, unix.SIGCHLD, unix.SIGURG, unix.SIGPROF, unix.SIGPIPE,
		unix.SIGSEGV, unix.SIGBUS, unix.SIGFPE, unix.SIGILL, unix.SIGTRAP, unix.SIGABRT, unix.SIGSYS, unix.SIGSTKFLT, 32, 33:
		return false
	}
	return s >= 1 && s <= 64
}

// catch begins to catch the signals that are forwarded, and returns the pipe in
// which they are told. One that is ignored stays so, for the command too.
func catch() (int, error) {
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		return -1, err
	}
	// The handler must never wait; what does not go into 8,000 signals is lost.
	if err := unix.SetNonblock(pipe[1], true); err != nil {
		return -1, err
	}
	pipeEnd = int32(pipe[1])
	for s := unix.Signal(1); s <= 64; s++ {
		if !forwarded(s) {
			continue
		}
		var old sigaction
		if err := setAction(s, nil, &old); err != nil {
			return -1, err
		}
		if old.handler == sigIgnore {
			continue
		}
		if err := catchOne(s); err != nil {
			return -1, err
		}
	}
	return pipe[0], nil
}

func catchOne(s unix.Signal) error {
	handler, restorer := addresses()
	a := sigaction{handler: handler, flags: saOnStack | saRestart, mask: ^uint64(0)}
	if restorer != 0 {
		a.restorer, a.flags = restorer, a.flags|saRestorer
	}
	return setAction(s, &a, nil)
}

// setDefault gives a signal its default action. Package os/signal would leave some
// with Go's own handler.
func setDefault(s unix.Signal) error { return setAction(s, &sigaction{handler: sigDefault}, nil) }

func setAction(s unix.Signal, to, old *sigaction) error {
	_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(s), uintptr(unsafe.Pointer(to)), uintptr(unsafe.Pointer(old)), 8, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// next reads a signal from the pipe of catch, and waits for one.
func next(pipe int) (signal, error) {
	var b [8]byte
	for {
		n, err := unix.Read(pipe, b[:])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return signal{}, err
		}
		if n != len(b) {
			return signal{}, unix.EPIPE
		}
		code := int32(binary.NativeEndian.Uint32(b[4:]))
		return signal{unix.Signal(binary.NativeEndian.Uint32(b[:4])), code <= 0}, nil
	}
}
