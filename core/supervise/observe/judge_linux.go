// Package observe looks on: it tells what a sandboxed command starts, tries and is
// refused, and changes nothing about it.
package observe

import (
	"strings"
	"sync"

	"github.com/nono-sandbox/nono/core/advice"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise/attempt"
	"github.com/nono-sandbox/nono/core/supervise/caller"
)

// judge says what the kernel will do with an attempt. Nearly all are allowed, and the
// names alone tell that at once; of the others the asker tells, who looks at the disk
// and knows the line that decides.
type judge struct {
	names *byname.Names
	mu    sync.Mutex
	ready <-chan struct{}
	asker *query.Asker // nil where the sandbox cannot be made, which the shim says
	// wide tells what is protected at a path though nothing granted reaches it.
	wide func(path string) *spec.Spec
	// about is for advice.
	about advice.Sandbox
}

// newJudge carves beside the shim, which does the same at that moment: the start does
// not wait for both.
func newJudge(s *spec.Spec, abi int, host *policy.Host, managed *policy.Managed, wide func(path string) *spec.Spec) *judge {
	ready := make(chan struct{})
	j := &judge{names: byname.Of(s), ready: ready, wide: wide, about: advice.Sandbox{Spec: s, ABI: abi, Platform: "linux", Dir: "/", Host: host, Managed: managed}}
	go func() {
		defer close(ready)
		if asker, err := query.Watching(s, abi); err == nil {
			j.asker = asker
		}
	}()
	return j
}

// refused returns the verdict on an attempt that the sandbox refuses, or nil.
func (j *judge) refused(a *attempt.Attempt, from, to *caller.Name) *query.Verdict {
	if a.PlainlyAllowed(j.names, from, to) {
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
	if v.Reason == query.NotInAllowedPaths && v.Resolved != "" {
		if wide := j.wide(v.Resolved); wide != nil {
			query.Recognise(&v, wide)
		}
	}
	// What is protected is not opened by pasting a flag.
	if v.Reason != query.SensitivePath {
		advice.New(j.about, asker).Advise(q, &v)
	}
	// Where a policy forbids to allow the command, no grant of its file is advised either.
	if v.Reason == query.BlockedCommand && v.Suggestion != nil && v.Suggestion.Parts[0].Flag != "--allow-command" {
		v.Suggestion = nil
	}
	return &v
}
