package kernel

import (
	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// Detect asks the running kernel. The error is one of ErrMissing, ErrDisabled
// and ErrBlocked, and then Support is zero.
func Detect() (Support, error) {
	abi, err := ll.LandlockGetABIVersion()
	if abi = lowered(abi); err == nil && abi >= MinABI {
		return Support{ABI: abi}, nil
	}
	switch err {
	case unix.EOPNOTSUPP:
		return Support{}, ErrDisabled
	case unix.EPERM, unix.EACCES:
		return Support{}, ErrBlocked
	}
	return Support{}, ErrMissing
}
