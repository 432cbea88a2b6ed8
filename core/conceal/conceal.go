// Package conceal shortens what looks like a secret in the arguments of a program, for
// whatever writes these down.
package conceal

import (
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/lists"
)

// Secrets returns a function that shortens what looks like a secret in the arguments
// of a program: by its look, or since it is the value of an option or a variable with
// the name of a credential, as --token=… and API_KEY=… are. What looks like nothing in
// particular is not found.
func Secrets() (func(argv []string) []string, error) {
	list, err := lists.WithheldEnv()
	if err != nil {
		return nil, err
	}
	return func(argv []string) []string {
		out := make([]string, len(argv))
		next := false // the argument is the value of an option
		for i, word := range argv {
			name, value, assigned := strings.Cut(word, "=")
			secret := list.Withholds(variable(name))
			switch {
			case next && !strings.HasPrefix(word, "-"), list.Reveals(word):
				out[i] = shorten(word)
			case assigned && (secret || list.Reveals(value)):
				out[i] = name + "=" + shorten(value)
			default:
				out[i] = word
			}
			next = !assigned && secret && strings.HasPrefix(word, "--")
		}
		return out
	}, nil
}

// variable is the name of an option as that of a variable would be spelled.
func variable(option string) string {
	return strings.ToUpper(strings.ReplaceAll(strings.TrimLeft(option, "-"), "-", "_"))
}

// shorten keeps so much of a secret that two can be told apart, and of a short one
// nothing.
func shorten(s string) string {
	const keep = 4
	if len(s) < 4*keep {
		return "…"
	}
	return strings.ToValidUTF8(s[:keep], "") + "…(" + strconv.Itoa(len(s)) + " bytes)"
}
