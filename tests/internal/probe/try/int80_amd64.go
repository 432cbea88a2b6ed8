//go:build linux

package try

import "golang.org/x/sys/unix"

// int80 makes the 32-bit system call getpid.
func int80() uintptr

// ForeignCall makes a system call of another architecture that the processor runs.
func ForeignCall() error {
	if got := int32(int80()); got < 0 {
		return unix.Errno(-got)
	}
	return nil
}
