package supervise

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// answered are the system calls that a supervisor makes while it answers.
var answered = []string{"ioctl", "openat", "openat2", "fstat", "newfstatat", "statx", "readlinkat", "pidfd_open", "pidfd_getfd", "process_vm_readv",
	"read", "pread64", "write", "renameat2", "linkat", "unlinkat", "mkdirat", "fchmodat", "fchownat", "close", "fcntl", "socket", "connect",
	"getsockopt", "setsockopt", "sendto", "recvfrom"}

// running tries what is shut, and says what came of it, once there is a file "go".
const running = `
import os, socket, sys, time
home = sys.argv[1]
print("ready", flush=True)
while not os.path.exists(home + "/go"): time.sleep(0.02)
def tried(f, *a):
    try: return f(*a)
    except OSError as e: return e.errno
def connected():
    s = socket.socket(socket.AF_UNIX); s.connect(home + "/server")
print([tried(lambda: os.read(os.open(".env", os.O_RDWR | os.O_CREAT), 20)), tried(os.rename, ".env", "got"), tried(os.link, ".env", "linked"),
    tried(os.unlink, ".env"), tried(os.mkdir, "d"), tried(os.rename, "sub", "sub2"), tried(os.chmod, home + "/mode", 0o777),
    tried(lambda: open("n", "w").write("x")), tried(os.rmdir, "old"), tried(connected)])
`

// What a supervisor that is at work cannot do, whichever of its calls fails, widens nothing:
// the command sees an errno, or the run ends.
func TestFaultsWhileRunning(t *testing.T) {
	testenv.RequireLandlock(t, 6)
	if !suite.Long() {
		t.Skip("some minutes: NONO_LONG=1")
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is missing: no system call can be made to fail")
	}
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		for _, call := range answered {
			for _, errno := range []string{"EIO", "EPERM"} {
				t.Run(call+"/"+errno, func(t *testing.T) { faultWhileRunning(t, u, strace, call, errno) })
			}
		}
	})
}

func faultWhileRunning(t *testing.T, u testenv.User, strace, call, errno string) {
	r := old(t, u)
	for path, text := range map[string]string{r.dir + "/.env": "SECRET\n", r.home + "/mode": ""} {
		must(t, os.WriteFile(path, []byte(text), 0o600))
		must(t, os.Chmod(path, 0o600))
		u.Own(t, path)
	}
	for _, dir := range []string{"sub", "old"} {
		must(t, os.Mkdir(r.dir+"/"+dir, 0o755))
		u.Own(t, r.dir+"/"+dir)
	}
	came := outside(t, u, r.home+"/server")
	cmd := r.nonoRun([]string{"--allow-beside-denied", "--deny", ".env", "--allow-rmdir-own", "--hold-metadata", "--inner-sockets"},
		"/usr/bin/python3", "-c", running, r.home)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	timer := time.AfterFunc(2*time.Minute, func() { cmd.Process.Kill() })
	said := bufio.NewReader(out)
	if line, err := said.ReadString('\n'); line != "ready\n" {
		t.Fatalf("it did not start: %q, %v", line, err)
	}
	tracer := exec.Command(strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace="+call, "-e", "inject="+call+":error="+errno+":when=2+3", "-p", itoa(cmd.Process.Pid))
	must(t, tracer.Start())
	eventually(t, "every thread of the supervisor is traced", func() bool { return traced(cmd.Process.Pid) })
	must(t, os.WriteFile(r.home+"/go", nil, 0o644))
	text, _ := said.ReadString('\n')
	cmd.Wait()
	tracer.Process.Kill()
	tracer.Wait()
	if !timer.Stop() {
		t.Error("it did not end")
	}
	if strings.Contains(text, "SECRET") {
		t.Errorf("it has read what is denied: %s", text)
	}
	if left, err := os.ReadFile(r.dir + "/.env"); err != nil || string(left) != "SECRET\n" {
		t.Errorf("what is denied is now %q, %v", left, err)
	}
	for _, path := range []string{"got", "linked"} {
		if _, err := os.Lstat(r.dir + "/" + path); err == nil {
			t.Errorf("%s is there", path)
		}
	}
	if _, err := os.Stat(r.dir + "/old"); err != nil {
		t.Error(err)
	}
	if st, err := os.Stat(r.home + "/mode"); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the mode outside: %v, %v", st.Mode(), err)
	}
	if came.Load() != 0 {
		t.Error("the server outside was reached")
	}
	t.Log(strings.TrimSpace(text))
}

// traced reports whether a tracer has each thread of pid.
func traced(pid int) bool {
	all, _ := filepath.Glob("/proc/" + itoa(pid) + "/task/*/status")
	for _, path := range all {
		text, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(text), "TracerPid:\t0\n") {
			return false
		}
	}
	return len(all) > 0
}
