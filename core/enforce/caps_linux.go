package enforce

import (
	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// keptCaps are the capabilities that root needs for ordinary work with files and users.
// Every other capability could go around Landlock or affect the whole machine.
const keptCaps uint64 = 1<<unix.CAP_CHOWN | 1<<unix.CAP_DAC_OVERRIDE | 1<<unix.CAP_FOWNER |
	1<<unix.CAP_FSETID | 1<<unix.CAP_KILL | 1<<unix.CAP_SETGID | 1<<unix.CAP_SETUID

// dropCapabilities drops all other capabilities from every set of the calling thread. The
// thread must have no_new_privs: then no exec can give a dropped capability back, even if
// the bounding set keeps it, because the thread lacks CAP_SETPCAP.
func dropCapabilities() error {
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var caps [2]unix.CapUserData
	if err := unix.Capget(&hdr, &caps[0]); err != nil {
		return &fault.Error{Do: "read the capabilities", Err: err}
	}
	has := func(c uint) bool { return caps[c/32].Effective&(1<<(c%32)) != 0 }
	if has(unix.CAP_SETPCAP) {
		for c := range uint(64) {
			if keptCaps&(1<<c) != 0 {
				continue
			}
			err := unix.Prctl(unix.PR_CAPBSET_DROP, uintptr(c), 0, 0, 0)
			if err == unix.EINVAL {
				break // beyond the last that this kernel knows
			}
			if err != nil {
				return &fault.Error{Do: "drop capabilities", Err: err}
			}
		}
	}
	var had uint32
	for i := range caps {
		had |= caps[i].Permitted | caps[i].Inheritable
		keep := uint32(keptCaps >> (32 * i))
		caps[i].Permitted &= keep
		caps[i].Effective = caps[i].Permitted
		caps[i].Inheritable = 0
	}
	if had == 0 {
		return nil
	}
	// If the inheritable set is empty, the kernel empties the ambient set.
	if err := unix.Capset(&hdr, &caps[0]); err != nil {
		return &fault.Error{Do: "drop capabilities", Err: err}
	}
	return nil
}
