package docs

import (
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

func TestLearn(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	follow(t, "docs/learn.md", adasHome(t))
}
