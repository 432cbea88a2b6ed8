// Package ask is how a supervisor asks the person outside: the questions, the answers,
// and the socket between the two, which is out of reach of every sandbox.
package ask

import (
	"bufio"
	"encoding/json"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/nono-sandbox/nono/core/fault"
)

// A Question is one thing that a command in a sandbox would do and may not. All of the
// text in it is for people: nothing is opened by a path in it. Its JSON keys are stable.
type Question struct {
	ID uint64 `json:"id"`
	// Run says which run asks: its command line, shortened.
	Run string `json:"run"`
	// Op is the operation, as nono why has it, and Path and To what it is about, free of
	// symlinks. A path that is not UTF-8 is in PathBytes as it is.
	Op        string `json:"op"`
	Path      string `json:"path"`
	PathBytes []byte `json:"path_bytes,omitempty"`
	To        string `json:"to,omitempty"`
	// Host is what is connected to, a name or an address with its port. Path is empty
	// then.
	Host string `json:"host,omitempty"`
	// Thing is what lies at Path: "file", "directory", "device" … or "nothing yet".
	Thing string `json:"thing"`
	// Why is why the sandbox refuses it, in words.
	Why string `json:"why"`
	// Asker is who asks, and Parents are the processes that started it, up to the
	// command. All of it is what these processes say of themselves.
	Asker   Process   `json:"asker"`
	Parents []Process `json:"parents,omitempty"`
	// Reason is what the asker says it is for, where it has asked ahead.
	Reason string `json:"reason,omitempty"`
	// File and Dir are what a yes grants, as lines of a profile: Path alone, or all
	// of a directory; of a host the one port, or every port. Dir is empty where only the one thing can be granted, and File where
	// only a directory can.
	File string `json:"file,omitempty"`
	Dir  string `json:"dir,omitempty"`
	// Profile is where "always" writes, or empty where it cannot be said.
	Profile string `json:"profile,omitempty"`
	// Protected is what kind of secret this is: then the answer must have Word in it.
	Protected string `json:"protected,omitempty"`
	Word      string `json:"word,omitempty"`
	// Note is one more sentence, or empty.
	Note string `json:"note,omitempty"`
	// Seconds is how long an answer is waited for.
	Seconds int `json:"seconds"`
}

// A Process is one process as it describes itself.
type Process struct {
	PID     int      `json:"pid"`
	Program string   `json:"program"`
	Argv    []string `json:"argv,omitempty"`
	Dir     string   `json:"dir,omitempty"`
}

// What a yes is for.
const (
	Once   = "once"
	Run    = "run"
	Always = "always"
)

// An Answer answers the question with that ID. The zero value is no.
type Answer struct {
	ID  uint64 `json:"id"`
	Yes bool   `json:"yes"`
	// Dir grants Question.Dir, and not File.
	Dir bool `json:"dir,omitempty"`
	// For is Once, Run or Always; empty is Once.
	For string `json:"for,omitempty"`
	// Never asks for no more questions about this path in this run.
	Never bool `json:"never,omitempty"`
	// Word is Question.Word, where there is one.
	Word string `json:"word,omitempty"`
}

// Fits says why a cannot be the answer to q, or returns "".
func (q *Question) Fits(a Answer) string {
	switch {
	case a.ID != q.ID:
		return "it answers another question"
	case !a.Yes:
		return ""
	case a.For != "" && a.For != Once && a.For != Run && a.For != Always:
		return "'for' is once, run or always"
	case q.Word != "" && a.Word != q.Word:
		return "what is protected takes the word " + fault.Quote(q.Word)
	case a.Dir && q.Dir == "":
		return "there is no directory to grant"
	case !a.Dir && q.File == "" && a.For != "" && a.For != Once:
		return "only the directory can be granted for longer"
	case a.For == Always && q.Profile == "":
		return "there is no profile to write into"
	case a.Dir && (a.For == Once || a.For == ""):
		return "a directory is granted for the run at least"
	}
	return ""
}

// A Message is one line between the supervisor and who asks the person: exactly one of
// these is in it.
type Message struct {
	Question *Question `json:"question,omitempty"`
	Answer   *Answer   `json:"answer,omitempty"`
	// Over is the ID of a question that needs no answer any more, and Said why.
	Over uint64 `json:"over,omitempty"`
	Said string `json:"said,omitempty"`
	// Note is for the person alone.
	Note string `json:"note,omitempty"`
	// Save has a line written into the run's profile.
	Save *Line `json:"save,omitempty"`
}

// A Line is one line of a profile: a directive and a path or a host, byte for byte.
type Line struct {
	Word string `json:"word"`
	Path []byte `json:"path"`
}

// most is the size of the longest message.
const most = 256 << 10

// A Conn carries messages. Send may be called from several goroutines.
type Conn struct {
	mu sync.Mutex
	rw io.ReadWriteCloser
	in *bufio.Scanner
}

// NewConn carries messages over rw.
func NewConn(rw io.ReadWriteCloser) *Conn {
	in := bufio.NewScanner(rw)
	in.Buffer(nil, most)
	return &Conn{rw: rw, in: in}
}

// Send sends a message.
func (c *Conn) Send(m Message) error {
	line, err := json.Marshal(m)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err = c.rw.Write(append(line, '\n'))
	return err
}

// Receive waits for the next message.
func (c *Conn) Receive() (Message, error) {
	var m Message
	if !c.in.Scan() {
		if err := c.in.Err(); err != nil {
			return m, err
		}
		return m, io.EOF
	}
	err := json.Unmarshal(c.in.Bytes(), &m)
	return m, err
}

// Close ends the connection.
func (c *Conn) Close() error { return c.rw.Close() }

// SetPath sets Path to path, and PathBytes where the text alone would not say which.
func (q *Question) SetPath(path string) {
	if q.Path = path; !utf8.ValidString(path) {
		q.PathBytes = []byte(path)
		q.Path = strings.ToValidUTF8(path, "\ufffd")
	}
}

// About is what q is about, byte for byte: a host or a path.
func (q *Question) About() string {
	if q.Host != "" {
		return q.Host
	}
	return q.RealPath()
}

// RealPath is the path of q, byte for byte.
func (q *Question) RealPath() string {
	if q.PathBytes != nil {
		return string(q.PathBytes)
	}
	return q.Path
}
