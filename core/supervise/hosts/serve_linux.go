package hosts

import (
	"bytes"
	"encoding/binary"
	"io"
	"time"

	"golang.org/x/sys/unix"
)

// largest is the size of a question that is read; none of use is larger.
const largest = 4096

// serveDatagrams answers the questions that come to a socket with IP_PKTINFO, each from
// the address that was asked, until the socket fails.
func (s *server) serveDatagrams(fd int) {
	turns := make(chan struct{}, 64)
	buf, control := make([]byte, largest), make([]byte, 128)
	var next spinner
	for {
		// Who has asked for an address of IPv4 mostly asks for one of IPv6 beside it.
		next.soon([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}})
		n, size, _, from, err := unix.Recvmsg(fd, buf, control, 0)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return
		}
		answer := func(question, control []byte) {
			if reply := s.answer(question); reply != nil {
				unix.SendmsgN(fd, reply, source(control), from, 0)
			}
		}
		if !s.waits(buf[:n]) {
			answer(buf[:n], control[:size])
			continue
		}
		turns <- struct{}{}
		question, control := bytes.Clone(buf[:n]), bytes.Clone(control[:size])
		go func() {
			defer func() { <-turns }()
			answer(question, control)
		}()
	}
}

// source makes the control message that has an answer come from where the question went.
func source(control []byte) []byte {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return nil
	}
	for _, m := range messages {
		if m.Header.Level == unix.IPPROTO_IP && m.Header.Type == unix.IP_PKTINFO && len(m.Data) >= unix.SizeofInet4Pktinfo {
			var info unix.Inet4Pktinfo
			copy(info.Spec_dst[:], m.Data[8:12]) // ipi_addr, where the question went
			return unix.PktInfo4(&info)
		}
	}
	return nil
}

// serveStream answers the questions of one TCP connection (RFC 1035, 4.2.2).
func (s *server) serveStream(c *stream) {
	for {
		c.readUntil(time.Now().Add(helloTimeout))
		var size [2]byte
		if _, err := io.ReadFull(c, size[:]); err != nil {
			return
		}
		message := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(c, message); err != nil {
			return
		}
		reply := s.answer(message)
		if reply == nil {
			return
		}
		if _, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...)); err != nil {
			return
		}
	}
}
