package main_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

// refusedCalls are tried with arguments that the kernel itself refuses, but not
// with EPERM: that answer is then the filter's. Left out is vhangup, which would
// do what it says.
var refusedCalls = []struct {
	name string
	nr   int
	args string
}{
	{"io_uring_setup", unix.SYS_IO_URING_SETUP, "1 0"},
	{"io_uring_enter", unix.SYS_IO_URING_ENTER, "-1"},
	{"io_uring_register", unix.SYS_IO_URING_REGISTER, "-1"},
	{"open_by_handle_at", unix.SYS_OPEN_BY_HANDLE_AT, "-1 0 0"},
	{"add_key", unix.SYS_ADD_KEY, "0 0 0 0 0"},
	{"request_key", unix.SYS_REQUEST_KEY, "0 0 0 0"},
	{"keyctl", unix.SYS_KEYCTL, "0x999"},
	{"mount", unix.SYS_MOUNT, "0 1 0 0 0"},
	{"umount2", unix.SYS_UMOUNT2, "0 0"},
	{"pivot_root", unix.SYS_PIVOT_ROOT, "0 0"},
	{"open_tree", unix.SYS_OPEN_TREE, "-1 0 0"},
	{"open_tree_attr", 467, "-1 0 0 0 0"},
	{"move_mount", unix.SYS_MOVE_MOUNT, "-1 0 -1 0 0"},
	{"fsopen", unix.SYS_FSOPEN, "0 0"},
	{"fsconfig", unix.SYS_FSCONFIG, "-1 0 0 0 0"},
	{"fsmount", unix.SYS_FSMOUNT, "-1 0 0"},
	{"fspick", unix.SYS_FSPICK, "-1 0 0"},
	{"mount_setattr", unix.SYS_MOUNT_SETATTR, "-1 0 0 0 0"},
	{"setns", unix.SYS_SETNS, "-1 0"},
	{"bpf", unix.SYS_BPF, "-1 0 0"},
	{"perf_event_open", unix.SYS_PERF_EVENT_OPEN, "0 0 -1 -1 0"},
	{"userfaultfd", unix.SYS_USERFAULTFD, "-1"},
	{"fanotify_init", unix.SYS_FANOTIFY_INIT, "-1 0"},
	{"kexec_load", unix.SYS_KEXEC_LOAD, "0 1000 0 0"},
	{"kexec_file_load", unix.SYS_KEXEC_FILE_LOAD, "-1 -1 0 0 -1"},
	{"init_module", unix.SYS_INIT_MODULE, "0 0 0"},
	{"finit_module", unix.SYS_FINIT_MODULE, "-1 0 0"},
	{"delete_module", unix.SYS_DELETE_MODULE, "0 0"},
	{"swapon", unix.SYS_SWAPON, "0 0"},
	{"swapoff", unix.SYS_SWAPOFF, "0"},
	{"reboot", unix.SYS_REBOOT, "0 0 0 0"},
	{"acct", unix.SYS_ACCT, "1"},
	{"quotactl", unix.SYS_QUOTACTL, "-1 0 0 0"},
	{"quotactl_fd", unix.SYS_QUOTACTL_FD, "-1 -1 0 0"},
	{"syslog", unix.SYS_SYSLOG, "-1 0 0"},
	{"shmget", unix.SYS_SHMGET, "0 0 0"},
	{"shmat", unix.SYS_SHMAT, "-1 0 0"},
	{"shmctl", unix.SYS_SHMCTL, "-1 0 0"},
	{"semget", unix.SYS_SEMGET, "0 0 0"},
	{"semop", unix.SYS_SEMOP, "-1 0 0"},
	{"semctl", unix.SYS_SEMCTL, "-1 0 0"},
	{"semtimedop", unix.SYS_SEMTIMEDOP, "-1 0 0 0"},
	{"msgget", unix.SYS_MSGGET, "-2 0"},
	{"msgsnd", unix.SYS_MSGSND, "-1 0 0 0"},
	{"msgrcv", unix.SYS_MSGRCV, "-1 0 0 0 0"},
	{"msgctl", unix.SYS_MSGCTL, "-1 0 0"},
	{"mq_open", unix.SYS_MQ_OPEN, "0 0 0 0"},
	{"mq_unlink", unix.SYS_MQ_UNLINK, "0"},
	{"unshare a user namespace", unix.SYS_UNSHARE, "0x10000000"},
	{"unshare mounts", unix.SYS_UNSHARE, "0x20000"},
	{"clone a user namespace", unix.SYS_CLONE, "0x10000200"}, // CLONE_NEWUSER|CLONE_FS: EINVAL
	{"a call yet to come", 471, ""},
}

func TestRefusedCalls(t *testing.T) {
	last := abis(t)[len(abis(t))-1]
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		for _, abi := range []int{1, last} {
			p := newPlace(t, u, shimFor(t, abi))
			var ops []string
			for _, c := range refusedCalls {
				ops = append(ops, fmt.Sprintf("call %d %s", c.nr, c.args))
			}
			control := make([]string, len(ops))
			for i, op := range ops {
				if !strings.HasPrefix(refusedCalls[i].name, "unshare") { // which would succeed, and change the probe
					control[i] = p.outside(t, op)[0]
				}
			}
			inside := p.inside(t, "", ops...)
			unclear := 0
			for i, c := range refusedCalls {
				want := "EPERM"
				if c.nr == 471 {
					want = "ENOSYS"
				}
				if inside[i] != want {
					t.Errorf("ABI %d: %s: %s, want %s", abi, c.name, inside[i], want)
				}
				if control[i] == "EPERM" {
					if unclear++; u.Root() {
						t.Errorf("%s: EPERM without a sandbox too", c.name)
					}
				}
			}
			t.Logf("ABI %d: %d calls, of which %d are refused to this user anyway", abi, len(ops), unclear)
		}
	})
}

// With ipc allow the calls of System V and POSIX queues are open again.
func TestIPCAllowed(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPlace(t, u, shimFor(t, 99))
		op := fmt.Sprintf("call %d 0 0 0", unix.SYS_SHMGET) // no bytes: EINVAL
		if out, in, open := p.outside(t, op)[0], p.inside(t, "", op)[0], p.inside(t, "ipc allow", op)[0]; out != "EINVAL" || in != "EPERM" || open != "EINVAL" {
			t.Errorf("outside %s, inside %s, with ipc allow %s", out, in, open)
		}
	})
}

// The terminal is not typed into, whatever is put in the half of the request
// that the kernel does not look at.
func TestTerminalInjection(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPlace(t, u, shimFor(t, 99))
		for _, op := range []string{"tiocsti", "tiocsti-high"} {
			for _, where := range []string{"outside", "inside"} {
				cmd := p.u.Command(probePath(t), op)
				if where == "inside" {
					cmd = p.command(t, "", op)
				}
				master, slave := openPTY(t)
				cmd.Stdin = slave
				cmd.SysProcAttr.Setsid = true
				cmd.SysProcAttr.Setctty = true
				got := p.answers(t, cmd, []string{op})[0]
				master.Close()
				slave.Close()
				switch {
				case where == "inside" && got != "EPERM":
					t.Errorf("%s: %s", op, got)
				case where == "outside" && got != "ok":
					// EIO: the kernel has no TIOCSTI any more (dev.tty.legacy_tiocsti), but to CAP_SYS_ADMIN
					t.Logf("%s without a sandbox: %s", op, got)
				}
			}
		}
	})
}

func openPTY(t testing.TB) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pty: %v", err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pty: %v", err)
	}
	return master, slave
}

// A call of another architecture ends the process that makes it.
func TestForeignCall(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPlace(t, u, shimFor(t, 99))
		op := "exec " + probePath(t) + " int80"
		if got := p.outside(t, op)[0]; got != "ok" {
			t.Skipf("without a sandbox: %s", got)
		}
		if answer := p.outside(t, "int80")[0]; answer != "ok" {
			t.Skipf("no calls of another architecture here: %s", answer)
		}
		if got := p.inside(t, "", op)[0]; got != "died of SIGSYS" {
			t.Errorf("inside: %s", got)
		}
	})
}

// sleeper starts a process of the same user outside the sandbox.
func sleeper(t testing.TB, u testenv.User) *exec.Cmd {
	t.Helper()
	cmd := u.Command("sleep", "600")
	if err := cmd.Start(); err != nil {
		t.Skipf("no sleep(1): %v", err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd
}

func TestOtherProcesses(t *testing.T) {
	eachABI(t, func(t *testing.T, abi int, u testenv.User) {
		p := newPlace(t, u, shimFor(t, abi))
		pid := sleeper(t, u).Process.Pid
		for _, c := range []struct {
			op, spec, want string
			held           int
		}{
			{"kill %d 0", "", "EPERM", 6},
			{"kill %d 18", "", "EPERM", 6},
			{"attach %d", "", "EPERM", 1},
			{"vm-read %d 0", "", "EPERM", 1}, // the address is no matter: outside EFAULT
			{"set-limit %d", "", "EPERM", 1},
			{"read /proc/%d/environ", "read /proc", "EACCES", 1},
			{"read /proc/%d/mem", "read /proc", "EACCES", 1},
			{"readlink /proc/%d/fd/0", "read /proc", "EACCES", 1},
			{"readlink /proc/%d/exe", "read /proc", "EACCES", 1},
			{"read /proc/%d/fd/0", "read /proc; read-file /dev/null", "EACCES", 1},
			{"list /proc/%d/root/", "read /proc", "EACCES", 1},
			{"list /proc/%d/cwd/", "read /proc", "EACCES", 1},
			{"read /proc/%d/stat", "read /proc", "ok", 1}, // nothing secret: ps works
		} {
			op := fmt.Sprintf(c.op, pid)
			outside, inside := p.outside(t, op)[0], p.inside(t, c.spec, op)[0]
			want := c.want
			if abi < c.held {
				want = "ok"
			}
			if inside != want {
				t.Errorf("%s: %s, want %s", c.op, inside, want)
			}
			if outside == "EPERM" || outside == "EACCES" {
				t.Errorf("%s without a sandbox: %s", c.op, outside)
			}
		}
	})
}
