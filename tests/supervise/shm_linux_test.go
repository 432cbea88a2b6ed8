package supervise

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

// shmScripts are run with --private-shm. $V is a file of another program in /dev/shm, that
// holds SECRET, and $N a name that is free. A command fails as the script says.
var shmScripts = []struct{ script, want string }{
	{"echo x > $N && echo y >> $N && cat $N", "x y"},
	{"echo x > $N && ln $N $N.l && rm $N && cat $N.l", "x"},
	{"echo x > $N && mv $N $N.m && cat $N.m", "x"},
	{"mkdir $N && echo x > $N/f && cat $N/f", "x"},
	{"for i in $(seq 300); do echo $i > $N && read x < $N && rm $N; done; echo $x", "300"},
	{"set -C; echo x > $N; echo y > $N || echo exists", "exists"},

	{"cat $V", "denied"},
	{"echo x > $V", "denied"},
	{": >> $V", "denied"},
	{"rm -f $V", "denied"},
	{"mv $V $N; cat $N", "denied absent"},
	{"ln $V $N; cat $N", "denied absent"},
	{"echo x > $N; mv $N $V; ln -f $N $V; cat $N", "denied denied x"},
	{"cp $V mine", "denied"},
	{"ln -s $V mine; cat mine; echo x > mine", "denied denied"},
	{"ln -s $V $N; ln -s /etc/passwd $N", "denied denied"},
	{"ls /dev/shm", "denied"},
	{"mv /dev/shm/.nono-names-* $N", "absent"},
	{"cat $O; echo x > $O; rm -f $O; ln $O $N", "denied denied denied denied"},
}

// With --private-shm the command has in /dev/shm what it made itself, and nothing that is
// there, or comes there, from elsewhere.
func TestPrivateShm(t *testing.T) {
	testenv.RequireLandlock(t, 2)
	if st, err := os.Stat("/dev/shm"); err != nil || st.Mode()&os.ModeSticky == 0 {
		t.Skip("/dev/shm is not there for everybody")
	}
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		base := filepath.Join("/dev/shm", "nono-test-"+strconv.Itoa(os.Getpid())+"-"+filepath.Base(t.Name()))
		t.Cleanup(func() {
			left, _ := filepath.Glob(base + "*")
			for _, path := range left {
				os.RemoveAll(path)
			}
		})
		r := newRun(t, u)
		victim, late := base+".victim", base+".late"
		must(t, os.WriteFile(victim, []byte("SECRET\n"), 0o644))
		u.Own(t, victim)
		script := "V=" + victim + " O=" + late + "; : > ready; while ! [ -e go ]; do sleep 0.05; done\n"
		for i, c := range shmScripts {
			n := strconv.Itoa(i)
			script += "(mkdir " + n + "; cd " + n + "; exec > ../out." + n + " 2> ../err." + n + "; N=" + base + "." + n + "; " + c.script + ")\n"
		}
		cmd := r.nonoRun([]string{"--private-shm"}, "sh", "-c", script)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		must(t, cmd.Start())
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		for err := error(unix.ENOENT); err != nil; _, err = os.Stat(r.dir + "/ready") {
			select {
			case <-ended:
				t.Fatalf("it did not start: %s", &out)
			case <-time.After(10 * time.Millisecond):
			}
		}
		// What comes there while the command runs.
		must(t, os.WriteFile(late, []byte("SECRET\n"), 0o644))
		u.Own(t, late)
		must(t, os.WriteFile(r.dir+"/go", nil, 0o644))
		if err := <-ended; err != nil && cmd.ProcessState.ExitCode() < 0 || out.Len() > 0 {
			t.Errorf("%v: %s", err, &out)
		}
		if _, err := os.Lstat("/dev/shm/.nono-names-" + strconv.Itoa(cmd.Process.Pid)); err == nil {
			t.Error("its store stays")
		}
		for i, c := range shmScripts {
			said, err := os.ReadFile(r.dir + "/out." + strconv.Itoa(i))
			must(t, err)
			text, err := os.ReadFile(r.dir + "/err." + strconv.Itoa(i))
			must(t, err)
			if got := complaints(string(text)) + string(said); sorted(got) != sorted(c.want) {
				t.Errorf("%s\n says %q\n want %q\n%s", c.script, strings.Fields(got), c.want, text)
			}
		}
		for _, path := range []string{victim, late} {
			if text, err := os.ReadFile(path); err != nil || string(text) != "SECRET\n" {
				t.Errorf("%s is changed: %q, %v", path, text, err)
			}
		}
	})
}

// Python's multiprocessing has what it wants, also in new processes that find their
// semaphores by name.
func TestPrivateShmForPython(t *testing.T) {
	testenv.RequireLandlock(t, 2)
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import multiprocessing.shared_memory").Run() != nil {
		t.Skip(python + " has no multiprocessing")
	}
	const script = `
import multiprocessing as m, multiprocessing.shared_memory as s, concurrent.futures as c
def main():
    with m.Pool(2) as p: assert p.map(abs, [1, -2]) == [1, 2]
    q = m.Queue(); q.put(3); assert q.get() == 3
    v = m.Value("i", 4); v.value += 1; assert v.value == 5
    a = s.SharedMemory(create=True, size=4096); a.buf[0] = 7
    b = s.SharedMemory(name=a.name); assert b.buf[0] == 7; b.close(); a.close(); a.unlink()
    with c.ProcessPoolExecutor(2) as e: assert list(e.map(abs, [-1])) == [1]
    m.set_start_method("spawn", force=True)
    with m.Pool(1) as p: assert p.map(abs, [-3]) == [3]
    print("right")
if __name__ == "__main__": main()
`
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u)
		must(t, os.WriteFile(r.dir+"/a.py", []byte(script), 0o644))
		for _, c := range []struct {
			flags []string
			right bool
		}{{nil, false}, {[]string{"--private-shm"}, true}} {
			cmd := r.nonoRun(c.flags, python, "a.py")
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			finish(t, cmd, &out)
			if got := strings.Contains(out.String(), "right\n"); got != c.right {
				t.Errorf("%q: %s", c.flags, &out)
			}
		}
	})
}

// Another program of the user makes and removes a name while the command puts its own files
// there: each keeps what it has made.
func TestPrivateShmRace(t *testing.T) {
	testenv.RequireLandlock(t, 2)
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "").Run() != nil {
		t.Skip(python + " is not installed")
	}
	const victim = `
import os, sys, time
v, stopped, made, other, begun = sys.argv[1], sys.argv[2], 0, 0, time.monotonic()
while time.monotonic() < begun + 0.5 or not os.path.exists(stopped) and time.monotonic() < begun + 100:
    try: f = os.open(v, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except FileExistsError: continue
    made += 1
    try:
        g = os.open(v, os.O_RDWR)
        other += os.fstat(f).st_ino != os.fstat(g).st_ino
        os.close(g)
        os.unlink(v)
    except OSError: other += 1
    os.close(f)
print(made > 0, other)
`
	const attacker = `
import os, sys
v, moved = sys.argv[1], 0
os.close(os.open(v + ".k", os.O_CREAT | os.O_RDWR, 0o600))
def tried(f, *a):
    try: f(*a)
    except OSError: return 0
    return 1
print("ready", flush=True)
while not os.path.exists("stop"):
    tried(os.link, v + ".k", v + ".l")
    moved += tried(os.rename, v + ".l", v)
    if moved == 1: os.close(os.open("moved", os.O_CREAT | os.O_RDWR, 0o600))
    tried(os.unlink, v)
tried(os.unlink, v + ".k"); tried(os.unlink, v + ".l")
print(moved > 0)
`
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		name := filepath.Join("/dev/shm", "nono-race-"+strconv.Itoa(os.Getpid())+"-"+filepath.Base(t.Name()))
		t.Cleanup(func() { os.Remove(name) })
		r := newRun(t, u)
		cmd := r.nonoRun([]string{"--private-shm"}, python, "-c", attacker, name)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		said := bufio.NewReader(out)
		if line, err := said.ReadString('\n'); line != "ready\n" {
			t.Errorf("the command did not start: %q, %v", line, err)
		}
		if got, err := u.Command(python, "-c", victim, name, r.dir+"/moved").Output(); err != nil || string(got) != "True 0\n" {
			t.Errorf("the other program's files: %q, %v", got, err)
		}
		must(t, os.WriteFile(r.dir+"/stop", nil, 0o644))
		if line, _ := said.ReadString('\n'); line != "True\n" {
			t.Errorf("the command moved nothing there: %q", line)
		}
		must(t, cmd.Wait())
	})
}
