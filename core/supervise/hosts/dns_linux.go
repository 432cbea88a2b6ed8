package hosts

import (
	"errors"
	"net"
	"strings"

	"github.com/nono-sandbox/nono/core/audit"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/nono-sandbox/nono/core/spec/reach"
)

// answerTTL is how long, in seconds, a program may keep an answer. The address of a
// name is the same for the whole run.
const answerTTL = 60

// A server answers questions about names.
type server struct {
	names    *names
	resolver *resolver
	told     *teller
	// asks tells that a person is asked about other names when they are connected to.
	asks bool
}

// answer answers one message. It returns nil for what is no question.
func (s *server) answer(message []byte) []byte {
	var p dnsmessage.Parser
	head, err := p.Start(message)
	if err != nil || head.Response {
		return nil
	}
	reply := dnsmessage.Header{ID: head.ID, Response: true, OpCode: head.OpCode, RecursionDesired: head.RecursionDesired, RecursionAvailable: true}
	q, err := p.Question()
	if err != nil || head.OpCode != 0 {
		reply.RCode = dnsmessage.RCodeNotImplemented
		return build(reply, nil, nil)
	}
	var r dnsmessage.ResourceBody
	reply.RCode, r = s.about(q)
	return build(reply, &q, r)
}

// waits reports whether the answer to a message has to be learnt from somebody.
func (s *server) waits(message []byte) bool {
	var p dnsmessage.Parser
	if _, err := p.Start(message); err != nil {
		return false
	}
	q, err := p.Question()
	name := asked(q)
	return err == nil && reach.Named(s.resolver.rules.at(), name, 0) != nil && !s.resolver.knows(name)
}

// asked is the name that a question is about.
func asked(q dnsmessage.Question) string {
	return strings.TrimSuffix(strings.ToLower(q.Name.String()), ".")
}

// about answers one question: with an address, with nothing, or with an error.
func (s *server) about(q dnsmessage.Question) (dnsmessage.RCode, dnsmessage.ResourceBody) {
	name := asked(q)
	if q.Class != dnsmessage.ClassINET {
		return dnsmessage.RCodeNotImplemented, nil
	}
	if q.Type == dnsmessage.TypePTR {
		return s.reverse(name)
	}
	if reach.Named(s.resolver.rules.at(), name, 0) == nil {
		if s.asks && s.askable(name) {
			return s.standIn(name, q.Type)
		}
		s.told.lookup(name)
		return dnsmessage.RCodeNameError, nil
	}
	addrs, err := s.resolver.lookup(name)
	var dns *net.DNSError
	switch {
	case err == nil && len(addrs) == 0:
		if a, ok := s.resolver.shut(name, 0); ok {
			s.told.private(audit.Event{Source: audit.Fact}, name, a, 0)
		}
		return dnsmessage.RCodeNameError, nil
	case errors.As(err, &dns) && dns.IsNotFound:
		return dnsmessage.RCodeNameError, nil
	case err != nil:
		return dnsmessage.RCodeServerFailure, nil
	}
	return s.standIn(name, q.Type)
}

// askable reports whether a person may be asked about a name, which no line grants. A
// domain of the search list behind it is none of the program's asking.
func (s *server) askable(name string) bool {
	h, problem := reach.Parse(name)
	return problem == "" && h.Name == name && s.told.meant(name) == name && reach.Askable(s.resolver.rules.at(), h)
}

// standIn answers with the address by which the supervisor knows the name. It asks no
// name server: a name that nothing grants would tell something to whoever runs that.
func (s *server) standIn(name string, kind dnsmessage.Type) (dnsmessage.RCode, dnsmessage.ResourceBody) {
	if kind != dnsmessage.TypeA && kind != dnsmessage.TypeALL {
		// No AAAA: the supervisor chooses between IPv4 and IPv6 itself. No HTTPS: a
		// program could learn there how to hide the name that it asks for (ECH).
		return dnsmessage.RCodeSuccess, nil
	}
	a, ok := s.names.address(name)
	if !ok {
		return dnsmessage.RCodeServerFailure, nil
	}
	return dnsmessage.RCodeSuccess, &dnsmessage.AResource{A: a}
}

// reverse tells the name of an address that was given out.
func (s *server) reverse(name string) (dnsmessage.RCode, dnsmessage.ResourceBody) {
	labels := strings.Split(strings.TrimSuffix(name, ".in-addr.arpa"), ".")
	if len(labels) == 4 {
		ip := net.ParseIP(labels[3] + "." + labels[2] + "." + labels[1] + "." + labels[0]).To4()
		if ip != nil {
			if known, err := dnsmessage.NewName(s.names.name([4]byte(ip)) + "."); err == nil && known.Length > 1 {
				return dnsmessage.RCodeSuccess, &dnsmessage.PTRResource{PTR: known}
			}
		}
	}
	return dnsmessage.RCodeNameError, nil
}

// build writes a message. nil is returned where that fails, which the program takes for
// a lost message.
func build(head dnsmessage.Header, q *dnsmessage.Question, body dnsmessage.ResourceBody) []byte {
	b := dnsmessage.NewBuilder(nil, head)
	if q == nil {
		out, _ := b.Finish()
		return out
	}
	if b.StartQuestions() != nil || b.Question(*q) != nil || b.StartAnswers() != nil {
		return nil
	}
	h := dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: answerTTL}
	var err error
	switch r := body.(type) {
	case *dnsmessage.AResource:
		err = b.AResource(h, *r)
	case *dnsmessage.PTRResource:
		err = b.PTRResource(h, *r)
	}
	if err != nil {
		return nil
	}
	out, err := b.Finish()
	if err != nil {
		return nil
	}
	return out
}
