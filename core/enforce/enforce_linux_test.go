package enforce

import (
	"errors"
	"testing"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
)

// The network can be limited to ports only where Landlock knows them.
func TestPortsNeedTheKernel(t *testing.T) {
	s := spec.Spec{Ports: []spec.Port{{First: 443, Last: 443}}}
	for abi := 1; abi <= kernel.LatestABI; abi++ {
		err := asked(&s, abi)
		var f *fault.Error
		if (err == nil) != (abi >= 4) || err != nil && (!errors.As(err, &f) ||
			f.Error() != "cannot limit the network to some ports: that needs Landlock ABI 4, Linux 6.7; this kernel knows no ports") {
			t.Errorf("ABI %d: %v", abi, err)
		}
	}
}

// One single socket can be opened only where the kernel can tell it from others.
func TestOneSocketNeedsTheKernel(t *testing.T) {
	one := spec.Spec{Paths: []spec.Path{{Kind: spec.Read, Path: "/"}, {Kind: spec.UnixSocket, Path: "/run/s", Optional: true}}}
	for abi := 1; abi <= kernel.LatestABI; abi++ {
		err := asked(&one, abi)
		if (err == nil) != (abi >= 9) {
			t.Errorf("ABI %d: %v", abi, err)
		}
		var f *fault.Error
		if err != nil && (!errors.As(err, &f) || f.Hint != "--allow-unix-sockets allows them all" ||
			f.Error() != "cannot allow the one Unix socket '/run/s': that needs Landlock ABI 9, Linux 7.1; this kernel would allow every other socket too") {
			t.Errorf("ABI %d: %v", abi, err)
		}
		all := one
		all.UnixSockets = true
		if err := asked(&all, abi); err != nil {
			t.Errorf("ABI %d, with all sockets allowed: %v", abi, err)
		}
		if err := asked(&spec.Spec{}, abi); err != nil {
			t.Errorf("ABI %d, with no socket: %v", abi, err)
		}
	}
}
