package landlock

import (
	"testing"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
)

// Landlock's rights as linux/landlock.h numbers them.
var kernelRights = []struct {
	name string
	bit  uint64
	file bool // may stand in a rule for what is no directory
}{
	{"EXECUTE", 1 << 0, true},
	{"WRITE_FILE", 1 << 1, true},
	{"READ_FILE", 1 << 2, true},
	{"READ_DIR", 1 << 3, false},
	{"REMOVE_DIR", 1 << 4, false},
	{"REMOVE_FILE", 1 << 5, false},
	{"MAKE_CHAR", 1 << 6, false},
	{"MAKE_DIR", 1 << 7, false},
	{"MAKE_REG", 1 << 8, false},
	{"MAKE_SOCK", 1 << 9, false},
	{"MAKE_FIFO", 1 << 10, false},
	{"MAKE_BLOCK", 1 << 11, false},
	{"MAKE_SYM", 1 << 12, false},
	{"REFER", 1 << 13, false},
	{"TRUNCATE", 1 << 14, true},
	{"IOCTL_DEV", 1 << 15, true},
	{"RESOLVE_UNIX", 1 << 16, true},
}

const allRights = carve.RemoveDir<<1 - 1

// Everything that the kernel can tell apart is granted by some right, but for
// the making of devices.
func TestRightsSpelled(t *testing.T) {
	var files, all uint64
	for _, k := range kernelRights {
		if k.name != "MAKE_CHAR" && k.name != "MAKE_BLOCK" {
			all |= k.bit
		}
		if k.file {
			files |= k.bit
		}
	}
	if got := Bits(allRights); got != all {
		t.Errorf("all rights together are %#x, not %#x", got, all)
	}
	seen := uint64(0)
	for r := carve.Rights(1); r <= carve.RemoveDir; r <<= 1 {
		bits := Bits(r)
		if bits == 0 || bits&seen != 0 {
			t.Errorf("right %#x is %#x, of which %#x another right is", r, bits, bits&seen)
		}
		if isOfFiles := r&carve.OfFiles != 0; isOfFiles != (bits&files == bits) {
			t.Errorf("right %#x is %#x: of files is %v", r, bits, isOfFiles)
		}
		seen |= bits
	}
	for r := carve.Rights(0); r <= allRights; r++ {
		var sum uint64
		for bit := carve.Rights(1); bit <= r; bit <<= 1 {
			if r&bit != 0 {
				sum |= Bits(bit)
			}
		}
		if got := Bits(r); got != sum {
			t.Fatalf("%#x is %#x, and its parts are %#x", r, got, sum)
		}
	}
}

func TestRuleset(t *testing.T) {
	const (
		tcp, udp         = 1<<0 | 1<<1, 1<<2 | 1<<3
		abstract, signal = 1 << 0, 1 << 1
		resolveUnix      = 1 << 16
	)
	for abi := 1; abi <= kernel.LatestABI; abi++ {
		for _, net := range []bool{false, true} {
			for _, unix := range []bool{false, true} {
				got := rulesetFor(&spec.Spec{Switches: spec.Switches{Net: net, UnixSockets: unix, Rmdir: true, IPC: true}}, abi)
				fs, _, _ := kernel.Handled(abi)
				network, scoped := uint64(0), uint64(0)
				if unix {
					fs &^= resolveUnix
				}
				if !net && abi >= 4 {
					network |= tcp
				}
				if !net && abi >= 10 {
					network |= udp
				}
				if abi >= 6 {
					scoped |= signal
				}
				if abi >= 6 && !unix {
					scoped |= abstract
				}
				if got.HandledAccessFS != fs || got.HandledAccessNet != network || got.Scoped != scoped {
					t.Errorf("ABI %d, net %v, unix sockets %v: %+v, want fs %#x, net %#x, scoped %#x", abi, net, unix, got, fs, network, scoped)
				}
			}
		}
	}
}
