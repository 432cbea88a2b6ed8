package ask

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// Directory returns where the sockets of this user's runs are: beneath what every
// sandbox denies ("records of nono's runs"). It goes by HOME alone, since a variable
// that one run has and another has not would lead the one where the other denies nothing.
func Directory() (string, error) {
	home := os.Getenv("HOME")
	if !filepath.IsAbs(home) {
		return "", &fault.Error{Do: "find the questions", Err: fault.Text("HOME is not set to an absolute path")}
	}
	return filepath.Join(home, ".local/state/nono/ask"), nil
}

// open opens the directory, and makes it where make says so. It must be this user's and
// nobody else's.
func open(make bool) (string, error) {
	dir, err := Directory()
	if err != nil {
		return "", err
	}
	if make {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return "", err
		}
	}
	var st unix.Stat_t
	if err := unix.Lstat(dir, &st); err != nil {
		return "", err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR || int(st.Uid) != unix.Geteuid() || st.Mode&0o077 != 0 {
		return "", &fault.Error{Do: "use", Path: dir, Err: fault.Text("it is not a directory of this user's that is shut to all others"), Hint: "chmod 700 " + fault.Quote(dir)}
	}
	return dir, nil
}

// A Server is the end of a channel that clients connect to.
type Server struct {
	listener    *net.UnixListener
	path, token string
	own         state
}

// Listen makes the socket of this run and the file with the word that a client must
// show: whoever cannot read that file, as no sandbox lets, has no part in it.
func Listen() (*Server, error) {
	dir, err := open(true)
	if err != nil {
		return nil, &fault.Error{Do: "ask", Err: err}
	}
	own, err := stateOf("self")
	if err != nil {
		return nil, &fault.Error{Do: "ask", Err: err}
	}
	var random [32]byte
	rand.Read(random[:])
	s := &Server{path: filepath.Join(dir, strconv.Itoa(os.Getpid())), token: hex.EncodeToString(random[:]), own: own}
	sweep(dir)
	s.remove()
	if err := os.WriteFile(s.path+".key", []byte(s.token), 0o600); err != nil {
		return nil, &fault.Error{Do: "ask", Err: err}
	}
	old := unix.Umask(0o177)
	err = within(dir, func(at string) (err error) {
		s.listener, err = net.ListenUnix("unix", &net.UnixAddr{Name: at + "/" + filepath.Base(s.path), Net: "unix"})
		return err
	})
	unix.Umask(old)
	if err != nil {
		s.remove()
		return nil, &fault.Error{Do: "ask", Path: s.path, Err: err}
	}
	s.listener.SetUnlinkOnClose(false)
	return s, nil
}

// within calls f with a short name of dir: the address of a socket has 107 bytes.
func within(dir string, f func(at string) error) error {
	fd, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return f("/proc/self/fd/" + strconv.Itoa(fd))
}

// sweep removes the sockets of runs that are gone.
func sweep(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		pid, err := strconv.Atoi(strings.TrimSuffix(e.Name(), ".key"))
		if err == nil && unix.Kill(pid, 0) == unix.ESRCH {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

func (s *Server) remove() {
	os.Remove(s.path)
	os.Remove(s.path + ".key")
}

// Path is where the socket is.
func (s *Server) Path() string { return s.path }

// Close ends the channel.
func (s *Server) Close() {
	s.listener.Close()
	s.remove()
}

// Accept waits for the next client that may answer. Others are turned away, and refused
// is called with the reason.
func (s *Server) Accept(refused func(error)) (*Conn, error) {
	for {
		c, err := s.listener.AcceptUnix()
		if err != nil {
			return nil, err
		}
		if err := s.admit(c); err != nil {
			refused(err)
			c.Close()
			continue
		}
		return NewConn(c), nil
	}
}

// admit looks at who has connected: a process of this user, outside of every sandbox
// that this process is outside of, which can read the key.
func (s *Server) admit(c *net.UnixConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var problem error
	if err := raw.Control(func(fd uintptr) { problem = s.checkPeer(int(fd)) }); err != nil {
		return err
	}
	if problem != nil {
		return problem
	}
	// One write of the client's holds it; nothing but that is taken before it is right.
	buf := make([]byte, len(s.token)+1)
	if _, err := io.ReadFull(c, buf); err != nil || subtle.ConstantTimeCompare(buf, []byte(s.token+"\n")) != 1 {
		return fault.Text("the connecting process does not know the key")
	}
	return nil
}

func (s *Server) checkPeer(fd int) error {
	cred, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return err
	}
	if int(cred.Uid) != unix.Geteuid() || cred.Pid <= 0 {
		return fault.Text("the connecting process belongs to another user, or cannot be seen")
	}
	// The process that connected, even if its number is another's by now. A kernel before
	// 6.5 does not tell; there the key alone keeps out whoever is quick.
	const soPeerPidfd = 77
	pidfd, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, soPeerPidfd)
	if err != nil {
		pidfd, err = unix.PidfdOpen(int(cred.Pid), 0)
	}
	if err != nil {
		return err
	}
	defer unix.Close(pidfd)
	peer, err := stateOf(strconv.Itoa(int(cred.Pid)))
	if err != nil {
		return err
	}
	if err := unix.PidfdSendSignal(pidfd, 0, nil, 0); err != nil {
		return err
	}
	if peer.noNewPrivs > s.own.noNewPrivs || peer.filters > s.own.filters {
		return fault.Text("the connecting process is in a sandbox")
	}
	return nil
}

// state is what no process can be rid of once it has it: a sandbox of nono's has more of
// both than what started it.
type state struct{ noNewPrivs, filters int }

func stateOf(pid string) (state, error) {
	text, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return state{}, err
	}
	var s state
	seen := 0
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		to := map[string]*int{"NoNewPrivs": &s.noNewPrivs, "Seccomp_filters": &s.filters}[name]
		if to == nil {
			continue
		}
		if *to, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
			return s, err
		}
		seen++
	}
	if seen != 2 {
		return s, fault.Text("this kernel does not tell who is in a sandbox")
	}
	return s, nil
}

// Runs returns the sockets of the runs that may ask.
func Runs() ([]string, error) {
	dir, err := open(false)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	var all []string
	for _, e := range entries {
		if _, err := strconv.Atoi(e.Name()); err == nil {
			all = append(all, filepath.Join(dir, e.Name()))
		}
	}
	return all, err
}

// Dial connects to the socket of a run.
func Dial(path string) (*Conn, error) {
	key, err := os.ReadFile(path + ".key")
	if err != nil {
		return nil, err
	}
	var c net.Conn
	err = within(filepath.Dir(path), func(at string) (err error) {
		c, err = net.Dial("unix", at+"/"+filepath.Base(path))
		return err
	})
	if err != nil {
		return nil, err
	}
	if _, err := c.Write(append(key, '\n')); err != nil {
		c.Close()
		return nil, err
	}
	return NewConn(c), nil
}
