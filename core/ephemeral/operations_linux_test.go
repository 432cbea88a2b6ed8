package ephemeral

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// ops does random operations beneath a directory. The same seed on the same tree does
// the same.
type ops struct {
	*rand.Rand
	root string
}

func newOps(seed uint64, root string) ops { return ops{rand.New(rand.NewPCG(seed, 1)), root} }

var entryNames = [...]string{"a", "b", "c", "sub", "dir", "new\nline", "\xff", "with space", ".hidden"}

// name returns a random path of up to three parts.
func (o ops) name() string {
	path := o.root
	for range 1 + o.IntN(3) {
		path = filepath.Join(path, entryNames[o.IntN(len(entryNames))])
	}
	return path
}

func (o ops) run(n int) {
	for i := range n {
		o.one(i)
	}
}

// one does one operation; many fail, since the name is not there or of another kind.
func (o ops) one(i int) {
	a, b := o.name(), o.name()
	when := time.Unix(int64(1000000+o.IntN(1000)), int64(o.IntN(1000)))
	switch o.IntN(16) {
	case 0, 1, 2:
		// A fifo would wait for its reader.
		if f, err := os.OpenFile(a, os.O_RDWR|os.O_CREATE|os.O_TRUNC|unix.O_NONBLOCK, os.FileMode(0o600|o.IntN(0o100))); err == nil {
			fmt.Fprintf(f, "content %d", i)
			f.Close()
		}
	case 3:
		os.MkdirAll(a, 0o755)
	case 4:
		os.Mkdir(a, 0o700)
	case 5:
		os.Remove(a)
	case 6:
		// RemoveAll opens the parent, and would wait for the writer of a fifo.
		if st, err := os.Lstat(filepath.Dir(a)); err == nil && st.IsDir() {
			os.RemoveAll(a)
		}
	case 7, 8:
		os.Rename(a, b)
	case 9:
		os.Symlink(entryNames[o.IntN(len(entryNames))], a)
	case 10:
		os.Link(a, b)
	case 11:
		if st, err := os.Lstat(a); err == nil && st.Mode()&os.ModeSymlink == 0 {
			if st.IsDir() {
				os.Chmod(a, []os.FileMode{0o711, 0o555, 0o311, 0o700}[o.IntN(4)])
			} else {
				os.Chmod(a, os.FileMode(0o400|o.IntN(0o400)))
			}
		}
	case 12:
		if st, err := os.Lstat(a); err == nil && !st.IsDir() && st.Mode().IsRegular() {
			os.Chtimes(a, when, when)
		}
	case 13:
		if f, err := os.OpenFile(a, os.O_WRONLY|os.O_APPEND|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0); err == nil {
			fmt.Fprintf(f, "more %d", i)
			f.Close()
		}
	case 14:
		unix.Mkfifo(a, 0o640)
	case 15:
		unix.Lsetxattr(a, "user.test", []byte{byte(i)}, 0)
	}
}
