package main

import "golang.org/x/sys/unix"

// forget throws away what was typed on the terminal fd and not read (tcflush(3)).
func forget(fd int) { unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCIFLUSH) }
