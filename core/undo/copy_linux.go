package undo

import (
	"bytes"
	"hash/crc32"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// link keeps the inode itself, by a name of its own in the store, where the file
// system can, and the content otherwise.
func (j *Journal) link(p *Place, m *Meta) (saved, error) {
	if m.Is(unix.S_IFDIR) {
		return saved{}, nil
	}
	n := j.next
	if err := unix.Linkat(unix.AT_FDCWD, procFD(p.Thing), unix.AT_FDCWD, j.store.file(n), unix.AT_SYMLINK_FOLLOW); err == nil {
		j.next++
		return saved{how: savedLink, n: n, size: m.Size}, nil
	}
	if !m.Is(unix.S_IFREG) || j.known[m.ID]&knownContent != 0 {
		return saved{}, nil
	}
	hide, err := j.show(p.Thing, p.Path(), m, true)
	if err != nil {
		return saved{}, err
	}
	defer hide()
	return j.copy(p.Thing, m)
}

// copy saves the content of a regular file.
func (j *Journal) copy(thing int, m *Meta) (saved, error) {
	fd, err := openToRead(thing)
	if err != nil {
		return saved{}, err
	}
	if m.Size <= smallest {
		s, ok, err := j.copySmall(fd)
		if ok || err != nil {
			unix.Close(fd)
			return s, err
		}
	}
	f := os.NewFile(uintptr(fd), "original")
	defer f.Close()
	return j.copyLarge(f, m)
}

// openToRead opens what a descriptor with O_PATH is, and leaves the time of its last
// reading as it is where the kernel lets this user.
func openToRead(thing int) (int, error) {
	const flags = unix.O_RDONLY | unix.O_NONBLOCK | unix.O_NOCTTY | unix.O_CLOEXEC
	fd, err := unix.Open(procFD(thing), flags|unix.O_NOATIME, 0)
	if err == unix.EPERM {
		fd, err = unix.Open(procFD(thing), flags, 0)
	}
	return fd, err
}

// copySmall puts the content behind the others; ok is false where it has grown.
func (j *Journal) copySmall(fd int) (s saved, ok bool, err error) {
	if j.buffer == nil {
		j.buffer = make([]byte, smallest+1)
	}
	n, err := unix.Pread(fd, j.buffer, 0)
	for n > 0 && n < len(j.buffer) && err == nil {
		more := 0
		if more, err = unix.Pread(fd, j.buffer[n:], int64(n)); more == 0 {
			break
		}
		n += more
	}
	if err != nil || n > smallest {
		return saved{}, false, err
	}
	b := j.buffer[:n]
	if err := j.spend(int64(len(b))); err != nil {
		return saved{}, false, err
	}
	s = saved{how: savedSmall, n: j.smallSize, size: int64(len(b)), sum: crc32.Checksum(b, castagnoli())}
	return s, true, j.append(&j.smallSize, j.small, b)
}

// spend takes bytes from what may be copied.
func (j *Journal) spend(n int64) error {
	if j.used+n > j.limit {
		return ErrLimit
	}
	j.used += n
	return nil
}

// copyLarge makes a file of its own in the store.
func (j *Journal) copyLarge(f *os.File, m *Meta) (saved, error) {
	n := j.next
	j.next++
	j.copies = append(j.copies, n)
	g, err := os.OpenFile(j.store.file(n), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return saved{}, err
	}
	defer g.Close()
	if unix.IoctlFileClone(int(g.Fd()), int(f.Fd())) == nil {
		st, err := g.Stat()
		if err != nil {
			return saved{}, err
		}
		return saved{how: savedShared, n: n, size: st.Size()}, nil
	}
	s := saved{how: savedCopy, n: n}
	if s.size, s.sum, err = j.copyData(f, g); err != nil {
		os.Remove(j.store.file(n))
		return saved{}, err
	}
	return s, nil
}

// copyData copies f into the empty file g; holes stay holes.
func (j *Journal) copyData(f, g *os.File) (size int64, sum uint32, err error) {
	used := j.used
	size, sum, err = transfer(g, f, j.spend)
	if err != nil {
		j.used = used
	}
	return size, sum, err
}

const block = 4096

var zeros [block]byte

// transfer writes what r gives into the empty file g, but leaves holes for blocks of
// zeros. spend is asked for what takes space.
func transfer(g *os.File, r io.Reader, spend func(int64) error) (size int64, sum uint32, err error) {
	buf := make([]byte, 256*block)
	for {
		n, err := io.ReadFull(r, buf)
		if err == io.EOF {
			break
		}
		if err != nil && err != io.ErrUnexpectedEOF {
			return size, sum, err
		}
		sum = crc32.Update(sum, castagnoli(), buf[:n])
		if err := writeData(g, buf[:n], size, spend); err != nil {
			return size, sum, err
		}
		size += int64(n)
	}
	return size, sum, g.Truncate(size)
}

// writeData writes the runs of blocks that are not all zeros.
func writeData(g *os.File, b []byte, at int64, spend func(int64) error) error {
	for len(b) > 0 {
		n := 0
		for n < len(b) && isZero(b[n:min(n+block, len(b))]) {
			n = min(n+block, len(b))
		}
		b, at = b[n:], at+int64(n)
		n = 0
		for n < len(b) && !isZero(b[n:min(n+block, len(b))]) {
			n = min(n+block, len(b))
		}
		if n == 0 {
			continue
		}
		if err := spend(int64(n)); err != nil {
			return err
		}
		if _, err := g.WriteAt(b[:n], at); err != nil {
			return err
		}
		b, at = b[n:], at+int64(n)
	}
	return nil
}

func isZero(b []byte) bool { return bytes.Equal(b, zeros[:len(b)]) }

func free(int64) error { return nil }

func readLink(dir int, base string) (string, error) {
	b := make([]byte, unix.PathMax+1)
	n, err := unix.Readlinkat(dir, base, b)
	if err != nil {
		return "", err
	}
	return string(b[:n]), nil
}
