//go:build linux

package main

import "golang.org/x/sys/unix"

// int80 makes the 32-bit system call getpid.
func int80() uintptr

func foreignCall() error {
	if got := int32(int80()); got < 0 {
		return unix.Errno(-got)
	}
	return nil
}
