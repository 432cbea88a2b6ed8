package undo

import (
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// A saved says where the store has the content of a file.
type saved struct {
	how howSaved
	// n numbers a file of the store, or is the offset in the file of small contents.
	n    int64
	size int64
	sum  uint32 // CRC-32C of the content; 0 where the file system shares the blocks
}

type howSaved string

const (
	notSaved    howSaved = "-"
	savedLink   howSaved = "link"   // a file of the store is the very inode
	savedShared howSaved = "shared" // a file that shares the blocks
	savedCopy   howSaved = "copy"   // a file with a copy
	savedSmall  howSaved = "small"  // a piece of the file of small contents
)

// smallest is the size up to which contents lie together in one file, which costs no
// new file for each.
const smallest = 64 << 10

var castagnoli = sync.OnceValue(func() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) })

func (s saved) append(b []byte) []byte {
	if s.how == "" || s.how == notSaved {
		return append(b, notSaved...)
	}
	b = append(b, s.how...)
	for _, n := range [...]int64{s.n, s.size, int64(s.sum)} {
		b = strconv.AppendInt(append(b, ','), n, 10)
	}
	return b
}

func parseSaved(word string) (saved, error) {
	if word == string(notSaved) {
		return saved{}, nil
	}
	parts := strings.Split(word, ",")
	if len(parts) != 4 {
		return saved{}, errDamaged
	}
	s := saved{how: howSaved(parts[0])}
	switch s.how {
	case savedLink, savedShared, savedCopy, savedSmall:
	default:
		return s, errDamaged
	}
	var n [3]int64
	for i := range n {
		var err error
		if n[i], err = strconv.ParseInt(parts[i+1], 10, 64); err != nil || n[i] < 0 {
			return s, errDamaged
		}
	}
	s.n, s.size, s.sum = n[0], n[1], uint32(n[2])
	return s, nil
}

func (s saved) exists() bool { return s.how != "" && s.how != notSaved }

// A store is where the contents of one run are.
type store struct{ dir string }

func (d store) small() string       { return filepath.Join(d.dir, "small") }
func (d store) file(n int64) string { return filepath.Join(d.dir, "saved", strconv.FormatInt(n, 10)) }
func (d store) saved() string       { return filepath.Join(d.dir, "saved") }
func (d store) make() error         { return os.Mkdir(d.saved(), 0o700) }
func (d store) journal() string     { return filepath.Join(d.dir, "journal") }
func (d store) progress() string    { return filepath.Join(d.dir, "progress") }
func (s saved) path(d store) string {
	if s.how == savedSmall {
		return d.small()
	}
	return d.file(s.n)
}

// open returns the content, checked. It is to be closed.
func (s saved) open(d store) (*os.File, io.Reader, error) {
	f, err := os.OpenFile(s.path(d), os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	at := int64(0)
	if s.how == savedSmall {
		at = s.n
	}
	if err := s.verify(f, at); err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, io.NewSectionReader(f, at, s.size), nil
}

// whole returns an error where the content is not all there.
func (s saved) whole(d store) error {
	switch {
	case !s.exists():
		return nil
	case s.how == savedLink: // it may be of any kind
		_, err := os.Lstat(s.path(d))
		return err
	}
	f, _, err := s.open(d)
	if err == nil {
		err = f.Close()
	}
	return err
}

// verify finds out whether the content is whole: after a power cut it may not be.
func (s saved) verify(f *os.File, at int64) error {
	if s.how == savedLink {
		return nil
	}
	st, err := f.Stat()
	if err != nil {
		return err
	}
	if st.Size() < at+s.size {
		return errLost
	}
	if s.how == savedShared {
		return nil
	}
	sum := crc32.New(castagnoli())
	if _, err := io.Copy(sum, io.NewSectionReader(f, at, s.size)); err != nil {
		return err
	}
	if sum.Sum32() != s.sum {
		return errLost
	}
	return nil
}
