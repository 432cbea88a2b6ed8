package hosts

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/reach"
)

// asking is a question as a program of the field words it.
type asking struct {
	name  string
	kind  dnsmessage.Type
	class dnsmessage.Class
	// edns adds an OPT record (RFC 6891); twice a second question.
	edns, twice bool
	change      func(*dnsmessage.Header)
}

func (a asking) message(t *testing.T) []byte {
	t.Helper()
	h := dnsmessage.Header{ID: 77, RecursionDesired: true}
	if a.change != nil {
		a.change(&h)
	}
	if a.class == 0 {
		a.class = dnsmessage.ClassINET
	}
	b := dnsmessage.NewBuilder(nil, h)
	b.StartQuestions()
	q := dnsmessage.Question{Name: dnsmessage.MustNewName(a.name), Type: a.kind, Class: a.class}
	b.Question(q)
	if a.twice {
		b.Question(dnsmessage.Question{Name: dnsmessage.MustNewName("other.example."), Type: a.kind, Class: a.class})
	}
	if a.edns {
		b.StartAdditionals()
		var opt dnsmessage.ResourceHeader
		opt.SetEDNS0(1232, dnsmessage.RCodeSuccess, true)
		b.OPTResource(opt, dnsmessage.OPTResource{Options: []dnsmessage.Option{{Code: 10, Data: []byte("a cookie")}}})
	}
	out, err := b.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What each question is answered with; no name that is not granted is looked up.
func TestAnswers(t *testing.T) {
	rules := newRules(&spec.Spec{Hosts: []spec.Host{{Name: "good.example"}, {Name: "*.wide.example", Port: 443}, {Name: "xn--bcher-kva.example"}, {Name: "gone.example"}}})
	known := found{addrs: []netip.Addr{netip.MustParseAddr("192.0.2.7")}, until: time.Now().Add(time.Hour)}
	resolver := &resolver{rules: rules, seen: map[string]found{"good.example": known, "a.wide.example": known, "a.b.wide.example": known, "xn--bcher-kva.example": known,
		"gone.example": {shut: []netip.Addr{netip.MustParseAddr("127.0.0.1")}, until: time.Now().Add(time.Hour)}}}
	var told []string
	s := &server{names: &names{}, resolver: resolver, told: newTeller(rules, func(e audit.Event) { told = append(told, e.Host) })}
	const a, aaaa, https, svcb, ptr, nothing = dnsmessage.TypeA, dnsmessage.TypeAAAA, dnsmessage.Type(65), dnsmessage.Type(64), dnsmessage.TypePTR, ""
	for _, c := range []struct {
		asking
		code dnsmessage.RCode
		want string // the answer
	}{
		{asking{name: "good.example.", kind: a}, 0, "198.18.0.1"},
		{asking{name: "GOOD.Example.", kind: a}, 0, "198.18.0.1"},
		{asking{name: "good.example.", kind: a, edns: true}, 0, "198.18.0.1"},
		{asking{name: "good.example.", kind: a, twice: true}, 0, "198.18.0.1"},
		{asking{name: "good.example.", kind: dnsmessage.TypeALL}, 0, "198.18.0.1"},
		{asking{name: "good.example.", kind: aaaa}, 0, nothing},
		{asking{name: "good.example.", kind: https}, 0, nothing},
		{asking{name: "good.example.", kind: svcb, edns: true}, 0, nothing},
		{asking{name: "good.example.", kind: dnsmessage.TypeTXT}, 0, nothing},
		{asking{name: "a.wide.example.", kind: a}, 0, "198.18.0.2"},
		{asking{name: "a.b.wide.example.", kind: a}, 0, "198.18.0.3"},
		{asking{name: "xn--bcher-kva.example.", kind: a}, 0, "198.18.0.4"},
		{asking{name: "wide.example.", kind: a}, dnsmessage.RCodeNameError, nothing},
		{asking{name: "other.example.", kind: a}, dnsmessage.RCodeNameError, nothing},
		{asking{name: "other.example.", kind: https}, dnsmessage.RCodeNameError, nothing},
		{asking{name: "secret.good.example.", kind: a}, dnsmessage.RCodeNameError, nothing},
		{asking{name: "good.example.evil.example.", kind: dnsmessage.TypeTXT}, dnsmessage.RCodeNameError, nothing},
		{asking{name: ".", kind: dnsmessage.TypeNS}, dnsmessage.RCodeNameError, nothing},
		{asking{name: "gone.example.", kind: a}, dnsmessage.RCodeNameError, nothing},
		{asking{name: "1.0.18.198.in-addr.arpa.", kind: ptr}, 0, "good.example."},
		{asking{name: "9.9.18.198.in-addr.arpa.", kind: ptr}, dnsmessage.RCodeNameError, nothing},
		{asking{name: "7.2.0.192.in-addr.arpa.", kind: ptr}, dnsmessage.RCodeNameError, nothing},
		{asking{name: "1.0.0.ip6.arpa.", kind: ptr}, dnsmessage.RCodeNameError, nothing},
		{asking{name: "version.bind.", kind: dnsmessage.TypeTXT, class: dnsmessage.ClassCHAOS}, dnsmessage.RCodeNotImplemented, nothing},
		{asking{name: "good.example.", kind: a, change: func(h *dnsmessage.Header) { h.OpCode = 5 }}, dnsmessage.RCodeNotImplemented, nothing}, // an update
	} {
		var p dnsmessage.Parser
		h, err := p.Start(s.answer(c.message(t)))
		if err != nil || !h.Response || h.ID != 77 || h.RCode != c.code || h.Truncated {
			t.Errorf("%+v: %+v, %v", c.asking, h, err)
			continue
		}
		p.SkipAllQuestions()
		got := nothing
		if r, err := p.Answer(); err == nil {
			switch r := r.Body.(type) {
			case *dnsmessage.AResource:
				got = netip.AddrFrom4(r.A).String()
			case *dnsmessage.PTRResource:
				got = r.PTR.String()
			}
		}
		if got != c.want {
			t.Errorf("%+v: %q, want %q", c.asking, got, c.want)
		}
	}
	for name := range resolver.seen {
		if reach.Named(rules.at(), name, 0) == nil {
			t.Errorf("%s was looked up", name)
		}
	}
	if !strings.Contains(strings.Join(told, " "), "other.example") {
		t.Errorf("told of %q alone", told)
	}
}

// What is no question is not answered, and nothing that comes stops the server.
func FuzzAnswer(f *testing.F) {
	rules := newRules(&spec.Spec{Hosts: []spec.Host{{Name: "good.example"}}})
	known := found{addrs: []netip.Addr{netip.MustParseAddr("192.0.2.7")}, until: time.Now().Add(time.Hour)}
	s := &server{names: &names{}, resolver: &resolver{rules: rules, seen: map[string]found{"good.example": known}}, told: newTeller(rules, nil)}
	f.Add(make([]byte, 12))
	f.Add([]byte("\x00\x4d\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04good\x07example\x00\x00\x01\x00\x01"))
	f.Add([]byte("\x00\x4d\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x0cgood.example\x00\x00\x01\x00\x01"))
	f.Add([]byte("\x00\x4d\x81\x00\x00\x01\x00\x00\x00\x00\x00\x00\xc0\x0c\x00\x01\x00\x01"))
	f.Fuzz(func(t *testing.T, message []byte) {
		s.waits(message)
		reply := s.answer(message)
		if reply == nil {
			return
		}
		var p dnsmessage.Parser
		h, err := p.Start(reply)
		if err != nil || !h.Response || h.ID != uint16(message[0])<<8|uint16(message[1]) {
			t.Errorf("%q: %+v, %v", message, h, err)
		}
	})
}
