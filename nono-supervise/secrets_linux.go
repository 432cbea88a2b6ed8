package main

import (
	"os"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/audit"
)

// secrets are the values that --secret has fetched for the command. They are in this
// process's environment, which becomes the command's.
type secrets []string

// secretValues reads the variables of these names.
func secretValues(names []string) secrets {
	var all secrets
	for _, name := range names {
		if v := os.Getenv(name); v != "" {
			all = append(all, v)
		}
	}
	// The longest first: one may be a part of another.
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return all
}

// hide takes the secrets out of what a process says of itself: it may have put one into
// the arguments of a program, into a name or into an address.
func (s secrets) hide(e audit.Event) audit.Event {
	if len(s) == 0 {
		return e
	}
	for _, text := range []*string{&e.Program, &e.Cwd, &e.Path, &e.To, &e.Remedy, &e.Address, &e.Host} {
		*text = s.without(*text)
	}
	if e.Argv != nil {
		e.Argv = slices.Clone(e.Argv)
		for i := range e.Argv {
			e.Argv[i] = s.without(e.Argv[i])
		}
	}
	return e
}

func (s secrets) without(text string) string {
	for _, value := range s {
		text = strings.ReplaceAll(text, value, "…")
	}
	return text
}
