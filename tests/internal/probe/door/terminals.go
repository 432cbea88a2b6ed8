//go:build linux

package door

import (
	"os"

	"github.com/nono-sandbox/nono/tests/internal/probe/try"
	"golang.org/x/sys/unix"
)

// terminals are what can be done with a terminal: stdin is the own one, "pts" is
// another session's.
func terminals() map[string]attack {
	char := byte('x')
	simulate := func(fd int, request uintptr) error {
		return try.Call(unix.SYS_IOCTL, uintptr(fd), request, addr(&char))
	}
	return map[string]attack{
		"tiocsti":       func(world) error { return simulate(0, unix.TIOCSTI) },
		"tiocsti-high":  func(world) error { return simulate(0, 1<<32|unix.TIOCSTI) },
		"tiocsti-tty":   func(world) error { return onTTY("/dev/tty", func(fd int) error { return simulate(fd, unix.TIOCSTI) }) },
		"tiocsti-other": func(w world) error { return onTTY(w["pts"], func(fd int) error { return simulate(fd, unix.TIOCSTI) }) },
		"tioclinux":     tioclinux,
		"tiocsetd":      tiocsetd,
		"tioccons":      func(world) error { return unix.IoctlSetInt(0, unix.TIOCCONS, 0) },
		"pts-resize": func(w world) error {
			return onTTY(w["pts"], func(fd int) error { return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80}) })
		},
		"pts-other":    func(w world) error { return try.Open(w["pts"], unix.O_RDWR) },
		"console":      func(world) error { return try.Open("/dev/tty0", unix.O_RDWR) },
		"console-tty1": func(world) error { return try.Open("/dev/tty1", unix.O_RDWR) },
		"stty":         stty,
		"new-pty":      newPty,
		"ioctl-device": ioctlDevice,
	}
}

func onTTY(path string, f func(fd int) error) error {
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return f(fd)
}

func tioclinux(world) error {
	sub := byte(6) // TIOCL_GETSHIFTSTATE
	return ioctl(0, unix.TIOCLINUX, &sub)
}

func tiocsetd(world) error {
	discipline := int32(0) // N_TTY, which it has
	return ioctl(0, unix.TIOCSETD, &discipline)
}

// stty reads and sets the own terminal's modes; it is no attack.
func stty(world) error {
	t, err := unix.IoctlGetTermios(0, unix.TCGETS)
	if err != nil {
		return err
	}
	return unix.IoctlSetTermios(0, unix.TCSETS, t)
}

// newPty opens a new terminal; it is no attack.
func newPty(world) error {
	return onTTY("/dev/ptmx", func(fd int) error {
		if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
			return err
		}
		n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
		if err != nil {
			return err
		}
		return onTTY("/dev/pts/"+itoa(n), func(fd int) error {
			_, err := unix.IoctlGetTermios(fd, unix.TCGETS)
			return err
		})
	})
}

// ioctlDevice controls a device that may only be read and written: the path
// "readable", a character device in a read grant.
func ioctlDevice(w world) error {
	return onTTYRead(w["readable"], func(fd int) error {
		var x [64]byte
		err := ioctl(fd, 0x5401, &x) // TCGETS
		if err == unix.ENOTTY || err == unix.EINVAL {
			return nil // the device itself answered
		}
		return err
	})
}

func onTTYRead(path string, f func(fd int) error) error {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return f(fd)
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

func hostEnv(name string) error {
	if os.Getenv(name) == "" {
		return try.Text("not-told")
	}
	return nil
}
