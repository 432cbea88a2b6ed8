package hosts

import (
	"net/netip"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise"
)

// A Network is what the command of one run reaches.
type Network struct {
	spec        *spec.Spec
	told        *teller
	names       names
	resolver    *resolver
	relay       *relay
	datagrams   *datagrams
	nameServers map[netip.Addr]bool
}

// New makes the network of a run. The descriptors are those of StartDatagrams. tell
// hears of every connection, and of everything that is refused; several goroutines call
// it.
func New(s *spec.Spec, maker, nameServer int, tell func(audit.Event)) (*Network, error) {
	n := &Network{spec: s, told: newTeller(s, tell), resolver: &resolver{spec: s}, nameServers: nameServers(),
		datagrams: &datagrams{maker: maker, dns: nameServer}}
	dns := &server{names: &n.names, resolver: n.resolver, told: n.told}
	for _, fd := range []int{maker, nameServer} {
		unix.CloseOnExec(fd)
	}
	var err error
	go dns.serveDatagrams(n.datagrams.dns)
	if n.relay, err = newRelay(dns, n.resolver, n.told); err != nil {
		return nil, &fault.Error{Do: "listen for the command's connections", Err: err}
	}
	return n, nil
}

// Feature is what the supervisor asks the network about.
func (n *Network) Feature() supervise.Feature {
	return supervise.Feature{Name: "hosts", Slow: true, Decide: map[string]supervise.Decider{
		"socket": n.onSocket, "connect": n.onConnect, "listen": n.onListen,
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
