//go:build linux

package door

import (
	"os"
	"strings"
	"time"

	"github.com/nono-sandbox/nono/tests/internal/probe/try"
	"golang.org/x/sys/unix"
)

// unixSockets are the ways to the servers that listen outside: "stream",
// "seqpacket", "dgram" and "executor" in the directory "out", and the abstract
// name "abstract". The executor makes the file that it is told.
func unixSockets() map[string]attack {
	at := func(w world, name string) unix.Sockaddr { return &unix.SockaddrUnix{Name: w["out"] + "/" + name} }
	abstract := func(w world, suffix string) unix.Sockaddr {
		return &unix.SockaddrUnix{Name: "@" + w["abstract"] + suffix}
	}
	return map[string]attack{
		"unix-stream":    func(w world) error { return dial(unix.SOCK_STREAM, at(w, "stream")) },
		"unix-seqpacket": func(w world) error { return dial(unix.SOCK_SEQPACKET, at(w, "seqpacket")) },
		"unix-dgram":     func(w world) error { return dial(unix.SOCK_DGRAM, at(w, "dgram")) },
		"unix-dgram-sendto": func(w world) error {
			return withSocket(unix.AF_UNIX, unix.SOCK_DGRAM, 0, func(fd int) error { return unix.Sendto(fd, []byte("x"), 0, at(w, "dgram")) })
		},
		"unix-raw":             func(w world) error { return dial(unix.SOCK_RAW, at(w, "dgram")) },
		"unix-symlink":         unixSymlink,
		"unix-cwd":             unixCwd,
		"unix-proc-fd":         unixProcFD,
		"unix-abstract":        func(w world) error { return dial(unix.SOCK_STREAM, abstract(w, "")) },
		"unix-abstract-dgram":  func(w world) error { return dial(unix.SOCK_DGRAM, abstract(w, "-dgram")) },
		"unix-executor":        func(w world) error { return executor(w, at(w, "executor")) },
		"unix-bus-environment": unixBus,
		"unix-bind-outside":    unixBind,
		"unix-pair-sendto":     func(w world) error { return pairSendto(unix.SOCK_DGRAM, at(w, "dgram")) },
		"unix-pair-raw-sendto": func(w world) error { return pairSendto(unix.SOCK_RAW, at(w, "dgram")) },
		"unix-pair-reconnect":  func(w world) error { return pairReconnect(at(w, "dgram")) },
		"unix-pair-abstract":   func(w world) error { return pairSendto(unix.SOCK_DGRAM, abstract(w, "-dgram")) },
		"unix-stdin-connect":   func(w world) error { return unix.Connect(0, at(w, "stream")) },
		"unix-stdin-sendto":    func(w world) error { return unix.Sendto(0, []byte("x"), 0, at(w, "dgram")) },
		"unix-inside":          unixInside,
		"unix-pair-inside":     unixPairInside,
	}
}

func withSocket(domain, kind, proto int, f func(fd int) error) error {
	fd, err := unix.Socket(domain, kind|unix.SOCK_CLOEXEC, proto)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return f(fd)
}

func dial(kind int, to unix.Sockaddr) error {
	return withSocket(unix.AF_UNIX, kind, 0, func(fd int) error { return unix.Connect(fd, to) })
}

func unixSymlink(w world) error {
	link := fresh(w["in"])
	if err := unix.Symlink(w["out"]+"/stream", link); err != nil {
		return err
	}
	defer unix.Unlink(link)
	return dial(unix.SOCK_STREAM, &unix.SockaddrUnix{Name: link})
}

func unixCwd(w world) error {
	if err := unix.Chdir(w["out"]); err != nil {
		return err
	}
	return dial(unix.SOCK_STREAM, &unix.SockaddrUnix{Name: "stream"})
}

func unixProcFD(w world) error {
	dir, err := unix.Open(w["out"], unix.O_PATH|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	if err := unix.Dup2(dir, 100); err != nil {
		return err
	}
	return dial(unix.SOCK_STREAM, &unix.SockaddrUnix{Name: "/proc/self/fd/100/stream"})
}

// executor has the server outside do what this process must not.
func executor(w world, to unix.Sockaddr) error {
	mark := w["out"] + "/by-executor-" + w["run"]
	return withSocket(unix.AF_UNIX, unix.SOCK_STREAM, 0, func(fd int) error {
		if err := unix.Connect(fd, to); err != nil {
			return err
		}
		if _, err := unix.Write(fd, []byte(mark)); err != nil {
			return err
		}
		for range 100 {
			if unix.Access(mark, unix.F_OK) == nil {
				return nil
			}
			time.Sleep(10 * time.Millisecond)
		}
		return try.Text("not-done")
	})
}

// unixBus goes where the session's bus is said to be, as systemd-run --user does.
func unixBus(w world) error {
	path, ok := strings.CutPrefix(os.Getenv("DBUS_SESSION_BUS_ADDRESS"), "unix:path=")
	if !ok {
		return try.Text("not-told")
	}
	return executor(w, &unix.SockaddrUnix{Name: path})
}

func unixBind(w world) error {
	return withSocket(unix.AF_UNIX, unix.SOCK_STREAM, 0, func(fd int) error {
		path := fresh(w["out"])
		defer unix.Unlink(path)
		return unix.Bind(fd, &unix.SockaddrUnix{Name: path})
	})
}

func pairSendto(kind int, to unix.Sockaddr) error {
	pair, err := unix.Socketpair(unix.AF_UNIX, kind, 0)
	if err != nil {
		return err
	}
	return unix.Sendto(pair[0], []byte("x"), 0, to)
}

func pairReconnect(to unix.Sockaddr) error {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	return unix.Connect(pair[0], to)
}

// unixInside has both ends inside; it is no attack.
func unixInside(w world) error {
	path := fresh(w["in"])
	return withSocket(unix.AF_UNIX, unix.SOCK_STREAM, 0, func(fd int) error {
		if err := unix.Bind(fd, &unix.SockaddrUnix{Name: path}); err != nil {
			return err
		}
		if err := unix.Listen(fd, 1); err != nil {
			return err
		}
		return dial(unix.SOCK_STREAM, &unix.SockaddrUnix{Name: path})
	})
}

func unixPairInside(world) error {
	for _, kind := range []int{unix.SOCK_STREAM, unix.SOCK_SEQPACKET} {
		pair, err := unix.Socketpair(unix.AF_UNIX, kind, 0)
		if err != nil {
			return err
		}
		if _, err := unix.Write(pair[0], []byte("x")); err != nil {
			return err
		}
		if err := readFD(pair[1]); err != nil {
			return err
		}
	}
	return nil
}
