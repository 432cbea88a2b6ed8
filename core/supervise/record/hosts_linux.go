package record

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/learn"
	"github.com/nono-sandbox/nono/core/supervise/hosts"
)

// Host notes what the supervisor tells of a connection that it has made or refused. It
// leaves everything else.
func (r *Recorder) Host(e audit.Event) {
	h := learn.Host{Name: learn.Text(e.Host), Port: uint16(e.Port)}
	switch {
	case e.Op != "tcp" && e.Op != "lookup":
		return
	case e.Kind == audit.Connected:
		addr, err := netip.ParseAddrPort(e.Address)
		if err != nil {
			return
		}
		if h.Name == "" {
			h.Name = learn.Text(addr.Addr().Unmap().String())
		} else if hosts.Local(addr.Addr()) {
			h.Private = addr.Addr().Unmap().String()
		}
	case e.Kind == audit.Refused && h.Name != "":
		h.Refused, h.Flag = cmp.Or(e.Reason, "refused"), e.Remedy
	default:
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.hosts[h] == 0 && len(r.hosts) >= most {
		r.more++
		return
	}
	r.hosts[h]++
}

// hostsByName are the hosts in their order.
func (r *Recorder) hostsByName() []learn.Host {
	all := slices.SortedFunc(maps.Keys(r.hosts), func(a, b learn.Host) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Port, b.Port), cmp.Compare(a.Private, b.Private), cmp.Compare(a.Refused, b.Refused), cmp.Compare(a.Flag, b.Flag))
	})
	for i := range all {
		all[i].Times = r.hosts[all[i]]
	}
	return all
}
