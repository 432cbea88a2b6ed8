//go:build linux

package door

import "golang.org/x/sys/unix"

// programs are programs that get more rights from their file than their caller
// has: "setuid" and "filecap" are such copies of this one.
func programs() map[string]attack {
	return map[string]attack{
		"setuid-program":  func(w world) error { return run(w["setuid"], "door", "child-euid", "uid="+w["setuid-to"]) },
		"file-capability": func(w world) error { return run(w["filecap"], "door", "child-cap", "cap=21") }, // CAP_SYS_ADMIN
		"net-capability":  func(world) error { return capability(unix.CAP_NET_ADMIN) },
		"sys-capability":  func(world) error { return capability(unix.CAP_SYS_ADMIN) },
		"credentials":     func(world) error { return hostEnv("NONO_TEST_SECRET_TOKEN") },
	}
}

func capability(c int) error {
	if hasCap(c) {
		return nil
	}
	return unix.EPERM
}
