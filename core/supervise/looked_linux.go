package supervise

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/sys/unix"
)

// An Address is the address in a call of connect(2) or bind(2): an address of the internet,
// a path, or an abstract name.
type Address struct {
	Internet netip.AddrPort
	Path     string // of a Unix socket, as the caller wrote it
	Abstract string // the name of an abstract Unix socket
}

// mostAddress is the size of struct sockaddr_storage, the longest address of the kernel.
const mostAddress = 128

// Address copies the address of connect(2) or bind(2). It returns false for another family,
// or if there is no address.
func (c *Call) Address() (Address, bool) {
	p, err := c.Caller()
	if err != nil {
		return Address{}, false
	}
	size := c.Args[2]
	if size < 2 || size > mostAddress {
		return Address{}, false
	}
	raw := make([]byte, size)
	if p.Read(c.Args[1], raw) != nil {
		return Address{}, false
	}
	return addressOf(raw)
}

func addressOf(raw []byte) (a Address, ok bool) {
	switch family := binary.NativeEndian.Uint16(raw); {
	case family == unix.AF_INET && len(raw) >= 8:
		a.Internet = netip.AddrPortFrom(netip.AddrFrom4([4]byte(raw[4:8])), binary.BigEndian.Uint16(raw[2:]))
	case family == unix.AF_INET6 && len(raw) >= 24:
		a.Internet = netip.AddrPortFrom(netip.AddrFrom16([16]byte(raw[8:24])), binary.BigEndian.Uint16(raw[2:]))
	case family == unix.AF_UNIX && len(raw) > 2 && raw[2] == 0:
		a.Abstract = string(raw[3:])
	case family == unix.AF_UNIX && len(raw) > 2:
		a.Path = unix.ByteSliceToString(raw[2:])
	default:
		return a, false
	}
	return a, true
}

// Argv copies the arguments of execve(2) or execveat(2): at most the first words of them,
// and the first bytes of each. An ellipsis stands for the rest, or for an argument that
// cannot be read.
func (c *Call) Argv(words, bytes int) []string {
	p, err := c.Caller()
	if err != nil {
		return nil
	}
	at := c.Args[1]
	if c.Name == "execveat" {
		at = c.Args[2]
	}
	var argv []string
	var pointer [8]byte
	for n := range words {
		if p.Read(at+uint64(8*n), pointer[:]) != nil {
			break
		}
		word := binary.NativeEndian.Uint64(pointer[:])
		if word == 0 {
			return argv
		}
		text, err := p.String(word, bytes)
		switch err {
		case nil:
		case unix.ENAMETOOLONG:
			buf := make([]byte, bytes)
			if p.Read(word, buf) == nil {
				text = string(buf)
			}
			text += "…"
		default:
			text = "…"
		}
		argv = append(argv, text)
	}
	return append(argv, "…")
}
