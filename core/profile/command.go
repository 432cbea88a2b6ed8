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

// Builtins are the names of the profiles that nono comes with.
func Builtins() []string {
	files, err := builtin.ReadDir("builtin")
	if err != nil {
		return nil
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), suffix))
	}
	return names
}
