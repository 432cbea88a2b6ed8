package main

import (
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/nono-sandbox/nono/core/conceal"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/jsonobject"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/version"
	"golang.org/x/sys/unix"
)

// mostOfRecord bounds the arguments in a record, in bytes: a syslog daemon may cut a
// longer message, and half a record is none.
const mostOfRecord = 2048

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
				Hint: "the policy " + fault.Quote(to.Policy) + " requires a record of each start: tell the administrator of this machine"}
		}
	}
	return nil
}

// record is the record of one start, as nono-audit(5) describes, without the end of its
// line. It is written by the user's own process before the command is there: it says what
// was started through nono, and binds nobody who does not use nono.
func (l *launch) record() ([]byte, error) {
	hide, err := conceal.Secrets()
	if err != nil {
		return nil, err
	}
	cwd, err := os.Getwd()
	if err != nil {
		cwd = "" // it was removed: nobody can name it
	}
	argv, room := []string{}, mostOfRecord
	for _, word := range hide(l.policy.Command.Argv) {
		word = text(word)
		if room -= len(word); room < 0 {
			break
		}
		argv = append(argv, word)
	}
	o := jsonobject.Append(nil)
	o.Text("event", "start")
	o.Text("time", time.Now().UTC().Format(time.RFC3339Nano))
	o.Text("version", version.String())
	o.Int("pid", int64(os.Getpid()))
	o.Int("uid", int64(os.Getuid()))
	o.Text("cwd", text(cwd))
	o.Text("path", text(l.policy.Command.Path))
	o.Texts("argv", argv)
	if left := len(l.policy.Command.Argv) - len(argv); left > 0 {
		o.Int("argv_left_out", int64(left))
	}
	o.Texts("profiles", texts(l.profile.Names))
	o.Texts("policies", texts(l.managed.Policies))
	o.Bool("supervised", l.policy.Spec.Supervised()) // a process of nono stays beside the command
	return o.End(), nil
}

// texts is text for each of words.
func texts(words []string) []string {
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = text(word)
	}
	return out
}

// text returns s in a form that a JSON string can hold. If s is not UTF-8, or begins like
// a Go string, text returns it as a Go string.
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
