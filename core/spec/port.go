package spec

import (
	"strconv"
	"strings"
)

// A Port is a `port` line: a range of TCP ports that may be connected to, at any
// address, where the network is blocked otherwise.
type Port struct {
	First, Last uint16
	By          Origin
}

// ParsePorts reads "N" or "N-M", as --port has it and the document: numbers from 1
// to 65535, the second no less than the first.
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

// Range returns the ports as the document spells them.
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
