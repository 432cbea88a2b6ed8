//go:build linux

package door

import (
	"github.com/nono-sandbox/nono/tests/internal/probe/try"
	"golang.org/x/sys/unix"
)

// ipc are the objects without a path: "key" is the key of shared memory, a queue
// and a semaphore outside, "mq" the name of a message queue.
func ipc() map[string]attack {
	return map[string]attack{
		"shm": func(w world) error {
			id, err := unix.SysvShmGet(w.int("key"), 0, 0)
			if err != nil {
				return err
			}
			_, err = unix.SysvShmAttach(id, 0, unix.SHM_RDONLY)
			return err
		},
		"shm-attach":  func(w world) error { _, err := unix.SysvShmAttach(w.int("shmid"), 0, unix.SHM_RDONLY); return err },
		"shm-remove":  func(w world) error { return try.Call(unix.SYS_SHMCTL, uintptr(w.int("spareshm")), 0, 0) },
		"msg":         func(w world) error { return try.Call(unix.SYS_MSGGET, uintptr(w.int("key")), 0) },
		"msg-receive": msgReceive,
		"sem":         func(w world) error { return try.Call(unix.SYS_SEMGET, uintptr(w.int("key")), 0, 0) },
		"mq":          func(w world) error { return mqOpen(w, unix.O_RDWR) },
		"mq-unlink":   func(w world) error { return try.Call(unix.SYS_MQ_UNLINK, pointer(w["mq"]+"-"+w["run"])) },
		"posix-shm":   func(w world) error { return try.Open("/dev/shm/"+w["mq"], unix.O_RDWR) },
	}
}

func msgReceive(w world) error {
	var buf [64]byte
	const copyOnly, noWait = 0o40000, 0o4000
	return try.Call(unix.SYS_MSGRCV, uintptr(w.int("msgid")), addr(&buf), 56, 0, copyOnly|noWait)
}

func mqOpen(w world, flags int) error {
	fd, _, errno := unix.Syscall6(unix.SYS_MQ_OPEN, pointer(w["mq"]), uintptr(flags), 0, 0, 0, 0)
	if errno != 0 {
		return errno
	}
	return unix.Close(int(fd))
}
