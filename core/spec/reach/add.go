package reach

import (
	"slices"

	"github.com/nono-sandbox/nono/core/spec"
)

// Add lets the command connect to hosts but those denied, by a supervisor, and to
// nothing else of the network. A host that stands there twice is added once.
func Add(s *spec.Spec, hosts, denied []spec.Host) {
	lasting, ending := byEnd(hosts)
	s.Hosts, s.HostDenies = add(s.Hosts, lasting), add(s.HostDenies, denied)
	s.EndingHosts = add(s.EndingHosts, ending)
	s.Net = false
	s.AddTrap(spec.TrapHosts)
}

func add(to, hosts []spec.Host) []spec.Host {
	for _, h := range hosts {
		if !slices.ContainsFunc(to, func(x spec.Host) bool { return Text(x) == Text(h) }) {
			to = append(to, h)
		}
	}
	return to
}

// byEnd parts hosts into those that are granted for good and those that are not. The
// one that holds longest stands first.
func byEnd(hosts []spec.Host) (lasting, ending []spec.Host) {
	for _, h := range hosts {
		if h.Until == 0 {
			lasting = append(lasting, h)
		} else {
			ending = append(ending, h)
		}
	}
	slices.SortStableFunc(ending, func(a, b spec.Host) int { return int(b.Until - a.Until) })
	return lasting, ending
}
