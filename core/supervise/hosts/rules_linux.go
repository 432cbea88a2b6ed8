package hosts

import (
	"slices"
	"sync"

	"github.com/nono-sandbox/nono/core/kernel/clock"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/later"
)

// rules are what a spec says of hosts at a time: grants end, and a person adds some.
type rules struct {
	mu    sync.Mutex
	whole *spec.Spec
	now   *spec.Spec // with what holds until next, in seconds of CLOCK_BOOTTIME
	next  int64
}

func newRules(s *spec.Spec) *rules {
	return &rules{whole: s}
}

// at returns the spec as it is now. It is not changed later.
func (r *rules) at() *spec.Spec {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now != nil && r.next == 0 {
		return r.now
	}
	now := clock.Boot()
	if r.now == nil || now >= r.next {
		r.now, r.next = later.At(r.whole, now), 0
		for _, h := range r.whole.EndingHosts {
			if h.Until > now && (r.next == 0 || h.Until < r.next) {
				r.next = h.Until
			}
		}
	}
	return r.now
}

// add grants a host for the rest of the run.
func (r *rules) add(h spec.Host) {
	r.mu.Lock()
	defer r.mu.Unlock()
	more := *r.whole
	more.Hosts = append(slices.Clip(r.whole.Hosts), h)
	r.whole, r.now = &more, nil
}
