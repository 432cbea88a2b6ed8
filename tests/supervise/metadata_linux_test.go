package supervise

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// metadataScript makes every call that changes metadata, on files inside that may be
// written and outside that may only be read, and says which worked.
const metadataScript = `
import ctypes, errno, fcntl, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
inside, outside = sys.argv[1], sys.argv[2]
uid, gid = os.getuid(), os.getgid()
def call(number, *args):
    if libc.syscall(number, *args) < 0:
        raise OSError(ctypes.get_errno(), "")
def chattr(path, request, size):
    fd = os.open(path, os.O_RDONLY)
    try:
        arg = bytearray(size)
        fcntl.ioctl(fd, request + 0x40000000 - 1, arg) # the one that asks
        fcntl.ioctl(fd, request, bytes(arg))
    finally:
        os.close(fd)
def byfd(path, do):
    fd = os.open(path, os.O_RDONLY)
    try: do(fd)
    finally: os.close(fd)
def link(path, do):
    name = inside + "/link"
    os.symlink(path, name)
    try: do(name)
    finally: os.unlink(name)
def relative(path, do):
    dir = os.open(os.path.dirname(path), os.O_PATH)
    try: do(dir, os.path.basename(path))
    finally: os.close(dir)
b = os.fsencode
ops = {
 "chmod": lambda p: os.chmod(p, 0o600),
 "chmod-link": lambda p: link(p, lambda l: os.chmod(l, 0o600)),
 "chmod-dotdot": lambda p: os.chmod(inside + "/../" + os.path.relpath(p, inside + "/.."), 0o600),
 "fchmod": lambda p: byfd(p, lambda fd: os.fchmod(fd, 0o600)),
 "chmod-fd": lambda p: byfd(p, lambda fd: os.chmod("/proc/self/fd/%d" % fd, 0o600)),
 "fchmodat": lambda p: relative(p, lambda d, n: os.chmod(n, 0o600, dir_fd=d)),
 "fchmodat2": lambda p: call(452, -100, b(p), 0o600, 0),
 "fchmodat2-empty": lambda p: byfd(p, lambda fd: call(452, fd, b"", 0o600, 0x1000)),
 "chown": lambda p: os.chown(p, uid, gid),
 "lchown": lambda p: os.lchown(p, uid, gid),
 "fchown": lambda p: byfd(p, lambda fd: os.fchown(fd, uid, gid)),
 "fchownat-empty": lambda p: byfd(p, lambda fd: call(260, fd, b"", uid, gid, 0x1000)),
 "utime": lambda p: os.utime(p, (1, 1)),
 "utime-fd": lambda p: byfd(p, lambda fd: os.utime(fd, (1, 1))),
 "utime-link": lambda p: link(p, lambda l: os.utime(l, (1, 1))),
 "utimes": lambda p: call(235, b(p), None),
 "setxattr": lambda p: os.setxattr(p, "user.a", b"x"),
 "lsetxattr": lambda p: os.setxattr(p, "user.a", b"x", follow_symlinks=False),
 "fsetxattr": lambda p: byfd(p, lambda fd: os.setxattr(fd, "user.a", b"x")),
 "removexattr": lambda p: os.removexattr(p, "user.b"),
 "setflags": lambda p: chattr(p, 0x40086602, 4),
 "fssetxattr": lambda p: chattr(p, 0x401c5820, 28),
 "mode-of-directory": lambda p: os.chmod(os.path.dirname(p), 0o755),
}
for name, do in ops.items():
    said = []
    for dir in inside, outside:
        path = dir + "/file"
        try:
            os.setxattr(path, "user.b", b"y")
        except OSError:
            pass
        try:
            do(path)
            said.append("yes")
        except OSError as e:
            said.append(errno.errorcode[e.errno])
    print(name, *said)
fd = os.open(inside + "/gone", os.O_RDWR | os.O_CREAT, 0o644)
os.unlink(inside + "/gone")
os.fchmod(fd, 0o600); print("gone yes")
os.fchmod(os.memfd_create("m"), 0o600); print("memory yes")
os.fchmod(os.pipe()[0], 0o600); print("pipe yes")
os.chmod("file", 0o640); print("%o" % (os.stat("file").st_mode & 0o777))
`

// Metadata of what may not be written stays as it is, by every call; a control shows that
// each call changes it where nothing holds it.
func TestHoldMetadata(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	const python = "/usr/bin/python3"
	if _, err := os.Stat(python); err != nil {
		t.Skip(python + " is missing")
	}
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		for _, held := range []bool{false, true} {
			r := newRun(t, u)
			for _, path := range []string{r.dir + "/file", r.home + "/file"} {
				must(t, os.WriteFile(path, []byte("x"), 0o644))
				u.Own(t, path)
			}
			flags := []string{"--read", r.home}
			if held {
				flags = append(flags, "--hold-metadata")
			}
			cmd := r.nonoRun(flags, python, "-c", metadataScript, r.dir, r.home)
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			finish(t, cmd, &out)
			said := out.String()
			if !strings.HasSuffix(said, "gone yes\nmemory yes\npipe yes\n640\n") {
				t.Fatalf("held %v: the end is missing:\n%s", held, said)
			}
			for line := range strings.Lines(said) {
				f := strings.Fields(line)
				if len(f) != 3 {
					continue
				}
				if f[1] != "yes" {
					t.Errorf("held %v: %s inside: %s", held, f[0], f[1])
				}
				if want := map[bool]string{false: "yes", true: "EPERM"}[held]; f[2] != want {
					// What cannot be held for lack of a control shows nothing.
					t.Errorf("held %v: %s outside: %s, want %s", held, f[0], f[2], want)
				}
			}
		}
	})
}

// One thread changes a file by a name that another exchanges all the time.
func TestHoldMetadataRace(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	const python = "/usr/bin/python3"
	if _, err := os.Stat(python); err != nil {
		t.Skip(python + " is missing")
	}
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u)
		for _, path := range []string{r.dir + "/file", r.home + "/file"} {
			must(t, os.WriteFile(path, []byte("x"), 0o644))
			must(t, os.Chmod(path, 0o644))
			u.Own(t, path)
		}
		cmd := r.nonoRun([]string{"--read", r.home, "--hold-metadata"}, python, "-c", `
import os, sys, threading
inside, outside, tries = sys.argv[1], sys.argv[2], int(sys.argv[3])
os.symlink("file", "a"); os.symlink(outside + "/file", "b"); os.symlink("file", "l")
done = False
def swap():
    n = 0
    while not done:
        n += 1
        os.unlink("c") if os.path.lexists("c") else None
        os.symlink(outside + "/file" if n % 2 else "file", "c")
        os.rename("c", "l")
t = threading.Thread(target=swap); t.start()
ok = bad = 0
for n in range(tries):
    try:
        os.chmod("l", 0o600 if n % 2 else 0o644); ok += 1
    except PermissionError: bad += 1
    except FileNotFoundError: pass
done = True; t.join()
print("both" if ok and bad else "one", ok, bad)`, r.dir, r.home, tries())
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		finish(t, cmd, &out)
		st, err := os.Stat(r.home + "/file")
		must(t, err)
		if st.Mode().Perm() != 0o644 {
			t.Errorf("the mode outside is %o", st.Mode().Perm())
		}
		if !strings.HasPrefix(out.String(), "both ") {
			t.Errorf("the race met one side alone: %s", out.String())
		}
	})
}
