package credential

import (
	"strconv"
	"strings"
	"time"

	"github.com/nono-sandbox/nono/core/secret"
)

// A Request is what --credential says.
type Request struct {
	Name   string // of the service
	Source string // of the key as it was given, or "" for the service's variable
	Query  secret.Query
	Limit  Limit
	From   string // the profile, or "" for the command line
}

// A Limit is how many requests may be made in a time. The zero value is no limit.
type Limit struct {
	Requests int
	Per      time.Duration
}

// String returns the limit as it is typed, or "".
func (l Limit) String() string {
	for _, u := range units {
		if l.Requests > 0 && u.per == l.Per {
			return strconv.Itoa(l.Requests) + "/" + u.name
		}
	}
	return ""
}

var units = [...]struct {
	name string
	per  time.Duration
}{{"s", time.Second}, {"m", time.Minute}, {"h", time.Hour}, {"d", 24 * time.Hour}}

// mostRequests is the highest limit: each request of the time is remembered.
const mostRequests = 100_000

// Parse takes NAME[:N/UNIT][=SOURCE]. Where that is none, problem says why, and remedy
// what would be one.
func Parse(arg string) (r Request, problem, remedy string) {
	const example = "--credential anthropic, anthropic:100/h, anthropic=pass:ENTRY"
	name, source, hasSource := strings.Cut(arg, "=")
	name, limit, limited := strings.Cut(name, ":")
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != "" {
		return r, "it must begin with the name of a service, in lower case", example
	}
	r.Name = name
	if limited {
		if r.Limit, problem = parseLimit(limit); problem != "" {
			return r, problem, example
		}
	}
	if hasSource {
		r.Source = source
		r.Query, problem, remedy = secret.ParseSource(source)
	}
	return r, problem, remedy
}

func parseLimit(text string) (Limit, string) {
	number, unit, _ := strings.Cut(text, "/")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > mostRequests || strconv.Itoa(n) != number {
		return Limit{}, "a limit is a number from 1 to 100000 and a unit: 100/h"
	}
	for _, u := range units {
		if u.name == unit {
			return Limit{n, u.per}, ""
		}
	}
	return Limit{}, "the unit of a limit is s, m, h or d: 100/h"
}
