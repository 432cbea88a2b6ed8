package main_test

import (
	"os/exec"
	"syscall"
)

func signalOf(cmd *exec.Cmd) syscall.Signal {
	return cmd.ProcessState.Sys().(syscall.WaitStatus).Signal()
}
