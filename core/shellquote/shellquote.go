// Package shellquote spells words so that a POSIX shell reads them back the
// same, for remedies that a person pastes and commands that a person reads.
package shellquote

import (
	"strconv"
	"strings"
)

// safe are the characters that no shell gives a meaning, in any place of a word.
const safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+@%"

// Word quotes one word where a shell needs that.
func Word(arg string) string {
	if arg != "" && strings.Trim(arg, safe) == "" {
		return arg
	}
	return Quote(arg)
}

// Quote quotes one word, also where no shell needs that. Bytes that could fool
// a terminal are written in octal, as `$'…'` takes them (POSIX.1-2024, 2.2.4).
func Quote(arg string) string {
	if !strings.ContainsFunc(arg, unprintable) && strings.ToValidUTF8(arg, "") == arg {
		return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
	}
	var b strings.Builder
	b.WriteString("$'")
	for i := range len(arg) {
		switch c := arg[i]; {
		case c == '\'' || c == '\\':
			b.WriteString("\\" + string(rune(c)))
		case c < ' ' || c >= 0x7f:
			octal := strconv.FormatUint(uint64(c), 8)
			b.WriteString("\\" + strings.Repeat("0", 3-len(octal)) + octal)
		default:
			b.WriteByte(c)
		}
	}
	return b.String() + "'"
}

// Words quotes a whole command.
func Words(argv []string) string {
	words := make([]string, len(argv))
	for i, a := range argv {
		words[i] = Word(a)
	}
	return strings.Join(words, " ")
}

func unprintable(r rune) bool { return !strconv.IsPrint(r) }
