package docs

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// TestEphemeral does what stands there, where the mounts can be made that it needs.
func TestEphemeral(t *testing.T) {
	cmd := exec.Command("true")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
	}
	if err := cmd.Run(); err != nil {
		t.Skip("no mount namespace can be made here:", err)
	}
	follow(t, "docs/ephemeral.md", adasHome(t))
}

// TestUndo does what stands there.
func TestUndo(t *testing.T) {
	follow(t, "docs/undo.md", adasHome(t))
}
