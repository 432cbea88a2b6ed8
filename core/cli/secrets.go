package cli

import (
	"slices"

	"github.com/nono-sandbox/nono/core/credential"
	"github.com/nono-sandbox/nono/core/secret"
)

// addSecret takes what --secret has behind it.
func (r *Request) addSecret(arg string) error {
	s, problem, remedy := secret.Parse(arg)
	if problem != "" {
		return &mistake{problem, remedy}
	}
	for i := range r.Secrets {
		if r.Secrets[i].Name == s.Name {
			return &mistake{"the secret " + s.Name + " is named twice", "leave out one of them"}
		}
	}
	r.Secrets = append(r.Secrets, s)
	return nil
}

// addSecrets takes over what profiles say, where the command line says nothing of a name.
func (r *Request) addSecrets(from []secret.Secret) {
	typed := r.Secrets
	for _, s := range from {
		if !slices.ContainsFunc(typed, func(t secret.Secret) bool { return t.Name == s.Name }) {
			r.Secrets = append(r.Secrets, s)
		}
	}
}

// addCredential takes what --credential has behind it.
func (r *Request) addCredential(arg string) error {
	c, problem, remedy := credential.Parse(arg)
	if problem != "" {
		return &mistake{problem, remedy}
	}
	if slices.ContainsFunc(r.Credentials, func(o credential.Request) bool { return o.Name == c.Name }) {
		return &mistake{"the credential " + c.Name + " is named twice", "leave out one of them"}
	}
	r.Credentials = append(r.Credentials, c)
	return nil
}

// addCredentials takes over what profiles say, where the command line says nothing of a
// name.
func (r *Request) addCredentials(from []credential.Request) {
	typed := r.Credentials
	for _, c := range from {
		if !slices.ContainsFunc(typed, func(t credential.Request) bool { return t.Name == c.Name }) {
			r.Credentials = append(r.Credentials, c)
		}
	}
}
