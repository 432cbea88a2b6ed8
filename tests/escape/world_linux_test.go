package escape

import (
	"bufio"
	"encoding/binary"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
	"golang.org/x/sys/unix"
)

// A world is what the attacks of one user aim at: a directory "in" that is
// granted, "ro" that is granted for reading, "out" that is not, and a server
// process outside that runs as the same user.
type world struct {
	user  testenv.User
	probe string // the attacker
	dir   string
	tmp   string            // TMPDIR of nono
	args  map[string]string // what the attacks are told
	env   []string

	mu       sync.Mutex
	outcomes map[string]string // of attacks made together: "door/column"
}

func newWorld(t *testing.T, u testenv.User) *world {
	t.Helper()
	w := &world{user: u, probe: testenv.Build(t, suite.Probe, "-ldflags", "-s -w"), dir: u.Dir(t), args: map[string]string{}, outcomes: map[string]string{}}
	for _, name := range []string{"in", "out", "ro", "tmp", "out/sub", "tmp/nono-" + strconv.Itoa(u.UID)} {
		w.mkdir(t, filepath.Join(w.dir, name))
	}
	w.tmp = w.path("tmp")
	for key, value := range map[string]string{"in": w.path("in"), "out": w.path("out"), "ro": w.path("ro")} {
		w.args[key] = value
	}
	w.write(t, "out/secret", "secret", 0o600)
	w.write(t, "ro/file", "file", 0o600)
	w.symlink(t, "secret", "out/link")
	w.copyProgram(t, "/bin/true", "out/program")
	w.otherTemp(t)
	w.devices()
	w.privileged(t)
	w.serve(t)
	w.env = append(os.Environ(), "TMPDIR="+w.tmp, "DBUS_SESSION_BUS_ADDRESS=unix:path="+w.path("out/executor"),
		"NONO_TEST_SECRET_TOKEN=x", "HOME="+w.dir, "GOTRACEBACK=1")
	return w
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

func (w *world) mkdir(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(path, 0o700); err != nil {
		t.Fatal(err)
	}
	w.user.Own(t, path)
}

func (w *world) write(t *testing.T, name, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(w.path(name), []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	w.user.Own(t, w.path(name))
}

func (w *world) symlink(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, w.path(name)); err != nil {
		t.Fatal(err)
	}
	w.user.Own(t, w.path(name))
}

func (w *world) copyProgram(t *testing.T, from, name string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	w.write(t, name, string(data), 0o755)
}

// otherTemp makes what another sandbox of the user would have.
func (w *world) otherTemp(t *testing.T) {
	t.Helper()
	other := w.path("tmp/nono-" + strconv.Itoa(w.user.UID) + "/1.0.0123456789ab")
	w.mkdir(t, other)
	w.args["othertemp"] = other
	name, _ := filepath.Rel(w.dir, other)
	w.write(t, name+"/file", "x", 0o600)
	w.write(t, name+".spec", "x", 0o600)
}

// devices finds some of the machine's, without which the control says so.
func (w *world) devices() {
	first := func(paths ...string) string {
		for _, p := range paths {
			if found, err := filepath.Glob(p); err == nil && len(found) > 0 {
				return found[0]
			}
		}
		return "/nonexistent"
	}
	w.args["disk"] = first("/dev/vda", "/dev/sda", "/dev/nvme0n1", "/dev/loop0")
	w.args["cgroup"] = first("/sys/fs/cgroup/*/release_agent", "/sys/fs/cgroup/cgroup.procs")
	w.args["readable"] = first("/dev/fuse", "/dev/rtc0")
}

// privileged makes programs with more rights than their caller has, which takes
// root.
func (w *world) privileged(t *testing.T) {
	t.Helper()
	w.args["setuid"], w.args["setuid-to"], w.args["filecap"] = "/nonexistent", "0", "/nonexistent"
	if os.Geteuid() != 0 {
		return
	}
	for _, name := range []string{"setuid", "filecap"} {
		if name == "setuid" && w.user.Root() {
			continue // root has nothing to gain
		}
		w.copyProgram(t, w.probe, "in/"+name)
		w.args[name] = w.path("in/" + name)
		if err := os.Chown(w.args[name], 0, 0); err != nil {
			t.Fatal(err)
		}
	}
	if !w.user.Root() {
		must(t, os.Chmod(w.args["setuid"], 0o755|os.ModeSetuid))
	}
	// struct vfs_cap_data, revision 2, effective: CAP_SYS_ADMIN.
	caps := make([]byte, 20)
	binary.LittleEndian.PutUint32(caps, 0x02000001)
	binary.LittleEndian.PutUint32(caps[4:], 1<<unix.CAP_SYS_ADMIN)
	if err := unix.Setxattr(w.args["filecap"], "security.capability", caps, 0); err != nil {
		t.Logf("file capabilities cannot be set here: %v", err)
	}
}

// serve starts the process outside.
func (w *world) serve(t *testing.T) {
	t.Helper()
	cmd := w.user.Command(w.probe, "door", "serve", "out="+w.path("out"))
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stdin.Close(); cmd.Wait() })
	for s := bufio.NewScanner(stdout); s.Scan(); {
		if s.Text() == "ready" {
			return
		}
		key, value, _ := strings.Cut(s.Text(), "=")
		w.args[key] = value
	}
	t.Fatal("the process outside did not start")
}
