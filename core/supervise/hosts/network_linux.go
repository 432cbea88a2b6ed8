package hosts

import (
	"net"
	"net/netip"
	"path/filepath"
	"runtime"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/reach"
	"github.com/nono-sandbox/nono/core/supervise"
)

// threadsWaiting is how many threads wait in the kernel at most, where all is quiet.
const threadsWaiting = 4

// A Network is what the command of one run reaches.
type Network struct {
	rules       *rules
	told        *teller
	names       names
	resolver    *resolver
	relay       *relay
	datagrams   *datagrams
	nameServers map[netip.Addr]bool
	person      Person
	outside     listeners

	mu        sync.Mutex
	pretended map[uint64]bool // the sockets that pretend made, by inode
}

// A Person is asked about a host, one name or address with a port, that no line grants.
// It returns what a yes grants, and whether that lasts for the run. private tells that the
// host is an address of a private network or of a cloud's own service.
type Person func(c *supervise.Call, h spec.Host, private bool, waits func() bool) (granted spec.Host, lasting, ok bool)

// New makes the network of a run. The descriptors are those of StartDatagrams. tell
// hears of every connection, and of everything that is refused, unless it is nil; several
// goroutines call it. person is who is asked about other hosts, or nil.
func New(s *spec.Spec, maker, nameServer int, tell func(audit.Event), person Person) (*Network, error) {
	rules := newRules(s)
	n := &Network{rules: rules, told: newTeller(rules, tell), resolver: &resolver{rules: rules}, nameServers: nameServers(),
		datagrams: &datagrams{maker: maker, dns: nameServer}, pretended: map[uint64]bool{}, person: person}
	dns := &server{names: &n.names, resolver: n.resolver, told: n.told, asks: person != nil}
	var err error
	if n.datagrams.isolated() {
		unix.CloseOnExec(maker)
		unix.CloseOnExec(nameServer)
		if n.datagrams.cookie, err = netnsCookie(nameServer); err != nil {
			return nil, &fault.Error{Do: "tell network namespaces apart", Err: err}
		}
		go dns.serveDatagrams(nameServer)
	}
	if n.relay, err = newRelay(dns, n.resolver, n.told); err != nil {
		return nil, &fault.Error{Do: "listen for the command's connections", Err: err}
	}
	// Each thread that waits in the kernel for a call or a lookup keeps one of Go's
	// processors for a while, and then nobody hears of what comes to the relay.
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + threadsWaiting)
	for i := range s.Listens {
		if err := n.listen(&s.Listens[i]); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// listen opens a port outside for a server inside.
func (n *Network) listen(h *spec.Host) error {
	if !n.datagrams.isolated() {
		return &fault.Error{Do: "listen on " + reach.Text(*h), Err: fault.Text("no network namespace can be made, so no server can run inside"), Hint: "leave out --listen"}
	}
	at := netip.AddrPortFrom(netip.AddrFrom16(h.Addr).Unmap(), h.Port)
	l, err := net.Listen("tcp", at.String())
	if err != nil {
		if op, ok := err.(*net.OpError); ok {
			err = op.Err // without the address a second time
		}
		return &fault.Error{Do: "listen on " + reach.Text(*h), Err: err}
	}
	go n.listenOutside(l)
	return nil
}

// Feature is what the supervisor asks the network about.
func (n *Network) Feature() supervise.Feature {
	return supervise.Feature{Name: "hosts", Slow: true, Decide: map[string]supervise.Decider{
		"socket": n.onSocket, "connect": n.onConnect, "bind": n.onBind, "listen": n.onListen, "setsockopt": n.onOption,
	}}
}

// Files are what the supervisor must be able to read for lookups, without symlinks.
func Files() []string {
	var all []string
	for _, path := range [...]string{"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf"} {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			all = append(all, real)
		}
	}
	return all
}
