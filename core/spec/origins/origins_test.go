package origins

import (
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
)

func TestPattern(t *testing.T) {
	for text, want := range map[string]string{
		"--deny **/.env": "**/.env", "--deny-write a b*": "a b*", "--deny": "", "--allow *": "", "profile --deny x": "", "--denying x": "",
	} {
		if got := Pattern(spec.ParseOrigin(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestTyped(t *testing.T) {
	for text, want := range map[string]bool{
		"--deny": true, "blocked command: --block-command": true,
		"": false, "system": false, "profile x": false, "SSH keys": false, "list: --deny": false, "blocked command: network": false,
	} {
		if got := Typed(spec.ParseOrigin(text)); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
