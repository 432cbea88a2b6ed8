package confine

import (
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
)

// What a line lets be changed stays denied around the supervisor, also where only a
// blocked command is meant.
func TestWithoutBlocked(t *testing.T) {
	blocked := spec.Origin{Source: spec.BlockedCommand, Detail: "x"}
	listed := spec.Origin{Source: spec.Listed, Detail: "SSH keys"}
	paths := []spec.Path{
		{Kind: spec.Deny, Path: "/usr/bin/rm", By: blocked},
		{Kind: spec.Deny, Path: "/home/u/tools/rm", By: blocked},
		{Kind: spec.Deny, Path: "/home/u/file", By: blocked},
		{Kind: spec.Deny, Path: "/usr/bin/key", By: listed},
		{Kind: spec.DenyWrite, Path: "/usr/bin/w", By: blocked},
		{Kind: spec.Read, Path: "/usr/bin"},
		{Kind: spec.Allow, Path: "/home/u/tools"},
		{Kind: spec.WriteFile, Path: "/home/u/file"},
	}
	got := withoutBlocked(append([]spec.Path(nil), paths...))
	if len(got) != len(paths)-1 || got[0].Path != "/home/u/tools/rm" {
		t.Errorf("left are %v", got)
	}
}
