package spec

import (
	"strconv"
	"strings"
)

// A Port is one line `port`: a range of TCP ports that the command may connect to, at any
// address. The rest of the network is blocked.
type Port struct {
	First, Last uint16
	By          Origin
}

// ParsePorts reads "N" or "N-M", the form of --port and of the document: numbers from 1
// to 65535, and M is not less than N.
func ParsePorts(text string) (p Port, ok bool) {
	first, last, two := strings.Cut(text, "-")
	if !two {
		last = first
	}
	a, errA := strconv.ParseUint(first, 10, 16)
	b, errB := strconv.ParseUint(last, 10, 16)
	p = Port{First: uint16(a), Last: uint16(b)}
	return p, errA == nil && errB == nil && 0 < a && a <= b && (p.Range() == text || two && a == b)
}

// Range returns the form that ParsePorts reads.
func (p *Port) Range() string {
	if p.First == p.Last {
		return strconv.Itoa(int(p.First))
	}
	return strconv.Itoa(int(p.First)) + "-" + strconv.Itoa(int(p.Last))
}

// port adds the ports of one `port` line.
func (s *Spec) port(args []string) string {
	if len(args) != 1 && (len(args) != 3 || args[1] != "by") {
		return "'port' needs N or N-M, and at most: by \"REASON\""
	}
	p, ok := ParsePorts(args[0])
	if !ok {
		return "'port' needs ports from 1 to 65535, as N or N-M, not " + Shown(args[0])
	}
	if len(args) == 3 {
		p.By = ParseOrigin(args[2])
	}
	s.Ports = append(s.Ports, p)
	return ""
}
