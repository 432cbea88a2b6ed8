package clock

import "golang.org/x/sys/unix"

// Boot returns the seconds since the system started, those during which it slept
// among them (CLOCK_BOOTTIME): nobody sets this clock.
func Boot() int64 {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &t) != nil {
		// Every Linux that has Landlock has this clock. What ends has ended, if not.
		return 1<<63 - 1
	}
	return t.Sec
}
