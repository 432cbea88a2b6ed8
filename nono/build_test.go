package main

import (
	"os"
	"slices"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// It stands at every start of a command, so it links next to nothing.
func TestPackages(t *testing.T) {
	linked := testenv.Linked(t)
	for _, p := range []string{"fmt", "flag", "regexp", "net", "os/exec", "os/user", "encoding/json", "context", "runtime/cgo"} {
		if slices.Contains(linked, p) {
			t.Errorf("nono links %s", p)
		}
	}
	if !slices.Contains(linked, "github.com/nono-sandbox/nono/core/entry/brief") {
		t.Errorf("nono links %q alone", linked)
	}
}
