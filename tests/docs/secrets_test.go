package docs

import (
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// TestSecrets does what stands there.
func TestSecrets(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	follow(t, "docs/secrets.md", adasHome(t))
}
