//go:build linux

package door

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/tests/internal/probe/try"
	"golang.org/x/sys/unix"
)

// network are the ways to a network. "tcp4", "tcp6", "udp4" and "udp6" are the
// ports of servers on the loopback.
func network() map[string]attack {
	v4 := func(w world, key string) unix.Sockaddr {
		return &unix.SockaddrInet4{Port: w.int(key), Addr: [4]byte{127, 0, 0, 1}}
	}
	v6 := func(w world, key string) unix.Sockaddr {
		return &unix.SockaddrInet6{Port: w.int(key), Addr: [16]byte{15: 1}}
	}
	mapped := func(w world, key string) unix.Sockaddr {
		return &unix.SockaddrInet6{Port: w.int(key), Addr: [16]byte{10: 0xff, 11: 0xff, 12: 127, 15: 1}}
	}
	connect := func(domain, kind, proto int, to func(world, string) unix.Sockaddr, key string) attack {
		return func(w world) error {
			return withSocket(domain, kind, proto, func(fd int) error { return unix.Connect(fd, to(w, key)) })
		}
	}
	send := func(domain, kind, proto, flags int, to func(world, string) unix.Sockaddr, key string) attack {
		return func(w world) error {
			return withSocket(domain, kind, proto, func(fd int) error { return unix.Sendto(fd, []byte("x"), flags, to(w, key)) })
		}
	}
	socket := func(domain, kind, proto int) attack {
		return func(world) error { return withSocket(domain, kind, proto, func(int) error { return nil }) }
	}
	return map[string]attack{
		"tcp4":           connect(unix.AF_INET, unix.SOCK_STREAM, 0, v4, "tcp4"),
		"tcp6":           connect(unix.AF_INET6, unix.SOCK_STREAM, 0, v6, "tcp6"),
		"tcp4-mapped":    connect(unix.AF_INET6, unix.SOCK_STREAM, 0, mapped, "tcp4"),
		"mptcp":          connect(unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_MPTCP, v4, "tcp4"),
		"sctp":           socket(unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_SCTP),
		"tcp-fast-open":  send(unix.AF_INET, unix.SOCK_STREAM, 0, unix.MSG_FASTOPEN, v4, "tcp4"),
		"tcp-fast-open6": send(unix.AF_INET6, unix.SOCK_STREAM, 0, unix.MSG_FASTOPEN, v6, "tcp6"),
		"tcp-fast-open-later": func(w world) error {
			return withSocket(unix.AF_INET, unix.SOCK_STREAM, 0, func(fd int) error {
				const fastOpenConnect = 30 // linux/tcp.h, TCP_FASTOPEN_CONNECT
				if err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, fastOpenConnect, 1); err != nil {
					return err
				}
				if err := unix.Connect(fd, v4(w, "tcp4")); err != nil {
					return err
				}
				_, err := unix.Write(fd, []byte("x"))
				return err
			})
		},
		"tcp4-bound": func(w world) error {
			return withSocket(unix.AF_INET, unix.SOCK_STREAM, 0, func(fd int) error {
				if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
					return err
				}
				return unix.Connect(fd, v4(w, "tcp4"))
			})
		},
		"udp4-answered": answered(unix.AF_INET, func(w world, fd int) error { return unix.Sendto(fd, []byte("x"), 0, v4(w, "udp4")) }),
		"udp6-answered": answered(unix.AF_INET6, func(w world, fd int) error { return unix.Sendto(fd, []byte("x"), 0, v6(w, "udp6")) }),
		"udp-connect-answered": answered(unix.AF_INET, func(w world, fd int) error {
			if err := unix.Connect(fd, v4(w, "udp4")); err != nil {
				return err
			}
			_, err := unix.Write(fd, []byte("x"))
			return err
		}),
		"udp-sendmsg-answered": answered(unix.AF_INET, func(w world, fd int) error {
			_, err := unix.SendmsgN(fd, []byte("x"), nil, v4(w, "udp4"), 0)
			return err
		}),
		"udp-high-answered": func(w world) error {
			// The kernel looks at the lower half of the registers alone.
			fd, _, errno := unix.Syscall(unix.SYS_SOCKET, 1<<32|unix.AF_INET, 1<<32|unix.SOCK_DGRAM, 0)
			if errno != 0 {
				return errno
			}
			defer unix.Close(int(fd))
			if err := unix.Sendto(int(fd), []byte("x"), 0, v4(w, "udp4")); err != nil {
				return err
			}
			return reply(int(fd))
		},
		"socket-namespace": func(world) error {
			return withSocket(unix.AF_INET, unix.SOCK_DGRAM, 0, func(fd int) error {
				const getNamespace = 0x894c // linux/sockios.h, SIOCGSKNS
				ns, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), getNamespace, 0)
				if errno != 0 {
					return errno
				}
				defer unix.Close(int(ns))
				return unix.Setns(int(ns), unix.CLONE_NEWNET)
			})
		},
		"tcp-bind":           listen(&unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}),
		"tcp-listen":         listen(nil),
		"udp4":               send(unix.AF_INET, unix.SOCK_DGRAM, 0, 0, v4, "udp4"),
		"udp6":               send(unix.AF_INET6, unix.SOCK_DGRAM, 0, 0, v6, "udp6"),
		"udp-connect":        connect(unix.AF_INET, unix.SOCK_DGRAM, 0, v4, "udp4"),
		"udplite":            socket(unix.AF_INET, unix.SOCK_DGRAM, unix.IPPROTO_UDPLITE),
		"ping":               socket(unix.AF_INET, unix.SOCK_DGRAM, unix.IPPROTO_ICMP),
		"raw-icmp":           socket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_ICMP),
		"raw-icmp6":          socket(unix.AF_INET6, unix.SOCK_RAW, unix.IPPROTO_ICMPV6),
		"packet":             socket(unix.AF_PACKET, unix.SOCK_RAW, 0x300),
		"packet-dgram":       socket(unix.AF_PACKET, unix.SOCK_DGRAM, 0x300),
		"vsock":              socket(unix.AF_VSOCK, unix.SOCK_STREAM, 0),
		"netlink":            socket(unix.AF_NETLINK, unix.SOCK_RAW, unix.NETLINK_ROUTE),
		"netlink-uevent":     socket(unix.AF_NETLINK, unix.SOCK_DGRAM, unix.NETLINK_KOBJECT_UEVENT),
		"net-x-high":         highFamily,
		"every-family":       everyFamily(unix.AF_INET),
		"every-other-family": everyFamily(unix.AF_VSOCK, unix.AF_INET, unix.AF_INET6, unix.AF_NETLINK),
		"tun":                func(world) error { return try.Open("/dev/net/tun", unix.O_RDWR) },
		"vsock-device":       func(world) error { return try.Open("/dev/vsock", unix.O_RDWR) },
		"pair-inet":          func(world) error { _, err := unix.Socketpair(unix.AF_INET, unix.SOCK_STREAM, 0); return err },
	}
}

// answered sends something by UDP and waits for the answer.
func answered(domain int, send func(world, int) error) attack {
	return func(w world) error {
		return withSocket(domain, unix.SOCK_DGRAM, 0, func(fd int) error {
			if err := send(w, fd); err != nil {
				return err
			}
			return reply(fd)
		})
	}
}

func reply(fd int) error {
	second := unix.NsecToTimeval(1e9)
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &second); err != nil {
		return err
	}
	_, _, err := unix.Recvfrom(fd, make([]byte, 9), 0)
	return err
}

// listen listens, after binding to an address or without.
func listen(to unix.Sockaddr) attack {
	return func(world) error {
		return withSocket(unix.AF_INET, unix.SOCK_STREAM, 0, func(fd int) error {
			if to != nil {
				if err := unix.Bind(fd, to); err != nil {
					return err
				}
			}
			return unix.Listen(fd, 1)
		})
	}
}

// highFamily has bits in the family's upper half, which the kernel does not
// look at.
func highFamily(world) error {
	fd, _, errno := unix.Syscall(unix.SYS_SOCKET, 1<<32|unix.AF_INET, unix.SOCK_STREAM, 0)
	if errno != 0 {
		return errno
	}
	return unix.Close(int(fd))
}

// everyFamily tries every family with every type, and names those that gave a
// socket; AF_UNIX, which is not the network, is left out, and so are those in but.
// If none did, the answer is that of the last.
func everyFamily(last int, but ...int) attack {
	return func(world) error {
		var got []string
		for family := range 64 {
			if family == unix.AF_UNIX || slices.Contains(but, family) {
				continue
			}
			for _, kind := range []int{1, 2, 3, 4, 5, 6, 10} {
				if withSocket(family, kind, 0, func(int) error { return nil }) == nil {
					got = append(got, fmt.Sprintf("%d/%d", family, kind))
				}
			}
		}
		if len(got) > 3 {
			return nil
		}
		if len(got) > 0 {
			return try.Text("got " + strings.Join(got, " "))
		}
		return withSocket(last, unix.SOCK_STREAM, 0, func(int) error { return nil })
	}
}

// uring is io_uring_setup(2); what it could do needs no system call afterwards.
func uring(world) error {
	var params [30]uint32
	fd, _, errno := unix.Syscall(unix.SYS_IO_URING_SETUP, 4, addr(&params), 0)
	if errno != 0 {
		return errno
	}
	return unix.Close(int(fd))
}
