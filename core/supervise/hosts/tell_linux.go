package hosts

import (
	"net/netip"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/reach"
	"github.com/nono-sandbox/nono/core/supervise"
)

// Why a connection that the spec allows is ended all the same. The reasons that a spec
// gives are those of package query.
const (
	noNameAsked  = "names_no_host"                   // TLS without SNI, or what is no TLS
	otherAsked   = "asks_for_another_host"           // SNI or HTTP's Host
	ambiguous    = "ambiguous_request"               // of HTTP: see package request
	privateOnly  = "name_leads_to_private_addresses" // see local
	noNamespace  = "no_network_namespace"            // for servers inside
	nobodyInside = "nobody_listens_inside"           // and somebody does outside
)

// A teller tells the log, and the summary at the end, of connections and refusals.
type teller struct {
	rules *rules
	tell  func(audit.Event) // or nil
	// search are the domains that programs try behind a name (resolv.conf(5)).
	search []string
}

func newTeller(r *rules, tell func(audit.Event)) *teller {
	t := &teller{rules: r, tell: tell}
	text, _ := os.ReadFile("/etc/resolv.conf")
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 1 && (f[0] == "search" || f[0] == "domain") {
			t.search = nil // the last such line counts
			for _, domain := range f[1:] {
				t.search = append(t.search, strings.ToLower(strings.Trim(domain, ".")))
			}
		}
	}
	return t
}

// who begins an event about a call. It costs some looks at the caller, which are left out
// where nobody hears of the event.
func (t *teller) who(c *supervise.Call) audit.Event {
	if t.tell == nil {
		return audit.Event{}
	}
	return c.Event()
}

func (t *teller) say(e audit.Event) {
	if t.tell != nil {
		t.tell(e)
	}
}

// connected tells of a connection to addr, which is where name leads, and how connecting
// to it ended. who begins the event.
func (t *teller) connected(who audit.Event, name string, addr netip.AddrPort, err error) {
	who.Kind, who.Op, who.Host, who.Address, who.Port = audit.Connected, "tcp", name, addr.String(), int(addr.Port())
	if err != nil {
		who.Errno = errnoName(err)
	}
	t.say(who)
}

// refused tells that a connection to a host, a name or an address, is not allowed by the
// spec, and what would allow it.
func (t *teller) refused(who audit.Event, host string, port uint16, errno unix.Errno) {
	v := query.Network(t.rules.at(), kernel.LatestABI, host, int(port), "tcp")
	remedy := ""
	if v.Suggestion != nil {
		remedy = v.Suggestion.String()
	}
	t.ended(who, host, port, string(v.Reason), remedy, errno)
}

// ended tells that a connection is refused for another reason.
func (t *teller) ended(who audit.Event, host string, port uint16, reason, remedy string, errno unix.Errno) {
	who.Kind, who.Op, who.Host, who.Port = audit.Refused, "tcp", host, int(port)
	who.Reason, who.Remedy, who.Errno = reason, remedy, unix.ErrnoName(errno)
	t.say(who)
}

// lookup tells that a name is not looked up. Who asks is not known. A name with a domain
// of the search list behind it is told as the name that the program has meant.
func (t *teller) lookup(name string) {
	meant := t.meant(name)
	if reach.Named(t.rules.at(), meant, 0) != nil && meant != name {
		return
	}
	e := audit.Event{Source: audit.Fact, Kind: audit.Refused, Op: "lookup", Host: meant, Reason: string(query.HostNotGranted)}
	if h, problem := reach.Parse(meant); problem == "" {
		e.Remedy = "--host " + reach.Text(h)
	}
	t.say(e)
}

// meant is the name that a program means which asks for name.
func (t *teller) meant(name string) string {
	meant := name
	for _, domain := range t.search {
		if bare, ok := strings.CutSuffix(name, "."+domain); ok && strings.Contains(bare, ".") {
			meant = bare
		}
	}
	return meant
}

// private tells that a name leads to private addresses alone, one of which is addr: a
// lookup, or, where the port is not 0, a connection.
func (t *teller) private(who audit.Event, name string, addr netip.Addr, port uint16) {
	h := spec.Host{Addr: addr.As16(), Bits: 128, Port: port}
	who.Kind, who.Op, who.Host, who.Address, who.Reason, who.Remedy = audit.Refused, "lookup", name, addr.String(), privateOnly, "--host "+reach.Text(h)
	if port != 0 {
		who.Op, who.Port, who.Errno = "tcp", int(port), "EACCES"
	}
	t.say(who)
}

// raw is the flag that leaves out the look at what a connection asks for.
func raw(d destination) string {
	h, _ := reach.Parse(d.host())
	h.Port, h.Raw = d.port, true
	return "--host " + reach.Text(h)
}

// errnoName is the name of the errno in err, or "EIO" where it has none.
func errnoName(err error) string {
	for err != nil {
		if errno, ok := err.(unix.Errno); ok {
			return unix.ErrnoName(errno)
		}
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			break
		}
		err = u.Unwrap()
	}
	if t, ok := err.(interface{ Timeout() bool }); ok && t.Timeout() {
		return "ETIMEDOUT"
	}
	return "EIO"
}
