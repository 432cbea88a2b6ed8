package main

import "golang.org/x/sys/unix"

// fill fills b with random bytes of the kernel's (getrandom(2)).
func fill(b []byte) error {
	for len(b) > 0 {
		n, err := unix.Getrandom(b, 0)
		if err != nil && err != unix.EINTR {
			return err
		}
		b = b[max(n, 0):]
	}
	return nil
}
