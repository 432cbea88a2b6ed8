package fetch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/secret"
	"github.com/nono-sandbox/nono/core/spec"
)

// fetcher is one that waits no longer than it is told.
func fetcher(t *testing.T, patience time.Duration) *Fetcher {
	t.Helper()
	h, err := policy.ThisHost("linux")
	if err != nil {
		t.Fatal(err)
	}
	at, err := newPlaces(&spec.Spec{}, h)
	if err != nil {
		t.Fatal(err)
	}
	return &Fetcher{places: at, env: os.Environ(), patience: patience}
}

func manager(t *testing.T, text string) *secret.Secret {
	t.Helper()
	file := filepath.Join(t.TempDir(), "manager")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return &secret.Secret{Name: "TOKEN", Source: "exec:" + file, Query: secret.Query{Scheme: "exec", Argv: []string{file}}}
}

// A manager that waits, for a prompt that nobody sees or for a server, is ended, and what
// it has started with it. The time is up at once here, so the test waits for nothing.
func TestTimeOut(t *testing.T) {
	for _, text := range []string{
		"echo part; exec sleep 1000",
		"exec >&-; exec sleep 1000",
		"sleep 1000; echo late",
		"trap '' TERM HUP INT; while :; do sleep 1; done",
	} {
		s := manager(t, text)
		value, err := fetcher(t, 50*time.Millisecond).Value(s)
		if value != "" || err == nil || !strings.Contains(err.Error(), "has not answered within 50ms") {
			t.Errorf("%s: %q %v", text, value, err)
		}
	}
}

// What a manager leaves behind may hold its pipe open: its own end is the end of its
// answer.
func TestLeftBehind(t *testing.T) {
	s := manager(t, "sleep 3 & echo hunter2")
	value, err := fetcher(t, time.Minute).Value(s)
	if value != "hunter2" || err != nil {
		t.Errorf("%q %v", value, err)
	}
}

// A manager that may not ask its user has no terminal that it could open.
func TestNoTerminal(t *testing.T) {
	s := manager(t, "(: </dev/tty) 2>/dev/null && echo terminal || echo none")
	if value, err := fetcher(t, time.Minute).Value(s); value != "none" || err != nil {
		t.Errorf("%q %v", value, err)
	}
}
