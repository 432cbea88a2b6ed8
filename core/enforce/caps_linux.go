package enforce

import (
	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// keptCaps are what ordinary work on files and with other users needs as root.
// Each of the others is a way round Landlock or to the machine as a whole.
const keptCaps uint64 = 1<<unix.CAP_CHOWN | 1<<unix.CAP_DAC_OVERRIDE | 1<<unix.CAP_FOWNER |
	1<<unix.CAP_FSETID | 1<<unix.CAP_KILL | 1<<unix.CAP_SETGID | 1<<unix.CAP_SETUID

// dropCapabilities drops all others from every set of the calling thread.
// It relies on no_new_privs: then no exec can regain what is dropped here, even
// where the bounding set cannot be lowered for want of CAP_SETPCAP.
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
	// With the inheritable set empty, the ambient one is emptied by the kernel.
	if err := unix.Capset(&hdr, &caps[0]); err != nil {
		return &fault.Error{Do: "drop capabilities", Err: err}
	}
	return nil
}
