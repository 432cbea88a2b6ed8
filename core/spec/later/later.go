// Package later is what a spec gives for a time, or once a person has been asked: only
// the supervisor gives that, while it may.
package later

import "github.com/nono-sandbox/nono/core/spec"

// MayEnd reports whether a grant of this kind can be given for a time: what the
// supervisor can open or change in the place of the command.
func MayEnd(k spec.Kind) bool {
	switch k {
	case spec.Read, spec.Write, spec.Allow, spec.ReadFile, spec.WriteFile, spec.AllowFile:
		return true
	}
	return false
}

// At returns s as it is for the supervisor at the time now, in seconds of
// CLOCK_BOOTTIME: what holds until later is a grant like any other. s is not changed.
func At(s *spec.Spec, now int64) *spec.Spec {
	at := *s
	at.Ending, at.EndingHosts = nil, nil
	at.Paths = s.Paths[:len(s.Paths):len(s.Paths)]
	for _, p := range s.Ending {
		if p.Until > now {
			at.Paths = append(at.Paths, p)
		}
	}
	at.Hosts = s.Hosts[:len(s.Hosts):len(s.Hosts)]
	for _, h := range s.EndingHosts {
		if h.Until > now {
			at.Hosts = append(at.Hosts, h)
		}
	}
	return &at
}

// Asks reports whether a person is asked about what the sandbox refuses.
func Asks(s *spec.Spec) bool { return len(s.Askable) > 0 }

// Most returns s with all that a person may still be asked for: the most that can be
// opened in this run. Its Until are 0. s is not changed.
func Most(s *spec.Spec) *spec.Spec {
	most := *s
	most.Ending, most.Askable = nil, nil
	most.Paths = append(s.Paths[:len(s.Paths):len(s.Paths)], s.Askable...)
	for _, p := range s.Ending {
		p.Until = 0
		most.Paths = append(most.Paths, p)
	}
	return &most
}

// Unasked returns the line that keeps a person's answer from granting kind k at path,
// or nil: one for that kind everywhere, or one at path or beneath.
func Unasked(s *spec.Spec, k spec.Kind, path string) *spec.Path {
	for i := range s.Unasked {
		if p := &s.Unasked[i]; p.Kind == k && (p.Path == "" || spec.Within(p.Path, path)) {
			return p
		}
	}
	return nil
}
