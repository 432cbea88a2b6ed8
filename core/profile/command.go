package profile

import (
	"bytes"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
)

// ForCommand returns the built-in profile for a command of that file name, or "".
// The first line of such a profile has the command's name at its end, in brackets.
func ForCommand(name string) string {
	files, err := builtin.ReadDir("builtin")
	if err != nil || name == "" {
		return ""
	}
	end := " (" + name + ")"
	for _, f := range files {
		first, err := firstLine("builtin/" + f.Name())
		if err != nil {
			return ""
		}
		if strings.HasSuffix(first, end) {
			return strings.TrimSuffix(f.Name(), suffix)
		}
	}
	return ""
}

// firstLine reads no more than the first line of a built-in file: every start asks
// for all of them.
func firstLine(name string) (string, error) {
	f, err := builtin.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var buf [256]byte
	n, err := f.Read(buf[:])
	if err != nil {
		return "", err
	}
	line, _, whole := bytes.Cut(buf[:n], []byte{'\n'})
	if !whole {
		return "", fault.Text("the first line is too long")
	}
	return string(line), nil
}
