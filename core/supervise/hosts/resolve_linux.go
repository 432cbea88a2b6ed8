package hosts

import (
	"context"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/reach"
)

// A resolver finds the real addresses of allowed names. It asks the system's name
// servers about no other names.
type resolver struct {
	rules *rules
	mu    sync.Mutex
	seen  map[string]found
	file  map[string]string // what /etc/hosts says: address to name
}

// found is what was learnt about a name.
type found struct {
	addrs []netip.Addr
	shut  []netip.Addr // to which the name leads, and must not be followed
	err   error
	until time.Time
}

const (
	lookupTimeout = 10 * time.Second
	keepFor       = 60 * time.Second
	keepErrorFor  = 5 * time.Second
)

// lookup returns the addresses of a name to which the spec lets the command connect,
// IPv4 first. Addresses of this machine and of private networks count only where the
// spec names them too: whoever serves an allowed name could otherwise point it at a
// service of this machine.
func (r *resolver) lookup(name string) ([]netip.Addr, error) {
	r.mu.Lock()
	f, ok := r.seen[name]
	r.mu.Unlock()
	if ok && time.Now().Before(f.until) {
		return f.addrs, f.err
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookupTimeout)
	defer cancel()
	all, err := net.DefaultResolver.LookupNetIP(ctx, "ip", name+".")
	f = found{err: err, until: time.Now().Add(keepFor)}
	if err != nil {
		f.until = time.Now().Add(keepErrorFor)
	}
	var six []netip.Addr
	for _, a := range all {
		a = a.Unmap()
		switch {
		case !r.allowed(name, a, 0):
			f.shut = append(f.shut, a)
		case a.Is4():
			f.addrs = append(f.addrs, a)
		default:
			six = append(six, a)
		}
	}
	f.addrs = append(f.addrs, six...)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil || len(r.seen) > mostNames {
		r.seen = map[string]found{}
	}
	r.seen[name] = f
	return f.addrs, f.err
}

// shut returns an address to which the name leads and must not be followed at port, or for
// 0 at any.
func (r *resolver) shut(name string, port uint16) (netip.Addr, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.seen[name]
	for _, a := range slices.Concat(f.shut, f.addrs) {
		if !r.allowed(name, a, port) {
			return a, true
		}
	}
	return netip.Addr{}, false
}

// knows reports whether a lookup of the name is answered at once.
func (r *resolver) knows(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	f, ok := r.seen[name]
	return ok && time.Now().Before(f.until)
}

// forget has what was learnt about a name, and what /etc/hosts says, looked up anew.
func (r *resolver) forget(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.seen, name)
	r.file = nil
}

// at returns those of the addresses of a name to which the name may lead at port. Another
// name never leads to a proxy, where its connection would not be looked into.
func (r *resolver) at(name string, port uint16) ([]netip.Addr, error) {
	all, err := r.lookup(name)
	var some []netip.Addr
	for _, a := range all {
		if r.allowed(name, a, port) && (r.isProxy(name, port) || !r.proxyAt(netip.AddrPortFrom(a, port))) {
			some = append(some, a)
		}
	}
	return some, err
}

// allowed reports whether a name may lead to the address at port, or, for 0, at any. The
// name of a proxy may lead to a private network: there most of them are.
func (r *resolver) allowed(name string, a netip.Addr, port uint16) bool {
	if reach.DeniedAt(r.rules.at(), a.As16(), port) != nil {
		return false
	}
	return reach.At(r.rules.at(), a.As16(), port) != nil || !Local(a) || r.isProxy(name, port)
}

// isProxy reports whether a proxy has the name and the port, or, for 0, any port.
func (r *resolver) isProxy(name string, port uint16) bool {
	return name != "localhost" && // which is no name that is looked up
		reach.Named(r.rules.at(), name, port) != nil && slices.ContainsFunc(r.rules.at().Hosts, func(h spec.Host) bool {
		return h.Proxy && h.Name == name && (port == 0 || h.Port == port)
	})
}

// proxyAt reports whether a proxy is at an address and port, or may be: where its name
// cannot be looked up.
func (r *resolver) proxyAt(at netip.AddrPort) bool {
	all := r.rules.at().Hosts
	for i := range all {
		h := &all[i]
		switch {
		case !h.Proxy || h.Port != at.Port():
		case h.Name == "" && h.Addr == at.Addr().As16(), h.Name == "localhost" && at.Addr().IsLoopback():
			return true
		case h.Name != "" && h.Name != "localhost":
			if all, err := r.lookup(h.Name); err != nil || slices.Contains(all, at.Addr().Unmap()) {
				return true
			}
		}
	}
	return false
}

// Local reports whether an address is this machine's, a private network's, or one at
// which clouds tell machines their credentials (169.254.169.254, fd00:ec2::254).
func Local(a netip.Addr) bool {
	a = a.Unmap()
	if a.Is6() {
		// Addresses in which an IPv4 address lies (RFC 6052, RFC 3056).
		b := a.As16()
		if netip.MustParsePrefix("64:ff9b::/96").Contains(a) {
			return Local(netip.AddrFrom4([4]byte(b[12:])))
		}
		if b[0] == 0x20 && b[1] == 0x02 {
			return Local(netip.AddrFrom4([4]byte(b[2:6])))
		}
	}
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return true
	}
	if !a.Is4() {
		return false
	}
	b := a.As4()
	return b[0] == 0 || b[0] == 100 && b[1]&0xc0 == 64 || reserved(b) || b[0] >= 240
}

// nameAt returns the allowed name that /etc/hosts gives to an address, or "": a
// program that reads that file itself connects to the address and asks nobody.
func (r *resolver) nameAt(a netip.Addr) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file == nil {
		r.file = map[string]string{}
		text, _ := os.ReadFile("/etc/hosts")
		for line := range strings.Lines(string(text)) {
			line, _, _ = strings.Cut(line, "#")
			f := strings.Fields(line)
			for i := 1; i < len(f); i++ {
				addr, err := netip.ParseAddr(f[0])
				name := strings.ToLower(f[i])
				if err != nil || r.file[addr.String()] != "" {
					continue
				}
				h := reach.Named(r.rules.at(), name, 0)
				// A name that nobody has given leads to no service of this machine.
				if h != nil && (h.Name != reach.AnyName || !addr.IsLoopback()) && r.allowed(name, addr, 0) {
					r.file[addr.String()] = name
				}
			}
		}
	}
	return r.file[a.Unmap().String()]
}
