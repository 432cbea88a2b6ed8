package hosts

import (
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// means are what streams are moved with, for all of a run.
type means struct {
	memory sync.Pool
	mu     sync.Mutex
	pipes  []*pipe // empty ones
	// waits is how many threads wait for streams: see soon.
	waits   atomic.Int32
	spinner spinner
}

func newMeans() *means {
	return &means{memory: sync.Pool{New: func() any { return new(buffer) }}}
}

type buffer [16 << 10]byte

const (
	// pipeSize is how much a pipe holds, where the kernel gives so much (pipe(7)). It holds
	// as many packets as that has pages, so less of a network than of this machine.
	pipeSize = 1 << 20
	// sparePipes is how many pipes are kept.
	sparePipes = 16
)

func splice(from, to int, n int64) (int64, error) {
	moved, err := undisturbed(func() (int, error) {
		m, err := unix.Splice(from, nil, to, nil, int(n), unix.SPLICE_F_MOVE|unix.SPLICE_F_NONBLOCK)
		return int(m), err
	})
	return int64(moved), err
}

// A pipe is where bytes are between two sockets.
type pipe struct{ read, write int }

// pipe returns an empty pipe.
func (m *means) pipe() (*pipe, error) {
	m.mu.Lock()
	if n := len(m.pipes); n > 0 {
		p := m.pipes[n-1]
		m.pipes = m.pipes[:n-1]
		m.mu.Unlock()
		return p, nil
	}
	m.mu.Unlock()
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		return nil, err
	}
	unix.FcntlInt(uintptr(fds[1]), unix.F_SETPIPE_SZ, pipeSize)
	return &pipe{fds[0], fds[1]}, nil
}

// leave gives an empty pipe back.
func (m *means) leave(p *pipe) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.pipes) < sparePipes {
		m.pipes = append(m.pipes, p)
		return
	}
	p.close()
}

func (p *pipe) close() {
	unix.Close(p.read)
	unix.Close(p.write)
}
