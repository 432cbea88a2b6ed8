package kernel

import "github.com/nono-sandbox/nono/core/fault"

// Why there is no Landlock (landlock_create_ruleset(2), ERRORS).
const (
	ErrMissing  = fault.Text("this kernel has no Landlock: nono needs Linux 5.13 or later, built with CONFIG_SECURITY_LANDLOCK, and in a container a seccomp profile that knows its calls")
	ErrDisabled = fault.Text("Landlock is built into this kernel but switched off: add 'landlock' to the lsm= boot parameter")
	ErrBlocked  = fault.Text("the container's seccomp profile refuses the Landlock system calls: allow landlock_create_ruleset, landlock_add_rule and landlock_restrict_self in it")
)
