package main

import "golang.org/x/sys/unix"

var archReasons = []reason{{unix.SYS_ARCH_PRCTL, "arch_prctl", "Go: where thread-local data is"}}
