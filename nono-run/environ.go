package main

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/spec"
)

// withheld are the names of variables that the command does not get.
type withheld struct {
	secrets []string
	session []string // what leads to sockets of the session, and is no secret
}

// environment returns what the command gets of env: without the variables that
// look like credentials, by their name or their value, but for those in pass, and
// with the ones in set. It returns the names that were withheld too.
//
// SHLVL is set where it is not: a bash that counts itself as the outermost shell,
// and whose standard input is a socket, as it is for the children of agents that
// run on node, takes itself for one that rshd started. It then reads ~/.bashrc,
// which is shut (bash(1), INVOCATION, "remote shell daemon").
func environment(env, pass []string, set map[string]string) (out []string, w withheld, err error) {
	list, err := lists.WithheldEnv()
	if err != nil {
		return nil, w, err
	}
	out = make([]string, 0, len(env)+len(set)+1)
	shell := "SHLVL=1"
	for _, kv := range env {
		name, value, ok := strings.Cut(kv, "=")
		if !ok {
			continue
		}
		if _, ours := set[name]; ours {
			continue
		}
		if name == "SHLVL" {
			if level(value) {
				shell = kv
			}
			continue
		}
		if list.Removes(name, value) && !slices.Contains(pass, name) {
			if list.Session(name) {
				w.session = append(w.session, name)
			} else {
				w.secrets = append(w.secrets, name)
			}
			continue
		}
		out = append(out, kv)
	}
	out = append(out, shell)
	for name, v := range set {
		out = append(out, name+"="+v)
	}
	for _, names := range []*[]string{&w.secrets, &w.session} {
		slices.Sort(*names)
		*names = slices.Compact(*names)
	}
	return out, w, nil
}

// told are the names for a notice: what every desktop has belongs there only
// where it could be of use.
func (w withheld) told(s *spec.Spec) []string {
	if !s.UnixSockets && !slices.ContainsFunc(s.Paths, func(p spec.Path) bool { return p.Kind == spec.UnixSocket }) {
		return w.secrets
	}
	return slices.Sorted(slices.Values(slices.Concat(w.secrets, w.session)))
}

// level reports whether a value of SHLVL counts a shell at least.
func level(value string) bool {
	n, err := strconv.Atoi(value)
	return err == nil && n >= 1
}
