package main

import (
	"errors"
	"flag"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/profile"
)

// A subject is a policy to look at, and what it was made of.
type subject struct {
	cli.Request
	host     policy.Host
	policy   *policy.Policy
	profiles []string // each with where it comes from
}

// flags binds what describes a policy to r.
func flags(r *cli.Request) *cli.Set {
	set := cli.NewSet(cli.PolicyFlags...)
	r.Bind(set)
	r.BindHosts(set, "host")
	r.BindPorts(set, "port")
	return set
}

// compile makes the policy of args: profiles, by their names or files, and flags.
func compile(args []string) (*subject, error) {
	s := &subject{}
	set := flags(&s.Request)
	words, err := set.ParseAnywhere(args)
	if errors.Is(err, flag.ErrHelp) {
		// A file of assertions has it: act has looked at the command line.
		err = cli.Misuse("use the flag '--help'", "it says nothing about a policy", "nono policy --help")
	}
	if err != nil {
		return nil, err
	}
	for _, w := range words {
		s.add(w)
	}
	if s.host, err = policy.ThisHost(runtime.GOOS); err != nil {
		return nil, err
	}
	if err := s.AddAgreed(set, s.host); err != nil {
		return nil, err
	}
	if s.policy, err = policy.ToAsk(s.Options, s.host); err != nil {
		return nil, err
	}
	return s, s.nameProfiles()
}

// add adds one profile, by its name or its file.
func (s *subject) add(word string) {
	name := word
	if strings.Contains(word, "/") || strings.HasSuffix(word, ".profile") {
		name = strings.TrimSuffix(filepath.Base(word), ".profile")
		if s.ProfileFiles == nil {
			s.ProfileFiles = map[string]string{}
		}
		s.ProfileFiles[name] = word
	}
	s.Profiles = append(s.Profiles, name)
}

// nameProfiles says where the profiles of the subject come from.
func (s *subject) nameProfiles() error {
	list, err := profile.List(profile.Env{GOOS: s.host.GOOS, Getenv: s.host.Env, UID: s.host.UID, Workdir: s.host.Dir})
	if err != nil {
		return err
	}
	for _, name := range s.Profiles {
		from := s.ProfileFiles[name]
		for _, e := range list {
			if from == "" && e.Name == name {
				from = e.File
			}
		}
		if from == "" {
			from = "built-in"
		}
		s.profiles = append(s.profiles, name+" ("+from+")")
	}
	return nil
}
