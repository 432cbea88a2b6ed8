// Package audit is the log of a supervised run: JSON lines, each of which holds the
// digest of the line before, so that a line which was changed, taken out or put in is
// noticed. The format is described for people in nono-audit(5).
package audit

import "time"

// An Event is one line of a log. Which of the fields are there depends on Kind.
type Event struct {
	// Run tells the runs in one file apart. Seq counts a run's lines from 1.
	Run string `json:"run"`
	Seq int    `json:"seq"`
	// Time is by the wall clock, and Since the nanoseconds from the start of the run,
	// by a clock that nobody sets.
	Time  time.Time `json:"time"`
	Since int64     `json:"since_ns"`
	Kind  Kind      `json:"event"`
	// Source is Fact for what the supervisor did or the kernel told, and Claimed for
	// what it read in the memory of a process, which can change that meanwhile.
	Source Source `json:"source"`

	PID     int      `json:"pid,omitempty"`
	Parent  int      `json:"ppid,omitempty"`
	Program string   `json:"program,omitempty"` // what the process executes, before an exec
	Cwd     string   `json:"cwd,omitempty"`
	Argv    []string `json:"argv,omitempty"`
	Path    string   `json:"path,omitempty"`
	To      string   `json:"to,omitempty"` // the second path of a rename or link

	// Call is the system call, Op the operation as nono why names it.
	Call   string `json:"call,omitempty"`
	Op     string `json:"op,omitempty"`
	Errno  string `json:"errno,omitempty"`
	Reason string `json:"reason,omitempty"`
	// Line is the line of the spec that decided.
	Line string `json:"line,omitempty"`
	// Remedy are the flags that would have allowed it.
	Remedy string `json:"remedy,omitempty"`

	Address string `json:"address,omitempty"`
	Host    string `json:"host,omitempty"`
	Port    int    `json:"port,omitempty"`

	// Credential is the name of one that stays outside. Of the end: the requests that were
	// sent on with its key and those that were not, and the bytes of their bodies.
	Credential string `json:"credential,omitempty"`
	Requests   int64  `json:"requests,omitempty"`
	Denied     int64  `json:"denied,omitempty"`
	Sent       int64  `json:"sent_bytes,omitempty"`
	Received   int64  `json:"received_bytes,omitempty"`

	// Of the start: the whole spec and its digest, and nono's version.
	Spec    string `json:"spec,omitempty"`
	Digest  string `json:"spec_sha256,omitempty"`
	Version string `json:"version,omitempty"`
	Level   Level  `json:"level,omitempty"`
	User    *int   `json:"uid,omitempty"`
	// Ephemeral is the ID of the run whose changes are kept apart, Undo that of one whose
	// changes are saved first.
	Ephemeral string `json:"ephemeral,omitempty"`
	Undo      string `json:"undo,omitempty"`

	// Of the end.
	Status *int   `json:"status,omitempty"`
	Signal string `json:"signal,omitempty"`
	// Lost counts the lines that could not be written.
	Lost int `json:"lost,omitempty"`

	// Prev is the digest of the run's line before: SHA-256, in hexadecimal, of its bytes
	// without the newline. In the start, it is that of the file's last line at that time,
	// of whichever run, and empty where the file is empty or cannot be read.
	Prev string `json:"prev"`
}

// Kind says what a line tells.
type Kind string

// The kinds.
const (
	Start     Kind = "start"
	Exec      Kind = "exec"
	Refused   Kind = "refused"
	Opened    Kind = "opened"
	Connected Kind = "connected"
	Changed   Kind = "changed"
	Granted   Kind = "granted" // what the supervisor did in the command's place
	// Credential is what went through an endpoint, at its end.
	Credential Kind = "credential"
	End        Kind = "end"
)

// Source says how a line is known.
type Source string

// The sources.
const (
	Fact    Source = "fact"
	Claimed Source = "claimed"
)

// Level says how much is logged.
type Level string

// The levels, each with all of the one before.
const (
	LevelRefused Level = "refused" // what is refused, of what changes something or starts a program
	LevelExec    Level = "exec"    // every program that is started
	LevelAll     Level = "all"     // every open too
)

// Levels are all of them.
var Levels = [...]Level{LevelRefused, LevelExec, LevelAll}

// Includes reports whether a log of level l has what level other has.
func (l Level) Includes(other Level) bool { return rank(l) >= rank(other) }

func rank(l Level) int {
	for i, known := range Levels {
		if l == known {
			return i
		}
	}
	return -1
}
