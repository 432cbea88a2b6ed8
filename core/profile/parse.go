package profile

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/lists"
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
		if word, value, ok, err := quoted(line); ok || err != nil {
			if err == nil {
				err = f(n, word, value)
			}
			if err != nil {
				return n, err
			}
			continue
		}
		err = ff.PlainParser(strings.NewReader(line), func(word, value string) error {
			// What the parser says of a word that stands alone, and of a
			// comment right behind the word.
			if word == line || strings.HasPrefix(value, "#") {
				value = ""
			}
			if err := doubtful(line, word, value); err != nil {
				return err
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
	if strings.Contains(line, "\r") {
		// Where they alone end the lines, all of the file would be one comment.
		return "", fault.Text("the line has a carriage return in it, which ends no line here")
	}
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

// quoted takes apart a tidy line whose value is in quotes, as Go has them: so is
// written a path with what would otherwise be a comment, or a mistake.
func quoted(line string) (word, value string, ok bool, err error) {
	word, rest, _ := strings.Cut(line, " ")
	if !strings.HasPrefix(rest, `"`) {
		return "", "", false, nil
	}
	prefix, err := strconv.QuotedPrefix(rest)
	if err == nil {
		value, err = strconv.Unquote(prefix)
	}
	if rest = strings.TrimLeft(rest[len(prefix):], " "); err != nil || rest != "" && rest[0] != '#' {
		return "", "", false, fault.Text("the value is not quoted as it should be")
	}
	if strings.ContainsFunc(value, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		return "", "", false, fault.Text("the line has a control character")
	}
	return word, value, true, nil
}

// doubtful refuses a deny of a path that can hardly be the one that was meant: it
// would protect nothing. A grant of such a path grants nothing, and is told. A
// comment behind a path begins with "# ": without the blank, the sign may as well be
// of the path.
func doubtful(line, word, value string) error {
	if word != "deny" && word != "deny-write" {
		return nil
	}
	why := lists.Doubtful(value)
	if i := strings.Index(line, " #"); why == "" && i >= 0 && len(line) > i+2 && line[i+2] != ' ' && line[i+2] != '#' {
		why = "'#' may begin a comment or be of the path: write '# ' for a comment, or the path in quotes"
	}
	if why == "" {
		return nil
	}
	return fault.Text(why)
}
