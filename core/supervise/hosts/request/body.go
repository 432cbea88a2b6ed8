package request

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"strings"
)

const (
	// largestTrailer is the size, in bytes, of the fields behind a body.
	largestTrailer = 8 << 10
	// largestSize is that of a line with the size of a chunk.
	largestSize = 1 << 10
)

// A Way is where requests come from and where they are sent on to.
type Way struct {
	In   *bufio.Reader // of From
	From io.Reader
	Out  *bufio.Writer // of To
	To   io.Writer
}

// Send sends on a request whose head was read from In: the head, with an upgrade where
// webSocket says so, and the body as it comes. Where From and To are TCP connections, a
// long body is moved within the kernel.
func (w *Way) Send(h *Head, webSocket bool) error {
	w.Out.Write(h.Text(webSocket)) // Flush tells of an error
	var err error
	if h.Chunked {
		err = w.chunks()
	} else {
		err = w.bytes(h.Length)
	}
	if err != nil {
		return err
	}
	return w.Out.Flush()
}

func (w *Way) chunks() error {
	for {
		left := largestSize
		line, err := w.line(&left)
		if err != nil {
			return err
		}
		n, err := chunkSize(line)
		if err != nil {
			return err
		}
		w.Out.WriteString(line + "\r\n")
		if n == 0 {
			return w.trailer()
		}
		if err := w.bytes(n); err != nil {
			return err
		}
		if line, err = w.line(&left); err != nil {
			return err
		}
		if line != "" {
			return Error("a chunk is longer than it says")
		}
		w.Out.WriteString("\r\n")
	}
}

// line reads a line. Where that has to be waited for, nothing is held back.
func (w *Way) line(left *int) (string, error) {
	ahead, _ := w.In.Peek(w.In.Buffered())
	if bytes.IndexByte(ahead, '\n') < 0 {
		if err := w.Out.Flush(); err != nil {
			return "", err
		}
	}
	return readLine(w.In, left)
}

// chunkSize reads the first line of a chunk (RFC 9112, 7.1). An extension, which no
// reader need know, is sent on.
func chunkSize(line string) (int64, error) {
	digits, _, _ := strings.Cut(line, ";")
	digits = strings.TrimRight(digits, " \t")
	if digits == "" || len(digits) > 15 || strings.Trim(digits, "0123456789abcdefABCDEF") != "" {
		return 0, Error("the size of a chunk is no number")
	}
	return strconv.ParseInt(digits, 16, 64)
}

// trailer sends the fields behind the last chunk.
func (w *Way) trailer() error {
	left := largestTrailer
	fields, err := readFields(w.In, &left)
	if err != nil {
		return err
	}
	for _, f := range fields {
		for _, name := range framing {
			if f.name == name {
				return Error("the field " + name + " stands behind the body")
			}
		}
		w.Out.WriteString(f.written + ": " + f.value + "\r\n")
	}
	_, err = w.Out.WriteString("\r\n")
	return err
}

// bytes sends n bytes: first those that were read ahead. What has to be waited for is
// waited for with nothing held back.
func (w *Way) bytes(n int64) error {
	if ahead := min(n, int64(w.In.Buffered())); ahead > 0 {
		text, _ := w.In.Peek(int(ahead))
		w.Out.Write(text)
		w.In.Discard(len(text))
		n -= ahead
	}
	if n == 0 {
		return nil
	}
	if err := w.Out.Flush(); err != nil {
		return err
	}
	_, err := io.CopyN(w.To, w.From, n)
	return unexpected(err)
}
