package audit

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"sync"
	"time"
)

// A Log writes the lines of one run. Its methods may be called at the same time.
type Log struct {
	mu    sync.Mutex
	file  *os.File
	run   string
	begun time.Time
	seq   int
	prev  string
	lost  int
	torn  bool // what was written last is a part of a line
	ended bool
	// failed is called with the first error of writing.
	failed func(error)
}

// New begins a log at the end of file, which must be open for appending: then a line
// is whole even where several runs write at a time. If it is open for reading too, the
// first line is chained to the file's last one, so that a run between is missed when it
// is taken out. failed is called, once, when a
// line cannot be written; what follows is tried again all the same, and the end tells
// how many lines are missing.
func New(file *os.File, failed func(error)) *Log {
	id := make([]byte, 8)
	rand.Read(id)
	prev, torn := lastOf(file)
	return &Log{file: file, run: hex.EncodeToString(id), begun: time.Now(), prev: prev, torn: torn, failed: failed}
}

// Write adds a line. It fills in the run, the number, the times and the digest of the
// line before. A line that was not written leaves a gap in the numbers.
func (l *Log) Write(e Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return
	}
	now := time.Now()
	l.seq++
	e.Run, e.Seq, e.Time, e.Since, e.Prev = l.run, l.seq, now.Round(0), int64(now.Sub(l.begun)), l.prev
	e.Lost = l.lost
	line := encode(&e)
	if err := l.put(line); err != nil {
		l.lost++
		if l.failed != nil {
			l.failed(err)
			l.failed = nil
		}
		return
	}
	l.prev = Digest(line)
}

// put writes one line. After a part of one, which a full disk leaves, what follows must
// not be taken for its rest.
func (l *Log) put(line []byte) error {
	whole := append(line, '\n')
	if l.torn {
		whole = append([]byte{'\n'}, whole...)
	}
	n, err := l.file.Write(whole)
	switch {
	case err == nil:
		l.torn = false
	case n > 0:
		l.torn = true
	}
	return err
}

// Close writes the last line and has all of it on the disk.
func (l *Log) Close(e Event) error {
	e.Kind, e.Source = End, Fact
	l.Write(e)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	err := l.file.Sync()
	if e := l.file.Close(); err == nil {
		err = e
	}
	return err
}

// Digest is what the next line says of a line, which is given without its newline.
func Digest(line []byte) string {
	sum := sha256.Sum256(line)
	return hex.EncodeToString(sum[:])
}
