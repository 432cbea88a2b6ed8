package hosts

import (
	"time"

	"golang.org/x/sys/unix"
)

// An arrival is a connection before it is known who made it.
type arrival struct {
	fd int
	at time.Time
}

const (
	// arriveTimeout is how long a connection takes at most from one socket of this machine
	// to the other.
	arriveTimeout = 5 * time.Second
	mostArrived   = 4096
)

// arrival returns the relay's end of the connection that the supervisor has made from the
// port. Mostly it has come already.
func (r *relay) arrival(port uint16) (*stream, error) {
	for end := time.Now().Add(arriveTimeout); ; {
		fd, err := r.accepted(port)
		if err == nil {
			return r.means.newStream(fd), nil
		}
		if err != unix.EAGAIN || time.Now().After(end) {
			return nil, err
		}
		// Another goroutine may take it up: so not for long.
		unix.Poll([]unix.PollFd{{Fd: int32(r.listener), Events: unix.POLLIN}}, 1)
	}
}

// accepted takes up all connections that wait, and returns the one from the port. Of two,
// the later one is it: the port was free again when the supervisor got it.
func (r *relay) accepted(port uint16) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		fd, from, err := unix.Accept4(r.listener, unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
		if err == unix.EINTR || err == unix.ECONNABORTED {
			continue
		}
		if err != nil && err != unix.EAGAIN {
			return -1, err // no descriptor is free
		}
		if err == unix.EAGAIN {
			break
		}
		if in, ok := from.(*unix.SockaddrInet4); ok && in.Addr == relayIP {
			r.arrive(uint16(in.Port), fd)
		} else {
			refuseArrival(fd)
		}
	}
	a, ok := r.arrived[port]
	if !ok {
		return -1, unix.EAGAIN
	}
	delete(r.arrived, port)
	return a.fd, nil
}

// arrive keeps a connection until the supervisor asks for it. Those of others are let go
// when the next one comes late enough.
func (r *relay) arrive(port uint16, fd int) {
	now := time.Now()
	if old, ok := r.arrived[port]; ok {
		refuseArrival(old.fd)
	}
	r.arrived[port] = arrival{fd, now}
	if len(r.arrived) >= mostArrived/8 {
		r.forgetOld(now)
	}
}

// forgetOld lets go the connections that nobody has asked for in time.
func (r *relay) forgetOld(now time.Time) {
	for port, a := range r.arrived {
		if now.Sub(a.at) > arriveTimeout || len(r.arrived) > mostArrived {
			refuseArrival(a.fd)
			delete(r.arrived, port)
		}
	}
}

// refuseArrival resets a connection that the supervisor has not made.
func refuseArrival(fd int) {
	willReset(fd)
	unix.Close(fd)
}
