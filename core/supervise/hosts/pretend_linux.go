package hosts

import (
	"os"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/notify"
)

// Where no network namespace can be made, a program that wants a datagram socket gets
// one end of a pair of Unix sockets, of packets in sequence. What is sent there comes to
// the supervisor, whatever address the program names: the kernel ignores the address of
// such a socket (unix_seqpacket_sendmsg of net/unix/af_unix.c). So lookups work, and
// nothing else can be reached. Calls that such a socket does not know are answered by
// the supervisor, so that resolvers do not notice.

// pretend makes such a socket, with the flags of socket(2)'s type, and answers the
// questions that come.
func (n *Network) pretend(flags int) (int, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	var st unix.Stat_t
	err = unix.Fstat(pair[0], &st)
	if err == nil && flags&unix.SOCK_NONBLOCK != 0 {
		err = unix.SetNonblock(pair[0], true)
	}
	if err == nil {
		err = unix.SetNonblock(pair[1], true) // so that Go waits for many at once
	}
	if err != nil {
		unix.Close(pair[0])
		unix.Close(pair[1])
		return -1, err
	}
	n.mu.Lock()
	n.pretended[st.Ino] = true
	n.mu.Unlock()
	go func() {
		n.relay.server.servePackets(os.NewFile(uintptr(pair[1]), "lookups"))
		n.mu.Lock()
		delete(n.pretended, st.Ino)
		n.mu.Unlock()
	}()
	return pair[0], nil
}

// isPretended reports whether a socket of the caller is one that pretend made.
func (n *Network) isPretended(fd int) bool {
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil {
		return false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.pretended[st.Ino]
}

// servePackets answers the questions of one socket until the other end is closed.
func (s *server) servePackets(f *os.File) {
	defer f.Close()
	buf := make([]byte, largest)
	for {
		size, err := f.Read(buf)
		if err != nil {
			return
		}
		if reply := s.answer(buf[:size]); reply != nil {
			if _, err := f.Write(reply); err != nil {
				return
			}
		}
	}
}

// onOption takes the options of datagram sockets that glibc's resolver sets and that a
// pretended one does not have.
func (n *Network) onOption(c *supervise.Call) (notify.Answer, bool) {
	fd, kind, err := n.socketOf(c)
	if err != nil {
		return notify.Continue(), true // no option of a socket makes more reachable
	}
	defer unix.Close(fd)
	if kind.pretended {
		return notify.Value(0), true
	}
	return notify.Continue(), true
}
