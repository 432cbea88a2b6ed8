package hosts

import (
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/reach"
	"github.com/nono-sandbox/nono/core/supervise"
)

// refused reports whether no line allows the connection, where it is not made directly.
func (d *destination) refused() bool { return d.port == 0 && !d.dns && !d.inside }

// ask asks the person about a connection of fd that no line allows, and returns the rules
// that hold for it after a yes; EACCES is no. The caller waits meanwhile, with the socket that it has called
// with: what it does to its descriptors or to the address in its memory changes nothing.
// A signal ends the wait with EINTR where the socket blocks, as in the kernel.
func (n *Network) ask(c *supervise.Call, fd int, d destination, to netip.AddrPort) (*spec.Spec, error) {
	if n.person == nil {
		return nil, unix.EACCES
	}
	addr := to.Addr().Unmap()
	h, private := spec.Host{Addr: addr.As16(), Bits: 128}, Local(addr)
	if d.name != "" {
		h, private = spec.Host{Name: d.name}, false // which leads to no private address by itself
	} else if addr.Is4() && reserved(addr.As4()) {
		return nil, unix.EACCES // a name that was never asked for
	}
	h.Port = to.Port()
	if h.Port == 0 || !reach.Askable(n.rules.at(), h) {
		return nil, unix.EACCES
	}
	granted, lasting, ok := n.person(c, h, private, func() bool { return c.Valid() && !c.Interrupted(fd) })
	switch {
	case !ok && c.Interrupted(fd):
		return nil, unix.EINTR
	case !ok || !c.Valid():
		return nil, unix.EACCES
	}
	if lasting {
		n.rules.add(granted)
		n.resolver.forget(h.Name)
	}
	once := *n.rules.at()
	once.Hosts = append(slices.Clip(once.Hosts), granted)
	return &once, nil
}

// leadsNowhere looks a name up that has just been granted, and returns why nothing can be
// connected to there.
func (n *Network) leadsNowhere(d destination, port uint16) error {
	if d.name == "" {
		return nil
	}
	addrs, err := n.resolver.at(d.name, port)
	if err != nil {
		return unix.EHOSTUNREACH
	}
	if shut, ok := n.resolver.shut(d.name, port); ok && len(addrs) == 0 {
		n.told.private(d.who, d.name, shut, port)
		return unix.EACCES
	}
	return nil
}
