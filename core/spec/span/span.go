// Package span is how flags, profiles and messages write for how long a grant holds:
// PATH:30s, 1h30m.
package span

import (
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/spec/reach"
)

// Always stands behind a path, after a colon, where the path itself ends in what
// would otherwise be read as a time.
const Always = "always"

// longest is how long a grant may hold: a longer one was hardly meant.
const longest = 366 * 24 * 3600

// Cut takes the time off a path as flags and profiles have it, PATH:30s. It goes
// by the text alone, never by what is on the disk, which a command in a sandbox could
// have put there: behind the last colon, and with no slash, a number with a letter at
// its end is a time, whether or not that letter is a unit. tail is empty where there is
// no time, and begins with the colon otherwise.
func Cut(arg string) (path, tail string) {
	at := strings.LastIndexByte(arg, ':')
	if at < 1 {
		return arg, ""
	}
	if t := arg[at+1:]; t == Always || looksTimed(t) {
		return arg[:at], arg[at:]
	}
	return arg, ""
}

// CutHost takes the time off a host as flags and profiles have it, NAME:1h or
// NAME:443:1h. What is an IPv6 address as it stands has no time: with one, the address
// stands in brackets. tail is empty where there is no time, and begins with the colon
// otherwise.
func CutHost(arg string) (host, tail string) {
	if reach.IsAddress(arg) {
		return arg, ""
	}
	host, tail = Cut(arg)
	if tail == ":"+Always {
		return arg, ""
	}
	return host, tail
}

func looksTimed(t string) bool {
	t = strings.TrimLeft(t, "+-")
	return t != "" && t[0] >= '0' && t[0] <= '9' && t[len(t)-1] >= 'a' && t[len(t)-1] <= 'z' &&
		strings.Trim(t, "0123456789.abcdefghijklmnopqrstuvwxyz+-") == ""
}

// Lasting returns path as a flag must have it so that Cut takes nothing off.
func Lasting(path string) string {
	if _, tail := Cut(path); tail != "" {
		return path + ":" + Always
	}
	return path
}

// Parse reads a span of time: numbers with the units s, m, h or d, as 1h30m. The
// second result says what is wrong with it, or is "".
func Parse(text string) (seconds int64, problem string) {
	rest := text
	for rest != "" {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.ParseInt(rest[:digits], 10, 64)
		if rest[0] == '-' {
			return 0, "a time is not negative"
		}
		if digits == 0 || digits == len(rest) {
			return 0, "a time is a number with s, m, h or d after it, as 30s or 1h30m"
		}
		unit := map[byte]int64{'s': 1, 'm': 60, 'h': 3600, 'd': 24 * 3600}[rest[digits]]
		if unit == 0 {
			return 0, "a time is a number with s, m, h or d after it, as 30s or 1h30m"
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

// Format spells a span of time as Parse reads it, in its two largest units.
func Format(seconds int64) string {
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
