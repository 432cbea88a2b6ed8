package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/nono-sandbox/nono/core/conceal"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/version"
	"golang.org/x/sys/unix"
)

// mostOfRecord bounds the arguments in a record, in bytes: a syslog daemon may cut a
// longer message, and half a record is none.
const mostOfRecord = 2048

// started is the record of one start, as nono-audit(5) describes. It is written by
// the user's own process before the command is there: it says what was started through
// nono, and binds nobody who does not use nono.
type started struct {
	Event    string   `json:"event"`
	Time     string   `json:"time"`
	Version  string   `json:"version"`
	PID      int      `json:"pid"`
	UID      int      `json:"uid"`
	Cwd      string   `json:"cwd"`
	Path     string   `json:"path"`
	Argv     []string `json:"argv"`
	LeftOut  int      `json:"argv_left_out,omitempty"`
	Profiles []string `json:"profiles"`
	Policies []string `json:"policies"`
	// Supervised says that a process of nono's stays beside the command.
	Supervised bool `json:"supervised"`
}

// recordStart writes the record to everywhere that a policy of this machine names. If
// one of these cannot be written, the command does not start.
func (l *launch) recordStart() error {
	if l.managed == nil || len(l.managed.Starts) == 0 {
		return nil
	}
	record, err := l.record()
	if err != nil {
		return err
	}
	for _, to := range l.managed.Starts {
		if to.Value == policy.Syslog {
			err = logToSystem(record)
		} else {
			err = appendTo(to.Value, record)
		}
		if err != nil {
			return &fault.Error{Do: "record the start in", Path: to.Value, Err: err,
				Hint: "the policy " + fault.Quote(to.Policy) + " wants each start recorded: tell who looks after this machine"}
		}
	}
	return nil
}

// record is the line, without its end.
func (l *launch) record() ([]byte, error) {
	hide, err := conceal.Secrets()
	if err != nil {
		return nil, err
	}
	cwd, err := os.Getwd()
	if err != nil {
		cwd = "" // it was removed: nobody can name it
	}
	r := started{Event: "start", Time: time.Now().UTC().Format(time.RFC3339Nano), Version: version.String(),
		PID: os.Getpid(), UID: os.Getuid(), Cwd: text(cwd), Path: text(l.policy.Command.Path), Argv: []string{},
		Profiles: append([]string{}, l.profile.Names...), Policies: l.managed.Policies, Supervised: l.policy.Spec.Supervised()}
	room := mostOfRecord
	for i, word := range hide(l.policy.Command.Argv) {
		word = text(word)
		if room -= len(word); room < 0 {
			r.LeftOut = len(l.policy.Command.Argv) - i
			break
		}
		r.Argv = append(r.Argv, word)
	}
	var line bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false) // '>' is to be read as it was typed
	err = e.Encode(r)
	return bytes.TrimSuffix(line.Bytes(), []byte("\n")), err
}

// text is s as JSON can hold it: quoted as Go does where it is no UTF-8, and where it
// looks as if it were quoted so.
func text(s string) string {
	if utf8.ValidString(s) && !strings.HasPrefix(s, "\"") {
		return s
	}
	return strconv.Quote(s)
}

// appendTo adds one line to a file, which is made if it is not there. A symlink, and
// what is no regular file, is refused: the path is the administrator's, and what it
// leads to is not to be the user's choice.
func appendTo(path string, line []byte) error {
	fd, err := unix.Open(path, unix.O_WRONLY|unix.O_APPEND|unix.O_CREAT|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return err
	}
	f := os.NewFile(uintptr(fd), path)
	defer f.Close()
	if is, err := f.Stat(); err != nil || !is.Mode().IsRegular() {
		return fault.Text("it is no regular file")
	}
	_, err = f.Write(append(line, '\n'))
	return err
}
