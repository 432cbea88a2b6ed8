package endpoint

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"strings"
)

// presented reports whether a request has the made-up key of this run, once and in the
// form in which the service takes keys.
func (e *Endpoint) presented(r *http.Request) bool {
	kind, name, _ := strings.Cut(e.given.Auth, ":")
	if kind != "header" {
		name = "Authorization"
	}
	values := r.Header.Values(name)
	if len(values) != 1 {
		return false
	}
	switch value := values[0]; kind {
	case "header":
		return same(value, e.given.Token)
	case "bearer":
		scheme, token, _ := strings.Cut(value, " ")
		return strings.EqualFold(scheme, "bearer") && same(token, e.given.Token)
	default:
		_, password, ok := r.BasicAuth()
		return ok && same(password, e.given.Token)
	}
}

// same compares in a time that depends on neither: not on where they differ, and by the
// digests not on how long they are.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// authorize puts the real key in.
func (e *Endpoint) authorize(h http.Header) {
	kind, value, _ := strings.Cut(e.given.Auth, ":")
	switch kind {
	case "header":
		h.Set(value, e.given.Key)
	case "bearer":
		h.Set("Authorization", "Bearer "+e.given.Key)
	default:
		h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(value+":"+e.given.Key)))
	}
}
