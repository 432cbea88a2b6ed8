package lists

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nono-sandbox/nono/core/fault"
)

// Doubtful says why a path that a person wrote in a line of a file can hardly be
// the one that was meant, or "". A file can have such a name; but a line that denies
// it, and was meant for another, would look right and protect nothing. Who means it
// puts it in quotes.
func Doubtful(path string) string {
	first, _ := utf8.DecodeRuneInString(path)
	last, _ := utf8.DecodeLastRuneInString(path)
	comment := strings.Index(path, " #")
	switch {
	case !utf8.ValidString(path):
		return "the path " + fault.Quote(path) + " is not UTF-8"
	case comment >= 0:
		return "a comment has a line of its own, and a path with ' #' in it has quotes: " + fault.Quote(path)
	case unicode.IsSpace(first) || unicode.IsSpace(last):
		return "the path " + fault.Quote(path) + " has a blank at an end that looks like none"
	case strings.ContainsRune(";,:&!|$", last), strings.HasSuffix(path, ":ro"), strings.HasSuffix(path, ":rw"):
		return "the path " + fault.Quote(path) + " ends in a sign that belongs to no name"
	case strings.HasSuffix(path, `\`):
		return "the path " + fault.Quote(path) + " ends in a backslash, which joins no lines here"
	case strings.ContainsAny(path, "\\\"`|<>“”"):
		return "the path " + fault.Quote(path) + " has a sign that means itself here"
	case remark(path):
		return "a comment has a line of its own, and a path with such a dash in it has quotes: " + fault.Quote(path)
	case strings.Contains(path, ",/") || strings.Contains(path, ":/") || strings.Contains(path, ",~/") || strings.Contains(path, ":~/"):
		return "there is one path, and no list of them: " + fault.Quote(path)
	case strings.Contains(path, " ~/") || strings.Contains(path, " /") || strings.Contains(path, " $"):
		return "a line has one path, and a path with such a blank in it has quotes: " + fault.Quote(path)
	case braces(path):
		return "the path " + fault.Quote(path) + " has braces, which stand for no other names here: write a line for each"
	case strings.ContainsFunc(path, invisible):
		return "the path " + fault.Quote(path) + " has a character that cannot be seen"
	}
	return ""
}

// remark reports whether path seems to have words behind it that explain it.
func remark(path string) bool {
	for _, sign := range []string{" — ", " – ", " -- ", " ("} {
		if strings.Contains(path, sign) {
			return true
		}
	}
	return false
}

// braces reports whether a shell would make several words of path.
func braces(path string) bool {
	_, rest, open := strings.Cut(path, "{")
	inside, _, closed := strings.Cut(rest, "}")
	return open && closed && (strings.Contains(inside, ",") || strings.Contains(inside, ".."))
}

// invisible reports whether a character leaves no mark: controls, marks of order
// and of width, and blanks other than the space.
func invisible(c rune) bool {
	return c != ' ' && (unicode.IsSpace(c) || unicode.Is(unicode.Cc, c) || unicode.Is(unicode.Cf, c) || c == '\u00ad')
}
