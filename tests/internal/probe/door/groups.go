//go:build linux

package door

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"github.com/nono-sandbox/nono/tests/internal/probe/try"
	"golang.org/x/sys/unix"
)

// groups are the ways to have the kernel send signals to a process group: by a
// stopped process in a group that becomes orphaned, or by one that reads from the
// terminal in the background. "ok" says that all of it was done; whom the signal
// reached the test sees.
func groups() map[string]attack {
	return map[string]attack{"orphan": orphan, "read-behind": readBehind}
}

// orphan has a parent in a group of its own end while its child is stopped in
// "group". With group=stay the child stays in the group that it was started in.
func orphan(w world) error {
	out, err := exec.Command(os.Args[0], "door", "child-orphan", "group="+w["group"]).Output()
	words := strings.Fields(string(out))
	if len(words) != 2 {
		return errors.Join(try.Text("unclear"), err)
	}
	if words[0] != "stopped" {
		return try.Text(words[1])
	}
	pid, _ := strconv.Atoi(words[1])
	return unix.Kill(pid, unix.SIGKILL)
}

func childOrphan(w world) {
	stop := exec.Command(os.Args[0], "door", "child-stop")
	stay := w["group"] == "stay"
	if !stay {
		report(unix.Setpgid(0, 0))
		stop.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: w.int("group")}
	}
	report(stop.Start())
	if stay {
		report(unix.Setpgid(0, 0))
	}
	_, err := unix.Wait4(stop.Process.Pid, nil, unix.WUNTRACED, nil)
	report(err)
	fmt.Println("stopped", stop.Process.Pid)
}

func report(err error) {
	if err != nil {
		fmt.Println("errno", try.Answer(err))
		os.Exit(1)
	}
}

func childStop(world) { unix.Kill(os.Getpid(), unix.SIGSTOP) }

// readBehind reads from the terminal as a member of "group".
func readBehind(w world) error {
	cmd := exec.Command(os.Args[0], "door", "child-read")
	cmd.Stdin = os.Stdin
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: w.int("group")}
	if err := cmd.Start(); err != nil {
		return err
	}
	_, err := unix.Wait4(cmd.Process.Pid, nil, unix.WUNTRACED, nil)
	unix.Kill(cmd.Process.Pid, unix.SIGKILL)
	return err
}

func childRead(world) { os.Stdin.Read(make([]byte, 1)) }
