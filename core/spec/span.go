package spec

import (
	"strconv"
	"strings"
)

// Always stands behind a path, after a colon, where the path itself ends in what
// would otherwise be read as a time.
const Always = "always"

// longest is how long a grant may hold: a longer one was hardly meant.
const longest = 366 * 24 * 3600

// CutTime takes the time off a path as flags and profiles have it, PATH:30s. It goes
// by the text alone, never by what is on the disk, which a command in a sandbox could
// have put there: behind the last colon, and with no slash, a number with a letter at
// its end is a time, whether or not that letter is a unit. tail is empty where there is
// no time, and begins with the colon otherwise.
func CutTime(arg string) (path, tail string) {
	at := strings.LastIndexByte(arg, ':')
	if at < 1 {
		return arg, ""
	}
	if t := arg[at+1:]; t == Always || looksTimed(t) {
		return arg[:at], arg[at:]
	}
	return arg, ""
}

func looksTimed(t string) bool {
	t = strings.TrimLeft(t, "+-")
	return t != "" && t[0] >= '0' && t[0] <= '9' && t[len(t)-1] >= 'a' && t[len(t)-1] <= 'z' &&
		strings.Trim(t, "0123456789.abcdefghijklmnopqrstuvwxyz+-") == ""
}

// Lasting returns path as a flag must have it so that CutTime takes nothing off.
func Lasting(path string) string {
	if _, tail := CutTime(path); tail != "" {
		return path + ":" + Always
	}
	return path
}

// ParseSpan reads a span of time: numbers with the units s, m, h or d, as 1h30m. The
// second result says what is wrong with it, or is "".
func ParseSpan(text string) (seconds int64, problem string) {
	rest := text
	for rest != "" {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.ParseInt(rest[:digits], 10, 64)
		if rest[0] == '-' {
			return 0, "a time is not negative"
		}
		if digits == 0 || digits == len(rest) {
			return 0, "a time is a number with s, m, h or d behind it, as 30s or 1h30m"
		}
		unit := map[byte]int64{'s': 1, 'm': 60, 'h': 3600, 'd': 24 * 3600}[rest[digits]]
		if unit == 0 {
			return 0, "a time is a number with s, m, h or d behind it, as 30s or 1h30m"
		}
		if err != nil || n > longest/unit || seconds+n*unit > longest {
			return 0, "a time is 366d at most"
		}
		seconds += n * unit
		rest = rest[digits+1:]
	}
	if seconds == 0 {
		return 0, "a time is 1s at least"
	}
	return seconds, ""
}

// FormatSpan spells a span of time as ParseSpan reads it, in its two largest units.
func FormatSpan(seconds int64) string {
	text, parts := "", 0
	for _, u := range [...]struct {
		name string
		size int64
	}{{"d", 24 * 3600}, {"h", 3600}, {"m", 60}, {"s", 1}} {
		if n := seconds / u.size; n > 0 && parts < 2 {
			text += strconv.FormatInt(n, 10) + u.name
			seconds -= n * u.size
			parts++
		} else if parts > 0 {
			break
		}
	}
	if text == "" {
		return "0s"
	}
	return text
}
