package hosts

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/supervise/hosts/request"
)

// lingerTimeout is how long what was sent has to be read before a connection is closed:
// one that is closed while something comes in is reset, and what was sent is lost.
const lingerTimeout = time.Second

// otherHost refuses a request, of which the log knows already.
const otherHost = request.Error("the request asks for another host than the connection is for")

// A web relays the requests of one connection of HTTP. Each of them is looked at: the
// next one may ask for another host. The answers pass as they are.
type web struct {
	relay  *relay
	want   destination
	client *stream
	up     *stream     // nil before the first request
	way    request.Way // from client to up
	// answers go from up to client, whenever something is waited for: see wait. They do
	// once sent tells that a request was sent.
	answers flow
	sent    bool
	// told tells that the log knows why a request is refused.
	told bool
}

func newWeb(r *relay, c *stream, d destination) *web {
	w := &web{relay: r, want: d, client: c}
	w.way = request.Way{In: bufio.NewReader(w), From: c}
	return w
}

// run relays requests to the connection's end.
func (w *web) run(requests func() error) {
	err := requests()
	refused, isRefused := err.(request.Error)
	switch {
	case isRefused:
		if !w.told {
			w.relay.ambiguous(w.want, refused == request.NotHTTP1)
		}
		w.refuse(refused.Error())
	case err != nil:
		reset(w.client)
		if w.up != nil {
			reset(w.up)
		}
	}
	if w.up != nil {
		w.answers.end()
		w.up.Close()
	}
}

// requests sends on one request after the other until the client sends no more and all
// answers have come, or one is refused, or a connection fails.
func (w *web) requests() error {
	for first := true; ; first = false {
		h, err := w.head()
		if err == io.EOF && !first {
			return w.end()
		}
		if err != nil {
			return err
		}
		if h.Host != w.want.name || h.Port != 0 && h.Port != w.want.port || h.Method == http.MethodConnect {
			w.told = true
			w.relay.mismatch(w.want, h.Host)
			return otherHost
		}
		if err := w.connect(); err != nil {
			return err
		}
		// An upgrade counts in the first request alone: of a later one, it would not be
		// known which of the answers belongs to it.
		if h.WebSocket && first {
			if switched, err := w.upgrade(h); err != nil || switched {
				return err
			}
			w.sent = true
			continue
		}
		if err := w.send(h); err != nil {
			return err
		}
	}
}

// head reads the next head. The first one has to come soon, and each in time once it has
// begun.
func (w *web) head() (*request.Head, error) {
	if w.up != nil {
		if _, err := w.way.In.Peek(1); err != nil {
			return nil, err
		}
	}
	w.client.readUntil(time.Now().Add(helloTimeout))
	defer w.client.readUntil(time.Time{})
	return request.Read(w.way.In)
}

// connect connects to the host, unless that is done.
func (w *web) connect() (err error) {
	if w.up == nil {
		if w.up, err = w.relay.dial(w.want); err != nil {
			return err
		}
	}
	if w.way.To == nil {
		to := toHost{w}
		w.way.To, w.way.Out = to, bufio.NewWriter(to)
		w.answers = flow{from: w.up, to: w.client, left: endless, closes: true}
	}
	return nil
}

// send sends a request. Answers may come before it has ended.
func (w *web) send(h *request.Head) error {
	w.sent = true
	err := w.way.Send(h, false)
	if _, refused := err.(request.Error); err != nil && !refused {
		// The host may have answered before it ended the connection.
		w.rest(time.Now().Add(lingerTimeout))
	}
	return err
}

// upgrade sends a request for an upgrade and waits for the answer. Where the host agrees,
// the connection is no longer HTTP, and is relayed to its end.
func (w *web) upgrade(h *request.Head) (switched bool, err error) {
	if err := w.way.Send(h, true); err != nil {
		return false, err
	}
	back := request.Way{In: bufio.NewReader(w.up), From: w.up, Out: bufio.NewWriter(w.client), To: w.client}
	for {
		a, err := request.ReadAnswer(back.In)
		if err != nil {
			return false, unix.EPROTO
		}
		if err := back.SendHead(a); err != nil {
			return false, err
		}
		if a.Interim() {
			continue
		}
		if err := sendAhead(w.client, back.In); err != nil || a.Status != "101" {
			return false, err
		}
		return true, w.tunnel()
	}
}

// tunnel relays what is no HTTP any more.
func (w *web) tunnel() error {
	if err := sendAhead(w.up, w.way.In); err != nil {
		return err
	}
	both(w.client, w.up)
	return nil
}

// sendAhead sends what in has read ahead.
func sendAhead(to io.Writer, in *bufio.Reader) error {
	ahead, _ := in.Peek(in.Buffered())
	_, err := to.Write(ahead)
	in.Discard(len(ahead))
	return err
}

// refuse answers a request in the place of the host, behind the host's answers.
func (w *web) refuse(why string) {
	w.answers.closes = false
	if w.sent {
		w.up.CloseWrite()
		w.rest(time.Now().Add(helloTimeout))
	}
	text := "nono: " + why + "\n"
	fmt.Fprintf(w.client, "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(text), text)
	w.client.CloseWrite()
	w.client.readUntil(time.Now().Add(lingerTimeout))
	io.Copy(io.Discard, w.client)
}
