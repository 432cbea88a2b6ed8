package main

import (
	"fmt"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
)

// An identity is who a certificate of Sigstore's is for: the issuer that has vouched for
// them, and the subject, which is an address of mail or the workflow of a repository.
type identity struct{ issuer, subject string }

func (i identity) String() string {
	return fault.Quote(i.subject) + " (" + i.issuer + ")"
}

// parseIdentities reads who may sign: a line each, the issuer and, behind a blank, the
// subject, in which '*' stands for any characters but '/' and '@'.
func parseIdentities(text string) ([]identity, error) {
	var ids []identity
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		words := strings.Fields(line)
		switch {
		case len(words) != 2:
			return nil, fmt.Errorf("line %d: an issuer and a subject are wanted", n+1)
		case !strings.HasPrefix(words[0], "https://") || strings.Contains(words[0], "*"):
			return nil, fmt.Errorf("line %d: the issuer %q is no address of the form https://…, without '*'", n+1, words[0])
		case strings.Trim(words[1], "*/@") == "":
			return nil, fmt.Errorf("line %d: the subject %q is everybody", n+1, words[1])
		}
		ids = append(ids, identity{words[0], words[1]})
	}
	if len(ids) == 0 {
		return nil, fault.Text("nobody is in it")
	}
	return ids, nil
}

// matches reports whether who is one that i stands for.
func (i identity) matches(who identity) bool {
	return who.issuer == i.issuer && who.subject != "" && glob(i.subject, who.subject)
}

// glob reports whether text has the form of pattern.
func glob(pattern, text string) bool {
	head, tail, star := strings.Cut(pattern, "*")
	rest, ok := strings.CutPrefix(text, head)
	if !ok || !star {
		return ok && rest == ""
	}
	for n := 0; ; n++ {
		if glob(tail, rest[n:]) {
			return true
		}
		if n == len(rest) || rest[n] == '/' || rest[n] == '@' {
			return false
		}
	}
}
