//go:build !linux

package query

import (
	"runtime"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
)

// An Asker answers questions about one spec.
type Asker struct{ mac *mac }

// New returns an Asker for this system.
func New(s *spec.Spec, abi int, cwd string) (*Asker, error) {
	return ForPlatform(runtime.GOOS, s, abi, cwd)
}

// ForPlatform is New for a platform: "darwin" is the only one that is known
// here, since for Linux the rules must be made on Linux.
func ForPlatform(platform string, s *spec.Spec, abi int, cwd string) (*Asker, error) {
	if platform != "darwin" {
		return nil, &fault.Error{Do: "answer for " + platform, Err: fault.Text("that needs Linux: the rules are made from what is on disk")}
	}
	return &Asker{&mac{s, cwd}}, nil
}

// Inside returns an Asker for the sandbox that this process is in.
func Inside(s *spec.Spec, abi int, cwd string) *Asker { return &Asker{&mac{s, cwd}} }

// ByLines returns an Asker for another spec.
func (a *Asker) ByLines(s *spec.Spec) *Asker { return &Asker{&mac{s, a.mac.cwd}} }

// OtherNames reports whether ByLines may be wrong about one of the paths.
func (a *Asker) OtherNames(...string) bool { return false }

// Ask answers one question.
func (a *Asker) Ask(q Question) Verdict { return a.mac.ask(q) }
