package main

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/secret"
	"github.com/nono-sandbox/nono/nono-run/fetch"
)

// fetchSecrets puts the secrets into the command's environment, in place of variables of
// the same names. Nothing has been made on disk by then.
func (l *launch) fetchSecrets() error {
	if len(l.secrets) == 0 && len(l.outside) == 0 {
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
	return l.fetchKeys(f)
}

// without takes variables out of env.
func without(env, names []string) []string {
	return slices.DeleteFunc(env, func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.Contains(names, name)
	})
}

func secretNames(secrets []secret.Secret) []string {
	var names []string
	for i := range secrets {
		names = append(names, secrets[i].Name)
	}
	return names
}

// secretFiles are the files that secrets are read from.
func secretFiles(secrets []secret.Secret) (files []string) {
	for i := range secrets {
		if file := secrets[i].Query.File; file != "" {
			files = append(files, file)
		}
	}
	return files
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
