package grants

import (
	"strings"
	"time"

	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/attempt"
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"golang.org/x/sys/unix"
)

// An announcement is that the next call of a process is only a question, and why.
type announcement struct {
	reason string
	made   time.Time
}

const (
	mostAnnounced = 64
	announcedFor  = 5 * time.Second
	mostOfReason  = 1000
)

// announced takes an announcement; see query.Ahead. The kernel would answer ENOTDIR.
func (g *Grants) announced(c *supervise.Call, a *attempt.Attempt) (notify.Answer, bool) {
	reason, ok := strings.CutPrefix(a.Path, query.Ahead)
	if g.person == nil || !ok {
		return notify.Answer{}, false
	}
	pid := processOf(c)
	g.mu.Lock()
	defer g.mu.Unlock()
	for id, old := range g.ahead {
		if time.Since(old.made) > announcedFor {
			delete(g.ahead, id)
		}
	}
	if pid == 0 || len(g.ahead) >= mostAnnounced {
		return notify.Errno(unix.EAGAIN), true
	}
	g.ahead[pid] = announcement{shortened(reason, mostOfReason), time.Now()}
	return notify.Errno(unix.EALREADY), true
}

// isAhead returns the announcement that a call follows, once.
func (g *Grants) isAhead(c *supervise.Call) (reason string, ok bool) {
	if g.person == nil {
		return "", false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.ahead) == 0 {
		return "", false
	}
	pid := processOf(c)
	a, ok := g.ahead[pid]
	delete(g.ahead, pid)
	return a.reason, ok && time.Since(a.made) <= announcedFor
}

func processOf(c *supervise.Call) int {
	p, err := c.Caller()
	if err != nil {
		return 0
	}
	s, err := p.Status()
	if err != nil {
		return 0
	}
	return s.PID
}
