package main

import (
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// authpriv.notice, as su and sudo log who starts what (RFC 3164, 4.1.1): facility 10,
// severity 5.
const priority = 10<<3 | 5

// logToSystem hands one message to the system's log by the protocol of syslog(3). That
// may be syslogd's socket or the journal's. It waits for at most two seconds.
func logToSystem(message []byte) error {
	path := "/dev/log"
	if runtime.GOOS == "darwin" {
		path = "/var/run/syslog"
	}
	line := "<" + strconv.Itoa(priority) + ">" + time.Now().Format(time.Stamp) + " nono-run[" + strconv.Itoa(unix.Getpid()) + "]: " + string(message)
	err := sendTo(path, unix.SOCK_DGRAM, line)
	if err == unix.EPROTOTYPE {
		return sendTo(path, unix.SOCK_STREAM, line+"\x00") // some daemons take a stream, with an end to each message
	}
	return err
}

// sendTo sends all of line to a Unix socket of this type.
func sendTo(path string, kind int, line string) error {
	fd, err := unix.Socket(unix.AF_UNIX, kind, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	unix.CloseOnExec(fd)
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &unix.Timeval{Sec: 2}); err != nil {
		return err
	}
	if err := unix.Connect(fd, &unix.SockaddrUnix{Name: path}); err != nil {
		return err
	}
	for len(line) > 0 {
		n, err := unix.Write(fd, []byte(line))
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		line = line[n:]
	}
	return nil
}
