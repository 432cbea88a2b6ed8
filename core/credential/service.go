// Package credential knows the services whose keys can stay outside of a sandbox: the
// command sends a made-up key to an endpoint on loopback, which sends the real one to the
// service. The endpoint itself is in core/supervise/endpoint.
package credential

import (
	_ "embed"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
)

//go:embed services.list
var builtin string

// A Service is one line of a list.
type Service struct {
	Name string
	Host string // NAME or NAME:PORT
	// Auth is how the key is sent: "bearer", "basic:USER" or "header:NAME".
	Auth string
	Key  string // the variable that holds the key outside, or ""
	Like string // what the made-up key begins with
	CA   string // a file of certificates, or "" for the system's
	// Set are variables for the command, NAME=VALUE, with $TOKEN, $URL and $ADDRESS in
	// the value, and $ADDRESS in the name.
	Set []string
}

// Find returns the service of this name from own, the text of the user's own list, or
// from the list that nono comes with.
func Find(name, own string) (*Service, error) {
	for _, text := range []string{own, builtin} {
		n := 0
		for line := range strings.Lines(text) {
			n++
			words := strings.Fields(line)
			if len(words) == 0 || words[0][0] == '#' || words[0] != name {
				continue
			}
			s, problem := parse(words)
			if problem != "" {
				return nil, &fault.Error{Do: "use the service " + fault.Quote(name), Err: fault.Text(problem), Hint: "nono-run(1), CREDENTIALS, has the form of the line"}
			}
			return s, nil
		}
	}
	return nil, &fault.Error{Do: "use the credential " + fault.Quote(name), Err: fault.Text("there is no service of that name"),
		Hint: "known are " + strings.Join(names(own), ", ") + "; ~/.config/nono/services adds more"}
}

// names are those of the lists.
func names(own string) []string {
	var all []string
	for line := range strings.Lines(builtin + own) {
		if words := strings.Fields(line); len(words) > 0 && words[0][0] != '#' {
			all = append(all, words[0])
		}
	}
	return all
}

func parse(words []string) (*Service, string) {
	s := &Service{Name: words[0]}
	for _, word := range words[1:] {
		name, value, ok := strings.Cut(word, "=")
		if !ok || value == "" {
			return nil, "'" + word + "' is not of the form WORD=VALUE"
		}
		switch name {
		case "host":
			s.Host = value
		case "auth":
			s.Auth = value
		case "key":
			s.Key = value
		case "like":
			s.Like = value
		case "ca":
			s.CA = value
		case "set":
			if n, v, ok := strings.Cut(value, "="); !ok || n == "" || v == "" {
				return nil, "'set' needs VARIABLE=VALUE"
			}
			s.Set = append(s.Set, value)
		default:
			return nil, "there is no word '" + name + "'"
		}
	}
	return s, s.problem()
}

// problem says what is wrong with a service, or "".
func (s *Service) problem() string {
	host, port, hasPort := strings.Cut(s.Host, ":")
	kind, value, _ := strings.Cut(s.Auth, ":")
	switch {
	case host == "" || strings.Trim(strings.ToLower(host), "abcdefghijklmnopqrstuvwxyz0123456789.-") != "":
		return "'host' needs a name"
	case hasPort && (port == "" || len(port) > 5 || strings.Trim(port, "0123456789") != ""):
		return "'host' needs a port after ':'"
	case kind != "bearer" && kind != "basic" && kind != "header", (kind == "bearer") != (value == ""):
		return "'auth' needs bearer, basic:USER or header:NAME"
	case kind == "header" && strings.Trim(strings.ToLower(value), "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
		return "'auth=header:' needs the name of a header"
	case s.CA != "" && !strings.HasPrefix(s.CA, "/"):
		return "'ca' needs an absolute path"
	case len(s.Set) == 0:
		return "it needs a 'set', so that a command can use the service"
	}
	return ""
}

// Variables returns what the command gets, for a made-up key and the address of the
// endpoint, HOST:PORT.
func (s *Service) Variables(token, address string) []string {
	fill := strings.NewReplacer("$TOKEN", token, "$URL", "http://"+address, "$ADDRESS", address)
	var all []string
	for _, kv := range s.Set {
		all = append(all, fill.Replace(kv))
	}
	return all
}
