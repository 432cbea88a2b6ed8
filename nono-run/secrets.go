package main

import (
	"strings"

	"github.com/nono-sandbox/nono/core/secret"
	"github.com/nono-sandbox/nono/nono-run/fetch"
)

// fetchSecrets puts the secrets into the command's environment, in place of variables of
// the same names. Nothing has been made on disk by then.
func (l *launch) fetchSecrets() error {
	if len(l.secrets) == 0 {
		return nil
	}
	f, err := fetch.New(l.policy.Spec, l.host)
	if err != nil {
		return err
	}
	for i := range l.secrets {
		value, err := f.Value(&l.secrets[i])
		if err != nil {
			return err
		}
		l.env = append(l.env, l.secrets[i].Name+"="+value)
	}
	return nil
}

// without takes the variables out of env that secrets take the place of.
func without(env []string, secrets []secret.Secret) []string {
	out := env[:0]
	for _, kv := range env {
		name, _, _ := strings.Cut(kv, "=")
		if !isSecret(name, secrets) {
			out = append(out, kv)
		}
	}
	return out
}

func isSecret(name string, secrets []secret.Secret) bool {
	for i := range secrets {
		if secrets[i].Name == name {
			return true
		}
	}
	return false
}

// secretSummary names the secrets and their sources, which nothing asks for them yet.
func (l *launch) secretSummary() string {
	text := ""
	for i := range l.secrets {
		s := &l.secrets[i]
		by := "--secret"
		if s.From != "" {
			by = "profile " + s.From
		}
		text += "secret " + s.Name + ": from " + printable(s.Source) + "  (" + printable(by) + ")\n"
	}
	return text
}
