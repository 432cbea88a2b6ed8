package main

import (
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
		if room -= len(text(word)); room < 0 {
			break
		}
		argv = append(argv, word)
	}
	line := `{"event":"start","time":` + quote(time.Now().UTC().Format(time.RFC3339Nano)) + `,"version":` + quote(version.String()) +
		`,"pid":` + strconv.Itoa(os.Getpid()) + `,"uid":` + strconv.Itoa(os.Getuid()) +
		`,"cwd":` + quote(cwd) + `,"path":` + quote(l.policy.Command.Path) + `,"argv":` + quotes(argv)
	if left := len(l.policy.Command.Argv) - len(argv); left > 0 {
		line += `,"argv_left_out":` + strconv.Itoa(left)
	}
	line += `,"profiles":` + quotes(l.profile.Names) + `,"policies":` + quotes(l.managed.Policies) +
		`,"supervised":` + strconv.FormatBool(l.policy.Spec.Supervised()) + "}" // a process of nono's stays beside the command
	return []byte(line), nil
}

// quotes is words as an array of JSON.
func quotes(words []string) string {
	out := "["
	for i, word := range words {
		if i > 0 {
			out += ","
		}
		out += quote(word)
	}
	return out + "]"
}

// quote is what text makes of s as a string of JSON (RFC 8259, section 7).
func quote(s string) string {
	out := []byte{'"'}
	for _, r := range text(s) {
		switch {
		case r == '"' || r == '\\':
			out = append(out, '\\', byte(r))
		case r < ' ':
			const hex = "0123456789abcdef"
			out = append(out, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			out = utf8.AppendRune(out, r)
		}
	}
	return string(append(out, '"'))
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
