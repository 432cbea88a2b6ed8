package main

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/lists"
)

// environment returns what the command gets of env: without the variables that
// look like credentials, but for those in pass, and with the ones in set. It
// returns the names that were withheld too.
func environment(env, pass []string, set map[string]string) (out, withheld []string, err error) {
	list, err := lists.WithheldEnv()
	if err != nil {
		return nil, nil, err
	}
	out = make([]string, 0, len(env)+len(set))
	for _, kv := range env {
		name, _, ok := strings.Cut(kv, "=")
		if !ok {
			continue
		}
		if _, ours := set[name]; ours {
			continue
		}
		if list.Withholds(name) && !slices.Contains(pass, name) {
			withheld = append(withheld, name)
			continue
		}
		out = append(out, kv)
	}
	for name, v := range set {
		out = append(out, name+"="+v)
	}
	slices.Sort(withheld)
	return out, slices.Compact(withheld), nil
}
