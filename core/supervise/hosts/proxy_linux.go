package hosts

import (
	"bufio"
	"io"
	"net/http"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/reach"
	"github.com/nono-sandbox/nono/core/supervise/hosts/request"
)

// A proxy of HTTP leads to any host that the program names: in the line of CONNECT, or in
// the URL of a request. So each has to be one that the spec allows, and what then goes
// through a CONNECT is looked at as it is without a proxy. The proxy looks names up itself:
// to which addresses they lead, the supervisor does not see.

const (
	itself   = request.Error("the request is for the proxy itself")
	late     = request.Error("CONNECT comes behind other requests")
	unproven = request.Error("the host is not granted")
)

// proxied relays the requests to a proxy. See web.requests.
func (w *web) proxied() error {
	told := map[netOf]bool{}
	for first := true; ; first = false {
		h, err := w.head()
		if err == io.EOF && !first {
			return w.end()
		}
		if err != nil {
			return err
		}
		line, err := w.allows(h)
		if err != nil {
			return err
		}
		if err := w.connect(); err != nil {
			return err
		}
		if to := (netOf{h.Host, portOf(h)}); !told[to] && len(told) < mostNames {
			told[to] = true
			w.relay.told.proxied(w.want.who, to.host, to.port, w.up.peer())
		}
		if h.Method != http.MethodConnect {
			if err := w.send(h); err != nil {
				return err
			}
			continue
		}
		if w.sent {
			return late
		}
		if ended, err := w.connectLine(h, line); err != nil || ended {
			return err
		}
	}
}

// netOf is a host and port that a proxy was asked for.
type netOf struct {
	host string
	port uint16
}

// portOf is the port that a request to a proxy asks for.
func portOf(h *request.Head) uint16 {
	if h.Port == 0 {
		return 80
	}
	return h.Port
}

// allows returns the line of the spec that allows what the proxy is asked for.
func (w *web) allows(h *request.Head) (*spec.Host, error) {
	if h.Method != http.MethodConnect && !h.Absolute {
		w.told = true
		w.relay.told.ended(w.want.who, w.want.host(), w.want.port, otherAsked, raw(w.want), unix.ECONNRESET)
		return nil, itself
	}
	port, r := portOf(h), w.relay.resolver
	line, again := reach.Named(r.rules.at(), h.Host, port), false
	if addr, err := netip.ParseAddr(h.Host); err == nil {
		line = reach.At(r.rules.at(), addr.As16(), port)
		if line == nil && addr.IsLoopback() {
			line = reach.Named(r.rules.at(), "localhost", port)
		}
		again = r.proxyAt(netip.AddrPortFrom(addr, port))
	}
	w.told = true
	switch {
	case line == nil:
		w.relay.told.refused(w.want.who, h.Host, port, unix.ECONNRESET)
		return nil, unproven
	case line.Proxy || again && !line.Raw:
		w.relay.told.ended(w.want.who, h.Host, port, otherAsked, raw(w.want), unix.ECONNRESET)
		return nil, itself
	}
	w.told = false
	return line, nil
}

// connectLine sends a CONNECT. Where the proxy agrees, what follows is looked at as a
// connection to that host, and relayed to its end.
func (w *web) connectLine(h *request.Head, line *spec.Host) (ended bool, err error) {
	if err := w.way.Send(h, false); err != nil {
		return false, err
	}
	back := request.Way{In: bufio.NewReader(w.up), From: w.up, Out: bufio.NewWriter(w.client), To: w.client}
	for {
		a, err := request.ReadAnswer(back.In)
		switch {
		case err != nil:
			return false, unix.EPROTO
		case a.Status[0] == '2':
			if err := back.SendHead(a); err != nil {
				return false, err
			}
			if err := sendAhead(w.client, back.In); err != nil {
				return false, err
			}
			w.want = destination{name: h.Host, port: h.Port, who: w.want.who}
			return true, w.inTunnel(line)
		}
		if err := back.SendAnswer(a); err != nil {
			return false, unix.EPROTO
		}
		if a.Length < 0 && !a.Chunked {
			if err := sendAhead(w.client, back.In); err != nil {
				return true, err
			}
			_, err := w.client.ReadFrom(w.up)
			return true, err
		}
		if !a.Interim() {
			return false, sendAhead(w.client, back.In)
		}
	}
}

// inTunnel looks at what a proxy's tunnel begins with.
func (w *web) inTunnel(line *spec.Host) error {
	named := line.Name != "" && line.Name != "localhost" && !line.Raw
	switch {
	case named && w.want.port == 80:
		return w.requests()
	case named && w.want.port == 443:
		w.client.readUntil(time.Now().Add(helloTimeout))
		asked, hello, err := serverName(w.way.In)
		w.client.readUntil(time.Time{})
		if err != nil || asked != w.want.name {
			w.relay.mismatch(w.want, asked)
			return unix.ECONNRESET
		}
		if _, err := w.up.Write(hello); err != nil {
			return err
		}
	}
	return w.tunnel()
}

// proxied tells that a proxy was asked for a host.
func (t *teller) proxied(who audit.Event, host string, port uint16, proxy string) {
	who.Kind, who.Op, who.Host, who.Port, who.Address = audit.Connected, "tcp", host, int(port), proxy
	t.say(who)
}
