package sockets

import (
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/mountinfo"
	"golang.org/x/sys/unix"
)

// The request and the answer of sock_diag(7) for Unix sockets.
const (
	diagByFamily = 20 // SOCK_DIAG_BY_FAMILY
	show         = 3  // UDIAG_SHOW_NAME | UDIAG_SHOW_VFS
	attrName     = 0  // UNIX_DIAG_NAME
	attrVFS      = 1  // UNIX_DIAG_VFS
	sizeRequest  = unix.SizeofNlMsghdr + 24
	sizeMessage  = 16 // struct unix_diag_msg: family, type, state, and from 4 the number
	established  = 1  // TCP_ESTABLISHED, which Unix sockets have too
)

// socket is a Unix socket: its own number and, where it has a file, the name by which
// that was made.
type socket struct {
	number uint32
	name   string
	bound  bool // by its file's server, and not of accept(2), which has that file too
}

// boundTo returns the sockets that are bound to the socket file
// fd in this network namespace. The kernel binds a file to one socket, for good.
func boundTo(fd int) ([]socket, error) {
	ino, dev, err := identity(fd)
	if err != nil {
		return nil, err
	}
	var found []socket
	err = eachSocket(func(s socket, vfsIno, vfsDev uint32) {
		if s.bound && vfsIno == ino && vfsDev == dev {
			found = append(found, s)
		}
	})
	return found, err
}

// eachSocket calls each for every Unix socket in this network namespace, with what the
// kernel tells of its file.
func eachSocket(each func(s socket, vfsIno, vfsDev uint32)) error {
	diag, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return err
	}
	defer unix.Close(diag)
	request := make([]byte, sizeRequest)
	binary.NativeEndian.PutUint32(request, sizeRequest)
	binary.NativeEndian.PutUint16(request[4:], diagByFamily)
	binary.NativeEndian.PutUint16(request[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	request[16] = unix.AF_UNIX
	binary.NativeEndian.PutUint32(request[20:], ^uint32(0)) // in every state
	binary.NativeEndian.PutUint32(request[28:], show)
	if err := unix.Sendto(diag, request, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	buf := make([]byte, 64<<10)
	for {
		n, _, err := unix.Recvfrom(diag, buf, 0)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		if done, err := scan(buf[:n], each); done || err != nil {
			return err
		}
	}
}

// scan calls each for every socket in a part of the answer, and reports whether that
// was the last part.
func scan(buf []byte, each func(s socket, vfsIno, vfsDev uint32)) (done bool, err error) {
	for len(buf) >= unix.SizeofNlMsghdr {
		size := int(binary.NativeEndian.Uint32(buf))
		if size < unix.SizeofNlMsghdr || size > len(buf) {
			return false, unix.EPROTO
		}
		body := buf[unix.SizeofNlMsghdr:size]
		switch binary.NativeEndian.Uint16(buf[4:]) {
		case unix.NLMSG_DONE:
			return true, nil
		case unix.NLMSG_ERROR:
			return false, unix.EOPNOTSUPP
		case diagByFamily:
			if len(body) < sizeMessage {
				return false, unix.EPROTO
			}
			s := socket{number: binary.NativeEndian.Uint32(body[4:])}
			file := make([]byte, 8) // of none
			attributes(body[sizeMessage:], func(kind uint16, value []byte) {
				switch {
				case kind == attrName:
					s.name, _, _ = strings.Cut(string(value), "\x00")
				case kind == attrVFS && len(value) >= 8:
					file, s.bound = value, body[1] == unix.SOCK_DGRAM || body[2] != established
				}
			})
			each(s, binary.NativeEndian.Uint32(file), binary.NativeEndian.Uint32(file[4:]))
		}
		buf = buf[min(len(buf), (size+3)&^3):]
	}
	return false, nil
}

func attributes(buf []byte, each func(kind uint16, value []byte)) {
	for len(buf) >= 4 {
		size := int(binary.NativeEndian.Uint16(buf))
		if size < 4 || size > len(buf) {
			return
		}
		each(binary.NativeEndian.Uint16(buf[2:]), buf[4:size])
		buf = buf[min(len(buf), (size+3)&^3):]
	}
}

// identity is what the kernel tells of a file in an answer: the low half of its inode
// number, and the device of its file system. Some file systems tell other devices by
// stat(2), so that one comes from the table of mounts.
func identity(fd int) (ino, dev uint32, err error) {
	var st unix.Statx_t
	if err := unix.Statx(fd, "", unix.AT_EMPTY_PATH, unix.STATX_INO|unix.STATX_MNT_ID, &st); err != nil {
		return 0, 0, err
	}
	table, err := mountinfo.Read()
	if err != nil {
		return 0, 0, err
	}
	mounts, ok := mountinfo.Parse(table)
	if !ok {
		return 0, 0, unix.EPROTO
	}
	id := strconv.FormatUint(st.Mnt_id, 10)
	for _, m := range mounts {
		if m.ID != id {
			continue
		}
		major, minor, _ := strings.Cut(m.Dev, ":")
		hi, err := strconv.ParseUint(major, 10, 12)
		lo, err2 := strconv.ParseUint(minor, 10, 20)
		if err != nil || err2 != nil {
			return 0, 0, unix.EPROTO
		}
		return uint32(st.Ino), uint32(hi)<<20 | uint32(lo), nil // the kernel's own form
	}
	return 0, 0, unix.ENOENT
}
