package main

import (
	"strings"

	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/spec"
)

// protections tells what is protected, where nothing need be granted. A policy for the
// whole machine has the lists of every home in it, which for root are many; what is asked
// about is mostly in one.
type protections struct {
	host *policy.Host
	made map[string]*spec.Spec // by the directory that would be granted
}

// mostProtections bounds what is kept of them.
const mostProtections = 8

func newProtections() *protections {
	p := &protections{made: map[string]*spec.Spec{}}
	if h, err := policy.ThisHost("linux"); err == nil {
		p.host = &h
	}
	return p
}

// at returns the policy that would grant all around path and take away again what is
// protected there, or nil where none can be made.
func (p *protections) at(path string) *spec.Spec {
	if p.host == nil {
		return nil
	}
	dir := p.around(path)
	s, ok := p.made[dir]
	if ok {
		return s
	}
	if len(p.made) >= mostProtections {
		clear(p.made)
	}
	if made, err := policy.Compile(policy.Options{NetBlock: true, Grants: []policy.Grant{{Kind: spec.Allow, Path: dir}}}, *p.host); err == nil {
		s = made.Spec
	}
	p.made[dir] = s
	return s
}

// around returns the home that path is in, or else the directory in / that it is in; of
// one that holds homes the entry.
func (p *protections) around(path string) string {
	home, holds := "", false
	first, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	first = "/" + first
	see := func(h string) {
		if h == "/" || h == "" {
			return
		}
		if spec.Within(path, h) && len(h) > len(home) {
			home = h
		}
		holds = holds || spec.Beneath(h, first)
	}
	see(p.host.Env("HOME"))
	for h := range p.host.Homes() {
		see(h)
	}
	second, _, _ := strings.Cut(rest, "/")
	switch {
	case home != "":
		return home
	case holds && second != "":
		return first + "/" + second
	}
	return first
}
