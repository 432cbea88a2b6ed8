package grants

import (
	"github.com/nono-sandbox/nono/core/ask"
	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/reach"
	"github.com/nono-sandbox/nono/core/supervise"
)

// privateAddress is the kind of secret that a private address is for whoever is asked.
const privateAddress = "a private address: a machine or a service of this network"

// Host asks the person about a connection of c's caller to h, one name or address with a
// port, which no line grants; private tells that it is an address of a private network or
// of a cloud's own service. granted is what a yes grants, and lasting whether that is
// for the rest of the run. waits tells whether the caller still waits. tell hears of a yes.
func (p *Person) Host(c *supervise.Call, h spec.Host, private bool, waits func() bool, tell func(audit.Event)) (granted spec.Host, lasting, ok bool) {
	everyPort := h
	everyPort.Port = 0
	o, w := p.ask(subject{what: "connect\x00" + reach.Text(h)}, unseen, func() *ask.Question {
		made := hostQuestion(h, everyPort, private)
		describe(c, made)
		return made
	}, waits)
	switch {
	case o == again: // every port of it has been granted meanwhile
		return everyPort, false, true
	case o != yes:
		return h, false, false
	}
	defer p.remember(w)
	asked, a := w.question, w.answer
	granted = h
	if a.Dir {
		granted = everyPort
	}
	granted.By = spec.Origin{Source: spec.Flag, Detail: "--ask"}
	if !p.first(w) {
		return granted, false, true // another call does the rest
	}
	if tell != nil {
		tell(audit.Event{Kind: audit.Granted, Source: audit.Fact, PID: asked.Asker.PID, Op: "tcp", Host: reach.Text(everyPort), Port: int(h.Port),
			Reason: "a person said yes: " + scope(asked, a)})
	}
	if a.For == ask.Always {
		p.conn.Send(ask.Message{Save: &ask.Line{Word: "host", Path: []byte(reach.Text(granted))}})
	}
	if a.Dir {
		p.decideAnew(func(q *ask.Question) bool { return q.Host != "" && q.Dir == asked.Dir })
	}
	return granted, a.For == ask.Run || a.For == ask.Always, true
}

// hostQuestion says what is asked.
func hostQuestion(h, everyPort spec.Host, private bool) *ask.Question {
	q := &ask.Question{Op: "connect", Host: reach.Text(h), Thing: "name", Why: "no line grants this host"}
	if h.Name == "" {
		q.Thing = "address"
	}
	q.File = "host " + fault.Quote(reach.Text(h))
	if private {
		q.Protected, q.Word = privateAddress, wordYes
		return q
	}
	q.Dir = "host " + fault.Quote(reach.Text(everyPort))
	return q
}
