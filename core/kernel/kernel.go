// Package kernel knows what a kernel can keep: which Landlock ABI brought which
// right, and which of nono's promises hold on a given one.
package kernel

import "strconv"

// MinABI is the Landlock ABI below which nono refuses to run (Linux 5.13).
const MinABI = 1

// Support is what one kernel offers.
type Support struct {
	// ABI is Landlock's, from landlock_create_ruleset(2) with
	// LANDLOCK_CREATE_RULESET_VERSION; 0 when there is no Landlock.
	ABI int
}

// The Landlock ABIs that brought what nono builds on, each with its first
// kernel (Documentation/userspace-api/landlock.rst, "Previous limitations").
const (
	ABIRefer    = 2  // 5.19: rename and link across directories
	ABITruncate = 3  // 6.2
	ABINet      = 4  // 6.7: TCP bind and connect
	ABIIoctl    = 5  // 6.10: ioctl on devices
	ABIScope    = 6  // 6.12: signals and abstract Unix sockets
	ABIUnix     = 9  // 7.1: connect to a Unix socket by its path
	ABIUDP      = 10 // bind, connect and send by UDP
)

var firstKernel = [...]string{
	1: "5.13", 2: "5.19", 3: "6.2", 4: "6.7", 5: "6.10", 6: "6.12", 7: "6.15", 8: "7.0", 9: "7.1",
}

// FirstKernel returns the first Linux release with that Landlock ABI, or "" if
// this version of nono does not know it.
func FirstKernel(abi int) string {
	if abi > 0 && abi < len(firstKernel) {
		return firstKernel[abi]
	}
	return ""
}

// lower makes a build act as if the kernel had an older ABI. Tests set it with
// the linker's -X: a kernel accepts any subset of what it knows.
var lower string

func lowered(abi int) int {
	if n, err := strconv.Atoi(lower); err == nil && n < abi {
		return n
	}
	return abi
}
