package supervise

import (
	"os"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/supervise/process"
	"golang.org/x/sys/unix"
)

// endAt ends the command and all its processes at a time in seconds of CLOCK_BOOTTIME. This
// clock cannot be set, and it goes on while the machine sleeps.
func endAt(when int64) error {
	fd, err := unix.TimerfdCreate(unix.CLOCK_BOOTTIME, unix.TFD_CLOEXEC)
	if err == nil {
		err = unix.TimerfdSettime(fd, unix.TFD_TIMER_ABSTIME, &unix.ItimerSpec{Value: unix.Timespec{Sec: when}}, nil)
	}
	if err != nil {
		return &fault.Error{Do: "end the command in time", Err: err}
	}
	go func() {
		var count [8]byte
		for {
			if _, err := unix.Read(fd, count[:]); err != unix.EINTR && err != unix.EAGAIN {
				break
			}
		}
		os.Stderr.WriteString("nono: notice: its time is over, so the command is ended (--end-kills)\n")
		process.EndNow()
	}()
	return nil
}
