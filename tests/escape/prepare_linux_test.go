package escape

import (
	"os"
	"strconv"
	"syscall"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

// A preparation makes what one launch needs.
type preparation func(*testing.T, *launch)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// keep closes f when the launch is over.
func (l *launch) keep(f *os.File) *os.File {
	l.after = append(l.after, func() { f.Close() })
	return f
}

// The descriptors that are handed to a launch, all of what lies outside.

type fdKind func(*testing.T, *launch) *os.File

func openAs(name string, flags int) fdKind {
	return func(t *testing.T, l *launch) *os.File {
		t.Helper()
		fd, err := unix.Open(l.w.path(name), flags|unix.O_CLOEXEC, 0)
		must(t, err)
		return l.keep(os.NewFile(uintptr(fd), name))
	}
}

var (
	fileFD = openAs("out/secret", unix.O_RDONLY)
	dirFD  = openAs("out", unix.O_RDONLY|unix.O_DIRECTORY)
	pathFD = openAs("out/secret", unix.O_PATH)
)

func memFD(t *testing.T, l *launch) *os.File {
	t.Helper()
	fd, err := unix.MemfdCreate("secret", unix.MFD_CLOEXEC)
	must(t, err)
	return l.keep(os.NewFile(uintptr(fd), "memfd"))
}

func pidFD(t *testing.T, l *launch) *os.File {
	t.Helper()
	pid, err := strconv.Atoi(l.w.args["pid"])
	must(t, err)
	fd, err := unix.PidfdOpen(pid, 0)
	must(t, err)
	return l.keep(os.NewFile(uintptr(fd), "pidfd"))
}

func newSocket(domain, kind int) fdKind {
	return func(t *testing.T, l *launch) *os.File {
		t.Helper()
		fd, err := unix.Socket(domain, kind|unix.SOCK_CLOEXEC, 0)
		must(t, err)
		return l.keep(os.NewFile(uintptr(fd), "socket"))
	}
}

var (
	socketFD = newSocket(unix.AF_UNIX, unix.SOCK_STREAM)
	netFD    = newSocket(unix.AF_INET, unix.SOCK_DGRAM)
)

// inherited is a number that the Go runtime of the attacker does not come to use
// for a file of its own.
const inherited = 20

// inherit leaves a descriptor open for the launch.
func inherit(kind fdKind) preparation {
	return func(t *testing.T, l *launch) {
		t.Helper()
		l.extra = make([]*os.File, inherited-2)
		l.extra[inherited-3] = kind(t, l)
		l.args["fd"] = strconv.Itoa(inherited)
	}
}

func stdinFile(t *testing.T, l *launch) {
	t.Helper()
	l.stdin = fileFD(t, l)
}

func stdinPipe(t *testing.T, l *launch) {
	t.Helper()
	r, w, err := os.Pipe()
	must(t, err)
	must(t, r.Chown(l.w.user.UID, -1)) // as if this user had made it
	l.stdin = l.keep(r)
	l.keep(w)
}

func lockable(t *testing.T, l *launch) {
	t.Helper()
	l.w.write(t, "ro/locked-"+l.args["run"], "", 0o600)
}

// stdinReceives makes stdin a connected socket on which a descriptor waits.
func stdinReceives(kind fdKind) preparation {
	return func(t *testing.T, l *launch) {
		t.Helper()
		pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		must(t, err)
		l.stdin = l.keep(os.NewFile(uintptr(pair[0]), "socket"))
		other := l.keep(os.NewFile(uintptr(pair[1]), "socket"))
		f := kind(t, l)
		must(t, unix.Sendmsg(int(other.Fd()), []byte("x"), unix.UnixRights(int(f.Fd())), nil, 0))
	}
}

func stdinSocket(kind string) preparation {
	return func(t *testing.T, l *launch) {
		t.Helper()
		number := map[string]int{"stream": unix.SOCK_STREAM, "dgram": unix.SOCK_DGRAM}[kind]
		l.stdin = newSocket(unix.AF_UNIX, number)(t, l)
	}
}

// terminal gives the launch a terminal of its own, in a session of its own.
func terminal(t *testing.T, l *launch) {
	t.Helper()
	newTerminal(t, l)
	l.session()
}

// newTerminal makes a terminal stdin of the launch, and returns its other side.
func newTerminal(t *testing.T, l *launch) *os.File {
	t.Helper()
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	must(t, err)
	master := l.keep(os.NewFile(uintptr(fd), "ptmx"))
	must(t, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	must(t, err)
	name := "/dev/pts/" + strconv.Itoa(n)
	slave, err := os.OpenFile(name, os.O_RDWR|unix.O_NOCTTY, 0)
	must(t, err)
	l.stdin = l.keep(slave)
	l.w.user.Own(t, name)
	return master
}

// session has the launch lead a session of which stdin is the terminal.
func (l *launch) session() {
	cmd := l.w.user.Command("/")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	l.cmd = cmd
}

// console makes the machine's first console stdin, where there is one and root
// may open it.
func console(t *testing.T, l *launch) {
	t.Helper()
	f, err := os.OpenFile("/dev/tty0", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		terminal(t, l) // whose driver answers that it is no console
		return
	}
	l.stdin = l.keep(f)
}

// readable grants reading a character device, which is not controlling it.
func readable(_ *testing.T, l *launch) {
	if path := l.w.args["readable"]; path != "/nonexistent" {
		l.flags = append(l.flags, "--read-file", path)
	}
}

func swapFile(t *testing.T, l *launch) {
	t.Helper()
	l.w.write(t, "in/swap-"+l.args["run"], "no swap", 0o600)
}

func frozen(t *testing.T, l *launch) {
	t.Helper()
	l.w.write(t, "in/frozen-"+l.args["run"], "", 0o600)
}

// spareShm makes shared memory that an attack may remove.
func spareShm(t *testing.T, l *launch) {
	t.Helper()
	id := -1
	create := func() {
		var err error
		if id, err = unix.SysvShmGet(unix.IPC_PRIVATE, 4096, unix.IPC_CREAT|0o600); err != nil {
			id = -1
		}
	}
	if l.w.user.Root() || os.Geteuid() != 0 {
		create()
	} else {
		testenv.AsNobody(t, create)
	}
	l.args["spareshm"] = strconv.Itoa(id)
	l.after = append(l.after, func() { unix.SysvShmCtl(id, unix.IPC_RMID, nil) })
}

// grantPort limits the network to the port of that server.
func grantPort(server string) preparation {
	return func(_ *testing.T, l *launch) { l.flags = append(l.flags, "--port", l.w.args[server]) }
}

// grantHost limits the network to that server.
func grantHost(server string) preparation {
	return func(_ *testing.T, l *launch) { l.flags = append(l.flags, "--host", "localhost:"+l.w.args[server]) }
}

func both(a, b preparation) preparation {
	return func(t *testing.T, l *launch) {
		t.Helper()
		a(t, l)
		b(t, l)
	}
}
