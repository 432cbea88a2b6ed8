package profile

import "strings"

// ForCommand returns the built-in profile for a command of that file name, or "".
// The first line of such a profile has the command's name at its end, in brackets.
func ForCommand(name string) string {
	files, err := builtin.ReadDir("builtin")
	if err != nil || name == "" {
		return ""
	}
	for _, f := range files {
		text, err := builtin.ReadFile("builtin/" + f.Name())
		if err != nil {
			return ""
		}
		if first, _, _ := strings.Cut(string(text), "\n"); strings.HasSuffix(first, " ("+name+")") {
			return strings.TrimSuffix(f.Name(), suffix)
		}
	}
	return ""
}
