package profile

import (
	"strings"
	"unicode/utf8"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/peterbourgon/ff/v3"
)

// Bounds of what is read: a profile is written by hand.
const (
	maxFile = 1 << 20 // bytes of a file
	maxLine = 8 << 10 // bytes of a line, twice the longest path
)

// parse calls f for every line of a profile that says something: its number,
// from 1, the word, and the value, which is empty where there is none. It stops
// at the first error and returns it with the line's number, 0 if it is about
// no line.
//
// The lines go through ff's parser one by one: it counts none, and ends without
// an error at a line that is too long for it, as if the rest were not there.
func parse(text string, f func(n int, word, value string) error) (int, error) {
	if len(text) > maxFile {
		return 0, fault.Text("it is larger than 1 MiB")
	}
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		line, err := tidy(line)
		if err != nil {
			return n, err
		}
		err = ff.PlainParser(strings.NewReader(line), func(word, value string) error {
			// What the parser says of a word that stands alone, and of a
			// comment right behind the word.
			if word == line || strings.HasPrefix(value, "#") {
				value = ""
			}
			return f(n, word, value)
		})
		if err != nil {
			return n, err
		}
	}
	return 0, nil
}

// tidy makes the tabs around a line's word and before its comment spaces, which
// is all that the parser knows, and refuses what no line can mean.
func tidy(line string) (string, error) {
	if len(line) > maxLine {
		return "", fault.Text("the line is longer than 8 KiB")
	}
	if !utf8.ValidString(line) {
		return "", fault.Text("the line is not UTF-8")
	}
	line = strings.Trim(line, " \t\r")
	if line == "" || line[0] == '#' {
		return "", nil
	}
	if i := strings.IndexAny(line, " \t"); i >= 0 {
		line = line[:i] + " " + strings.TrimLeft(line[i:], " \t")
	}
	line = strings.ReplaceAll(line, "\t#", " #")
	value, _, _ := strings.Cut(line, " #")
	for i := 0; i < len(value); i++ {
		if c := value[i]; c < ' ' || c == 0x7f {
			return "", fault.Text("the line has a control character")
		}
	}
	return line, nil
}
