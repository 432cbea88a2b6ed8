// Package landlock makes a ruleset of a spec and puts the calling thread into it
// (landlock(7)).
package landlock

import (
	"unsafe"

	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// go-landlock's own Restrict is not used, only its system calls: it opens each
// path by name once more, so that what was checked and what is granted could
// differ; it links fmt and reflection into the shim; and it cannot be given the
// descriptors of a carve. What it is used for here it does exactly.

// rulesetFor returns what the kernel is to handle for s: all that its ABI knows,
// less what s leaves open.
func rulesetFor(s *spec.Spec, abi int) *ll.RulesetAttr {
	attr := &ll.RulesetAttr{}
	attr.HandledAccessFS, attr.HandledAccessNet, attr.Scoped = kernel.Handled(abi)
	if s.UnixSockets {
		attr.HandledAccessFS &^= ll.AccessFSResolveUnix
		attr.Scoped &^= ll.ScopeAbstractUnixSocket
	}
	if s.Net {
		attr.HandledAccessNet = 0
	}
	if s.LimitsHosts() {
		// Datagram sockets are the supervisor's, of a network that leads nowhere.
		attr.HandledAccessNet &^= ll.AccessNetBindUDP | ll.AccessNetConnectSendUDP
	}
	return attr
}

// Bits spells r in Landlock's bits. MAKE_CHAR and MAKE_BLOCK are never
// among them: a device node made beneath a grant would be a way to the device.
func Bits(r carve.Rights) uint64 {
	var bits uint64
	for _, m := range [...]struct {
		right carve.Rights
		bits  uint64
	}{
		{carve.ReadFile, ll.AccessFSReadFile},
		{carve.Execute, ll.AccessFSExecute},
		{carve.List, ll.AccessFSReadDir},
		{carve.WriteFile, ll.AccessFSWriteFile | ll.AccessFSTruncate},
		{carve.Ioctl, ll.AccessFSIoctlDev},
		{carve.ConnectUnix, ll.AccessFSResolveUnix},
		{carve.Create, ll.AccessFSMakeReg | ll.AccessFSMakeDir | ll.AccessFSMakeSym | ll.AccessFSMakeSock |
			ll.AccessFSMakeFifo | ll.AccessFSRemoveFile | ll.AccessFSRefer},
		{carve.RemoveDir, ll.AccessFSRemoveDir},
	} {
		if r&m.right != 0 {
			bits |= m.bits
		}
	}
	return bits
}

// Restrict carves s into a ruleset and enforces it on the calling thread.
func Restrict(s *spec.Spec, abi int) error {
	ruleset, err := Make(s, abi)
	if err != nil {
		return err
	}
	defer unix.Close(ruleset)
	return Enter(ruleset, logging(s))
}

// logging returns the flags for landlock_restrict_self(2): by default the kernel logs
// what it denies the program that has restricted itself, and not those that it executes,
// of which the command is one.
func logging(s *spec.Spec) uintptr {
	if s.KernelLog {
		return restrictSelfLogNewExecOn
	}
	return 0
}

// restrictSelfLogNewExecOn is LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON, of ABI 7
// (linux/landlock.h).
const restrictSelfLogNewExecOn = 1 << 1

// Enter puts the calling thread into the domain of ruleset. flags are
// LANDLOCK_RESTRICT_SELF_*.
func Enter(ruleset int, flags uintptr) error {
	// No new privileges: without it the kernel lets only root restrict itself,
	// and a setuid program started later would be stronger than its caller.
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return &fault.Error{Do: "give up new privileges", Err: err}
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(ruleset), flags, 0); errno != 0 {
		hint := ""
		if errno == unix.E2BIG {
			hint = "Landlock allows 16 sandboxes inside one another"
		}
		return &fault.Error{Do: "enforce the Landlock ruleset", Err: errno, Hint: hint}
	}
	return nil
}

// Make carves s into rules of a new ruleset for a kernel with that ABI. The caller must
// close it.
func Make(s *spec.Spec, abi int) (ruleset int, err error) {
	attr := rulesetFor(s, abi)
	ruleset, err = ll.LandlockCreateRuleset(attr, 0)
	if err != nil {
		return -1, &fault.Error{Do: "create a Landlock ruleset", Err: err}
	}
	rule := &ll.PathBeneathAttr{}
	_, err = carve.Rules(s, func(r *carve.Rule) error {
		// Of what is no directory the carve gives only what the kernel takes there.
		rule.ParentFd = r.FD
		rule.AllowedAccess = Bits(r.Rights) & attr.HandledAccessFS
		if rule.AllowedAccess == 0 {
			return nil // a right that this kernel does not handle, or s leaves open
		}
		if errno := AddRule(ruleset, rule); errno != 0 {
			return &fault.Error{Do: "add a Landlock rule for", Path: r.Path(), Err: errno}
		}
		return nil
	})
	if err == nil {
		err = addPorts(ruleset, s.Ports, attr)
	}
	if err != nil {
		unix.Close(ruleset)
		return -1, err
	}
	return ruleset, nil
}

// addPorts adds a rule for each port that may be connected to. The rule is of the
// port at every address: the kernel knows no others.
func addPorts(ruleset int, ports []spec.Port, attr *ll.RulesetAttr) error {
	for i := range ports {
		for port := uint64(ports[i].First); port <= uint64(ports[i].Last); port++ {
			rule := &ll.NetPortAttr{AllowedAccess: ll.AccessNetConnectTCP & attr.HandledAccessNet, Port: port}
			if rule.AllowedAccess == 0 {
				return nil // the network is open
			}
			if err := ll.LandlockAddNetPortRule(ruleset, rule, 0); err != nil {
				return &fault.Error{Do: "add a Landlock rule for port " + ports[i].Range(), Err: err}
			}
		}
	}
	return nil
}

// AddRule is landlock_add_rule(2), without telling Go's scheduler of a call that
// is over sooner: there may be thousands.
func AddRule(ruleset int, rule *ll.PathBeneathAttr) unix.Errno {
	_, _, errno := unix.RawSyscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(ruleset), ll.RuleTypePathBeneath, uintptr(unsafe.Pointer(rule)), 0, 0, 0)
	return errno
}
