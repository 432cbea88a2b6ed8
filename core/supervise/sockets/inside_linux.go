package sockets

import (
	"slices"
	"sync"

	"golang.org/x/sys/unix"
)

// inside are the sockets that were made for processes inside, by the numbers that the
// kernel gives sockets.
type inside struct {
	mu      sync.Mutex
	numbers map[uint32]bool
	most    int // when to look which of them there still are
}

// least is how many are kept without a look.
const least = 4096

// add notes the socket fd.
func (in *inside) add(fd int) error {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return err
	}
	if st.Ino>>32 != 0 {
		return unix.EOVERFLOW // sock_diag(7) has 32 bits for it
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.numbers == nil {
		in.numbers, in.most = map[uint32]bool{}, least
	}
	if len(in.numbers) >= in.most {
		if err := in.forget(); err != nil {
			return err
		}
	}
	in.numbers[uint32(st.Ino)] = true
	return nil
}

// forget leaves those that there still are.
func (in *inside) forget() error {
	left := map[uint32]bool{}
	err := eachSocket(func(s socket, _, _ uint32) {
		if in.numbers[s.number] {
			left[s.number] = true
		}
	})
	if err != nil {
		return err
	}
	in.numbers, in.most = left, max(least, 2*len(left))
	return nil
}

// all reports whether there is a socket, and each was made inside.
func (in *inside) all(sockets []socket) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return len(sockets) > 0 && !slices.ContainsFunc(sockets, func(s socket) bool { return !in.numbers[s.number] })
}
