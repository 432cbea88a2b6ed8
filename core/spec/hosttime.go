package spec

import (
	"slices"
	"strconv"
)

// wordHost begins the line of a host, also behind 'until' and 'ask'.
const wordHost = "host"

// AnyName is the Name that stands for every name but localhost. No flag grants it: nono
// learn does, and a person may be asked for it.
const AnyName = "*"

// AnyHost are the lines that hold for every host but this machine.
func AnyHost(by Origin) []Host { return []Host{{Name: AnyName, By: by}, {By: by}} }

// here reports whether a host is an address of this machine alone: one of loopback, or the
// unspecified one, which the kernel takes for that (ip(7)).
func (h *Host) here() bool {
	return h.Loopback() || h.Name == "" && h.Bits == 128 && (h.Addr == [16]byte{} || h.Addr == [16]byte{10: 0xff, 11: 0xff})
}

// LimitsHosts reports whether a supervisor connects to some hosts, and to nothing else,
// also where the grants of all of them end.
func (s *Spec) LimitsHosts() bool { return len(s.Hosts) > 0 || len(s.EndingHosts) > 0 }

// byEnd parts hosts into those that are granted for good and those that are not. The
// one that holds longest stands first.
func byEnd(hosts []Host) (lasting, ending []Host) {
	for _, h := range hosts {
		if h.Until == 0 {
			lasting = append(lasting, h)
		} else {
			ending = append(ending, h)
		}
	}
	slices.SortStableFunc(ending, func(a, b Host) int { return int(b.Until - a.Until) })
	return lasting, ending
}

// untilHost adds one line `until SECONDS host HOST`.
func (s *Spec) untilHost(end int64, args []string, n int) string {
	h, msg := host(wordHost, args, n)
	h.Until = end
	s.EndingHosts = append(s.EndingHosts, h)
	return msg
}

func (s *Spec) appendLaterHosts(b []byte) []byte {
	for i := range s.EndingHosts {
		h := &s.EndingHosts[i]
		b = append(b, wordUntil+" "...)
		b = append(strconv.AppendInt(b, h.Until, 10), ' ')
		b = h.append(b, wordHost)
	}
	for i := range s.AskableHosts {
		b = s.AskableHosts[i].append(append(b, wordAsk+" "...), wordHost)
	}
	return b
}

// askHost adds one line `ask host HOST`.
func (s *Spec) askHost(args []string, n int) string {
	h, msg := host(wordHost, args, n)
	s.AskableHosts = append(s.AskableHosts, h)
	return msg
}

// HostAskable reports whether a person may be asked for h, a name or one address with a
// port, which nothing grants: where it is denied, or an address of this machine, not.
func (s *Spec) HostAskable(h Host) bool {
	if h.Name != "" && s.HostDenied(h.Name, h.Port) != nil || h.Name == "" && s.HostDeniedAt(h.Addr, h.Port) != nil {
		return false
	}
	return slices.ContainsFunc(s.AskableHosts, func(a Host) bool { return a.Covers(h) })
}

// hostsProblem says what is wrong with the lines about hosts in the whole document, or
// returns a line and "".
func (s *Spec) hostsProblem() (line int, problem string) {
	first := func(hosts []Host) int { return hosts[0].Line }
	all := slices.Concat(s.Hosts, s.EndingHosts)
	switch {
	case len(all) > 0 && !s.Traps(TrapHosts):
		return first(all), "a line 'host' goes with a line 'supervise hosts'"
	case len(all) > 0 && s.Net:
		return first(all), "a line 'host' goes with 'net block'"
	case len(s.Listens) > 0 && len(all) == 0:
		return first(s.Listens), "a line 'listen' goes with a line 'host'"
	case len(s.AskableHosts) > 0 && len(all) == 0:
		return first(s.AskableHosts), "a line 'ask host' goes with a line 'host'"
	case len(s.HostDenies) > 0 && len(all) == 0:
		return first(s.HostDenies), "a line 'deny-host' takes away from lines 'host', of which there is none"
	}
	return 0, ""
}
