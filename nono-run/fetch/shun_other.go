//go:build !linux

package fetch

import "syscall"

// shun keeps secrets out of core dumps.
func shun() error { return limitCore(0) }

// attributes gives a program a session of its own.
func attributes(session bool) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: session}
}

// terminal is not known here.
func terminal() string { return "" }
