// Package observe looks on: it tells what a sandboxed command starts, tries and is
// refused, and changes nothing about it.
package observe

import (
	"strings"
	"sync"

	"github.com/nono-sandbox/nono/core/advice"
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise/attempt"
	"github.com/nono-sandbox/nono/core/supervise/caller"
	"golang.org/x/sys/unix"
)

// judge says what the kernel will do with an attempt. Nearly all are allowed, and the
// names alone tell that at once; of the others the asker tells, who looks at the disk
// and knows the line that decides.
type judge struct {
	names *query.Names
	mu    sync.Mutex
	ready <-chan struct{}
	asker *query.Asker // nil where the sandbox cannot be made, which the shim says
	// wide denies what is protected though nothing granted reaches it; or nil.
	wide *spec.Spec
	// about is for advice.
	about advice.Sandbox
}

// newJudge carves beside the shim, which does the same at that moment: the start does
// not wait for both.
func newJudge(s *spec.Spec, abi int, wide func() (*spec.Spec, *policy.Host)) *judge {
	ready := make(chan struct{})
	j := &judge{names: query.NamesOf(s), ready: ready, about: advice.Sandbox{Spec: s, ABI: abi, Platform: "linux", Dir: "/"}}
	go func() {
		defer close(ready)
		if asker, err := query.New(s, abi, "/"); err == nil {
			j.asker = asker
		}
		j.wide, j.about.Host = wide()
	}()
	return j
}

// refused returns the verdict on an attempt that the sandbox refuses, or nil.
func (j *judge) refused(a *attempt.Attempt, from, to *caller.Name) *query.Verdict {
	if j.plainlyAllowed(a, from, to) {
		return nil
	}
	q := query.Question{Op: a.Op, Path: from.Path()}
	if to != nil {
		q.To = to.Path()
	}
	<-j.ready
	if j.asker == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	asker := j.asker.Afresh("/")
	v := asker.Ask(q)
	if v.Status != query.Denied || !strings.Contains(v.EnforcedBy, "Landlock") && !strings.Contains(v.EnforcedBy, "seccomp") {
		return nil
	}
	if v.Errno != "EACCES" && v.Errno != "EPERM" && v.Errno != "EXDEV" {
		return nil // something else stands against it before the sandbox does
	}
	if j.wide != nil {
		query.Recognise(&v, j.wide)
	}
	// What is protected is not opened by pasting a flag.
	if v.Reason != query.SensitivePath && v.Reason != query.BlockedCommand {
		advice.New(j.about, asker).Advise(q, &v)
	}
	return &v
}

// plainlyAllowed reports whether the lines give all that the attempt can need, so that
// whatever is on the disk the sandbox does not refuse it.
func (j *judge) plainlyAllowed(a *attempt.Attempt, from, to *caller.Name) bool {
	dir := j.names.Kernel(from.Real)
	if a.NoFollow || !symlink(from) {
		here := j.names.Kernel(from.Path())
		has := func(set, want carve.Rights) bool { return set&want == want }
		switch a.Op {
		case query.Read, query.List:
			return has(here, carve.ReadFile|carve.List)
		case query.Write:
			return has(here, carve.WriteFile) && has(dir, carve.Create)
		case query.ReadWrite:
			return has(here, carve.ReadFile|carve.WriteFile|carve.List) && has(dir, carve.Create)
		case query.Truncate:
			return has(here, carve.WriteFile)
		case query.Execute:
			return has(here, carve.Execute)
		case query.Create, query.Mkdir, query.Symlink, query.Mkfifo, query.Mksock, query.Delete:
			return has(dir, carve.Create)
		case query.Rmdir:
			return has(dir, carve.RemoveDir)
		case query.RenameTo, query.LinkTo:
			// Within one directory nothing gains rights. A directory needs more.
			return to != nil && from.Real == to.Real && has(dir, carve.Create|carve.RemoveDir)
		}
	}
	return false
}

func symlink(n *caller.Name) bool {
	var st unix.Stat_t
	err := unix.Fstatat(n.Dir, n.Base, &st, unix.AT_SYMLINK_NOFOLLOW)
	return err == nil && st.Mode&unix.S_IFMT == unix.S_IFLNK
}
