// Package kernel knows what a kernel can keep: which version of Landlock brought
// which rights, and which one runs here.
package kernel

import (
	"strconv"

	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
)

// MinABI is the Landlock ABI below which nono refuses to run.
const MinABI = 1

// Support is what one kernel offers.
type Support struct {
	// ABI is Landlock's, from landlock_create_ruleset(2) with
	// LANDLOCK_CREATE_RULESET_VERSION; 0 when there is no Landlock.
	ABI int
}

// The Landlock ABIs that brought what nono builds on.
const (
	ABIRefer    = 2
	ABITruncate = 3
	ABINet      = 4
	ABIIoctl    = 5
	ABIScope    = 6
	ABILog      = 7
	ABIUnix     = 9
	ABIUDP      = 10
)

// A Version is one ABI of Landlock: the first Linux release with it, and what it
// brought (Documentation/userspace-api/landlock.rst, "Previous limitations").
type Version struct {
	Linux string // "" where no release is known to nono
	FS    uint64 // rights to files, LANDLOCK_ACCESS_FS_*
	Net   uint64 // LANDLOCK_ACCESS_NET_*
	Scope uint64 // LANDLOCK_SCOPE_*

	// Keeps completes "the kernel keeps a command from …"; "" where the ABI
	// brought nothing that nono uses. Before says what keeps it on an older
	// kernel; "" where nothing does.
	Keeps, Before string
}

// versions has every ABI, by its number. A new one is a row here.
var versions = [...]Version{
	1: {Linux: "5.13", FS: ll.AccessFSRefer - 1,
		Keeps: "opening, listing, making, removing and executing files outside the grants"},
	2: {Linux: "5.19", FS: ll.AccessFSRefer,
		Keeps: "gaining rights by moving or linking files", Before: "Landlock, which refuses every move between directories before Linux 5.19"},
	3: {Linux: "6.2", FS: ll.AccessFSTruncate,
		Keeps: "truncating files that it may not write", Before: "seccomp"},
	4: {Linux: "6.7", Net: ll.AccessNetBindTCP | ll.AccessNetConnectTCP,
		Keeps: "using the network", Before: "seccomp"},
	5: {Linux: "6.10", FS: ll.AccessFSIoctlDev,
		Keeps: "controlling devices that are not granted"},
	6: {Linux: "6.12", Scope: ll.ScopeAbstractUnixSocket | ll.ScopeSignal,
		Keeps: "sending signals to processes outside"},
	7: {Linux: "6.15"},
	8: {Linux: "7.0"},
	9: {Linux: "7.1", FS: ll.AccessFSResolveUnix,
		Keeps: "connecting to Unix sockets outside", Before: "seccomp, which refuses the sockets themselves"},
	10: {Net: ll.AccessNetBindUDP | ll.AccessNetConnectSendUDP},
}

// LatestABI is the highest one that this version of nono knows.
const LatestABI = len(versions) - 1

// ByABI returns what an ABI brought, or nothing for one that nono does not know.
func ByABI(abi int) Version {
	if abi < MinABI || abi > LatestABI {
		return Version{}
	}
	return versions[abi]
}

// Handled returns every right and scope that an ABI knows. What a ruleset does
// not handle is what everybody may do.
func Handled(abi int) (fs, net, scope uint64) {
	for _, v := range versions[:min(abi, LatestABI)+1] {
		fs, net, scope = fs|v.FS, net|v.Net, scope|v.Scope
	}
	return fs, net, scope
}

// Needs says what a kernel must have for an ABI, for people.
func Needs(abi int) string {
	return "Landlock ABI " + strconv.Itoa(abi) + ", Linux " + ByABI(abi).Linux
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
