package hosts

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// connected returns the two ends of a TCP connection: the one for the relay, and the one of
// somebody else.
func connected(t *testing.T, m *means) (*stream, *net.TCPConn) {
	t.Helper()
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IP(relayIP[:])})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.DialTCP("tcp4", nil, l.Addr().(*net.TCPAddr))
	if err != nil {
		t.Fatal(err)
	}
	other, err := l.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	other.SetDeadline(time.Now().Add(time.Minute))
	s, err := m.take(c)
	if err != nil {
		t.Fatal(err)
	}
	return s, other
}

// relayed returns the two ends of a connection that is relayed.
func relayed(t *testing.T) (a, b *net.TCPConn) {
	m := newMeans()
	s, a := connected(t, m)
	u, b := connected(t, m)
	var running sync.WaitGroup
	running.Go(func() {
		both(s, u)
		s.Close()
		u.Close()
	})
	t.Cleanup(func() {
		a.Close()
		b.Close()
		running.Wait()
		for _, p := range m.pipes {
			p.close()
		}
	})
	return a, b
}

// Both ways at a time, little and much, at once and after a while, to the end of each way.
func TestBothWays(t *testing.T) {
	for _, size := range []int{1, littleMoved, 5 << 20} {
		for _, wait := range []time.Duration{0, 3 * soonTime * time.Millisecond} {
			a, b := relayed(t)
			sent := bytes.Repeat([]byte("0123456789abcdef"), size/16+1)[:size]
			var all sync.WaitGroup
			for _, ends := range [][2]*net.TCPConn{{a, b}, {b, a}} {
				all.Go(func() {
					time.Sleep(wait)
					ends[0].Write(sent[:size/2])
					time.Sleep(wait)
					ends[0].Write(sent[size/2:])
					ends[0].CloseWrite()
				})
				all.Go(func() {
					time.Sleep(wait)
					got, err := io.ReadAll(ends[1])
					if err != nil || !bytes.Equal(got, sent) {
						t.Errorf("%d bytes, waiting %v: %d, %v", size, wait, len(got), err)
					}
				})
			}
			all.Wait()
		}
	}
}

// One side that has ended still gets what the other one sends, and both hear of a
// connection that breaks.
func TestBothEnd(t *testing.T) {
	a, b := relayed(t)
	a.CloseWrite()
	if n, err := b.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("the end of one way: %d, %v", n, err)
	}
	time.Sleep(3 * soonTime * time.Millisecond)
	b.Write([]byte("late"))
	got := make([]byte, 4)
	if _, err := io.ReadFull(a, got); err != nil || string(got) != "late" {
		t.Errorf("the other way: %q, %v", got, err)
	}
	a, b = relayed(t)
	b.Write([]byte("x"))
	io.ReadFull(a, got[:1])
	time.Sleep(3 * soonTime * time.Millisecond)
	a.SetLinger(0)
	a.Close()
	if _, err := b.Read(got); !errors.Is(err, unix.ECONNRESET) {
		t.Errorf("a reset connection: %v", err)
	}
}

// Waiting ends in time, also where another goroutine ends it, where too many threads wait
// already, and where no descriptor is free.
func TestAwaitEnds(t *testing.T) {
	m := newMeans()
	s, other := connected(t, m)
	defer s.Close()
	for _, after := range []time.Duration{0, time.Millisecond, 4 * soonTime * time.Millisecond} {
		s.readUntil(time.Now().Add(after))
		if n, err := s.Read(make([]byte, 1)); n != 0 || err != os.ErrDeadlineExceeded {
			t.Errorf("after %v: %d, %v", after, n, err)
		}
	}
	s.readUntil(time.Time{})
	m.waits.Store(mostWaits) // all threads that may wait do
	time.AfterFunc(20*time.Millisecond, func() { other.Write([]byte("x")) })
	if n, err := s.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Errorf("without a thread: %d, %v", n, err)
	}
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	none := limit
	none.Cur = 0
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &none); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(20*time.Millisecond, func() { other.Write([]byte("x")) })
	if n, err := s.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Errorf("without a descriptor: %d, %v", n, err)
	}
	s.readUntil(time.Now().Add(time.Millisecond))
	if n, err := s.Read(make([]byte, 1)); n != 0 || err != os.ErrDeadlineExceeded {
		t.Errorf("without a descriptor, in time: %d, %v", n, err)
	}
	s.readUntil(time.Time{})
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(20*time.Millisecond, s.abort)
	if n, err := s.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("ended by another: %d, %v", n, err)
	}
}
