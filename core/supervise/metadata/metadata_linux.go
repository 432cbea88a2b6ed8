// Package metadata keeps a sandboxed command from changing modes, owners, times and
// attributes of files that it may not write. Landlock knows no right for that.
//
// Since the kernel judges none of these calls, no call goes on: the supervisor makes it
// itself, in the caller's place and about the very file that it has looked at, or it fails.
package metadata

import (
	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/seccomp"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/files"
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"golang.org/x/sys/unix"
)

// Feature returns what decides about the calls of the group that the sandbox of s holds.
// tell, unless nil, hears of what is refused, and may be called from several goroutines.
func Feature(s *spec.Spec, tell func(audit.Event)) supervise.Feature {
	names := byname.Of(s)
	performer := files.New()
	decide := func(c *supervise.Call) (notify.Answer, bool) {
		return performer.Perform(c, files.Hooks{Before: func(p *files.Plan) files.Decision {
			if !p.At.Exists() || mayChange(names, p.At) { // what is not there fails for that
				return files.Do
			}
			if tell != nil {
				e := c.Event()
				e.Kind, e.Op, e.Path, e.Errno = audit.Refused, string(p.Attempt.Op), p.At.Path(), "EPERM"
				e.Source, e.Reason = audit.Fact, string(query.NotInAllowedPaths)
				tell(e)
			}
			return files.Refuse(unix.EPERM)
		}})
	}
	f := supervise.Feature{Name: "metadata", Decide: map[string]supervise.Decider{}, Slow: true}
	for _, c := range seccomp.Trapped(spec.TrapHeldMetadata) {
		f.Decide[c.Name] = decide
	}
	return f
}

// mayChange reports whether what lies at p may be written, or is nothing that a policy
// could name: a pipe, a socket, a file in memory.
func mayChange(names *byname.Names, p *files.Place) bool {
	path := p.Path()
	if path == "" {
		return p.Dir < 0 && p.Stat.Nlink == 0 || !p.Is(unix.S_IFREG) && !p.Is(unix.S_IFDIR)
	}
	// A directory that lost rights to what is denied beneath it was meant to be written.
	return names.Meant(path)&carve.Changing != 0
}
