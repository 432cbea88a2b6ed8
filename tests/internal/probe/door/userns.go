//go:build linux

package door

import (
	"os"
	"os/exec"
	"syscall"

	"github.com/nono-sandbox/nono/tests/internal/probe/try"
	"golang.org/x/sys/unix"
)

// childUserMount becomes root of a user namespace and mounts there.
func childUserMount(w world) {
	if os.Getenv("DOOR_IN_NAMESPACE") != "" {
		if unix.Mount(w["out"], w["in"], "", unix.MS_BIND, "") != nil {
			os.Exit(1)
		}
		exitIf(try.Open(w["in"]+"/secret", unix.O_RDONLY) == nil)
	}
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Env = append(os.Environ(), "DOOR_IN_NAMESPACE=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	exitIf(ended(cmd) == nil)
}
