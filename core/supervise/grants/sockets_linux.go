package grants

import (
	"strings"

	"github.com/nono-sandbox/nono/core/ask"
	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise"
)

// service is the kind of secret that a Unix socket outside is for whoever is asked: what
// listens there is held by no sandbox, and does what it is asked to with the user's rights.
const service = "a service outside of the sandbox: what it does for the command no sandbox holds"

// Socket asks the person about a connection of c's caller to the Unix socket at path,
// which no line of s grants. named is another name, by which its server made it, or "".
// waits tells whether the caller still waits. tell hears of a yes.
func (p *Person) Socket(c *supervise.Call, s *spec.Spec, path, named string, waits func() bool, tell func(audit.Event)) (lasting, ok bool) {
	// A name that is relative says nothing of where the socket is.
	if !query.SocketAskable(s, path) || strings.HasPrefix(named, "/") && !query.SocketAskable(s, named) {
		return false, false
	}
	o, w := p.ask(subject{what: string(query.Connect) + "\x00" + path + "\x00" + named}, unseen, func() *ask.Question {
		made := socketQuestion(path, named)
		describe(c, made)
		return made
	}, waits)
	if o != yes {
		return false, false
	}
	defer p.remember(w)
	if p.first(w) && tell != nil {
		tell(audit.Event{Kind: audit.Granted, Source: audit.Fact, PID: w.question.Asker.PID, Op: string(query.Connect), Path: path, Reason: "a person said yes: " + scope(w.question, w.answer)})
	}
	return w.answer.For == ask.Run, true
}

// socketQuestion says what is asked.
func socketQuestion(path, named string) *ask.Question {
	q := &ask.Question{Op: string(query.Connect), Thing: "Unix socket", Why: "Unix sockets outside are reached by no line", Protected: service, Word: wordYes}
	q.SetPath(path)
	q.File = spec.UnixSocket.String() + " " + fault.Quote(path)
	if named != "" {
		q.Note = "its server calls it " + fault.Quote(named)
	}
	return q
}
