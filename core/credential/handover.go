package credential

import (
	"strconv"
	"strings"
	"time"

	"github.com/nono-sandbox/nono/core/fault"
)

// A Given is one credential as nono-run hands it to the supervisor, over a descriptor
// and never on a command line.
type Given struct {
	Name, Host, Auth string
	Token            string // the made-up key
	Key              string // the real one
	CA               string // certificates in PEM, or "" for the system's
	Limit            Limit
	Listen           int // the descriptor of the endpoint's listening socket
}

// Append writes the credential as one line.
func (g *Given) Append(doc []byte) []byte {
	for _, field := range []string{g.Name, g.Host, g.Auth, g.Token, g.Key, g.CA} {
		doc = append(strconv.AppendQuote(doc, field), ' ')
	}
	doc = append(strconv.AppendInt(doc, int64(g.Limit.Requests), 10), ' ')
	doc = append(strconv.AppendInt(doc, int64(g.Limit.Per), 10), ' ')
	return append(strconv.AppendInt(doc, int64(g.Listen), 10), '\n')
}

// ParseGiven reads what Append has written. An error has no part of it.
func ParseGiven(doc string) ([]Given, error) {
	var all []Given
	for line := range strings.Lines(doc) {
		var g Given
		for _, field := range []*string{&g.Name, &g.Host, &g.Auth, &g.Token, &g.Key, &g.CA} {
			quoted, err := strconv.QuotedPrefix(line)
			if err != nil {
				return nil, errHandover
			}
			*field, _ = strconv.Unquote(quoted)
			line = strings.TrimPrefix(line[len(quoted):], " ")
		}
		numbers := strings.Fields(line)
		if len(numbers) != 3 {
			return nil, errHandover
		}
		var per int
		for i, to := range []*int{&g.Limit.Requests, &per, &g.Listen} {
			n, err := strconv.Atoi(numbers[i])
			if err != nil {
				return nil, errHandover
			}
			*to = n
		}
		g.Limit.Per = time.Duration(per)
		all = append(all, g)
	}
	return all, nil
}

const errHandover = fault.Text("the credentials handed over are not readable")
