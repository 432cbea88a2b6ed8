// Package hosts lets a sandboxed command reach the hosts that its spec names, and
// nothing else of the network.
//
// The command can make TCP sockets, but Landlock refuses to connect them. The
// supervisor is asked about every connect(2): it copies the address once, decides by
// the spec, and connects the caller's own socket itself. Lookups of names are answered
// by the supervisor, for allowed names alone, with addresses of a reserved range, one
// for each name; so an address tells which name the command means. Datagram sockets
// come from a network namespace that holds the supervisor's name server and nothing
// else.
//
// On the ports 80 and 443 the address of a host proves nothing, since one front end
// serves many names there. So the socket is connected to the supervisor's relay, which
// lets through only what asks for the very name (TLS SNI, HTTP Host).
package hosts

import (
	"sync"
)

// names gives every name an address of 198.18.0.0/15, which is reserved for tests of
// network devices (RFC 2544) and routed nowhere. Two names never share one.
type names struct {
	mu     sync.Mutex
	byName map[string][4]byte
	byAddr map[[4]byte]string
}

// most is how many names a run may look up.
const mostNames = 1 << 16

// address returns the name's address; ok is false where too many names have one.
func (n *names) address(name string) (addr [4]byte, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if a, ok := n.byName[name]; ok {
		return a, true
	}
	i := len(n.byName) + 1
	if i >= mostNames {
		return addr, false
	}
	a := [4]byte{198, 18 + byte(i>>16), byte(i >> 8), byte(i)}
	if n.byName == nil {
		n.byName, n.byAddr = map[string][4]byte{}, map[[4]byte]string{}
	}
	n.byName[name], n.byAddr[a] = a, name
	return a, true
}

// name returns the name that has the address, or "".
func (n *names) name(a [4]byte) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.byAddr[a]
}

func reserved(a [4]byte) bool { return a[0] == 198 && a[1]&0xfe == 18 }
