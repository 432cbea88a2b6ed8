// Package model is a stand-in for the services that agents talk to. It speaks
// enough of three of their APIs to have an agent carry out a list of tool calls,
// and keeps what the agent reports of them.
package model

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// Call is one tool call that the model makes.
type Call struct {
	Tool string
	Args map[string]any
}

// Server is one conversation's model.
type Server struct {
	*httptest.Server
	mu    sync.Mutex
	calls []Call
	asked []string // the bodies of all requests
}

// Final is what the model says once it has made all its calls.
const Final = "all calls are made"

// New starts a server on a loopback address that makes calls one after the
// other, each when the result of the one before has come back.
func New(calls ...Call) *Server {
	s := &Server{calls: calls}
	s.Server = httptest.NewServer(s)
	return s
}

// Requests returns the bodies of what was asked so far.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.asked...)
}

// Last returns the body of the longest conversation: each request repeats all
// that was said before.
func (s *Server) Last() string {
	longest := ""
	for _, r := range s.Requests() {
		if len(r) > len(longest) {
			longest = r
		}
	}
	return longest
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.mu.Lock()
	s.asked = append(s.asked, r.Method+" "+r.URL.Path+"\n"+string(body))
	s.mu.Unlock()
	var q map[string]any
	if json.Unmarshal(body, &q) != nil {
		q = map[string]any{}
	}
	switch p := r.URL.Path; {
	case strings.HasSuffix(p, "/count_tokens"):
		reply(w, map[string]any{"input_tokens": 10})
	case strings.HasSuffix(p, "/messages"):
		s.anthropic(w, q)
	case strings.HasSuffix(p, "/chat/completions"):
		s.completions(w, q)
	case strings.HasSuffix(p, "/responses"):
		s.responses(w, q)
	case strings.HasSuffix(p, ":countTokens"):
		reply(w, map[string]any{"totalTokens": 10})
	case strings.HasSuffix(p, ":generateContent"):
		reply(w, s.gemini(q))
	case strings.HasSuffix(p, ":streamGenerateContent"):
		stream(w, event{data: s.gemini(q)})
	case strings.HasSuffix(p, "/models"):
		reply(w, map[string]any{"object": "list", "data": []any{map[string]any{"id": "stand-in", "object": "model"}}})
	default:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"error":{"type":"not_found_error","message":"the stand-in knows no such address"}}`)
	}
}

// next returns the call to make once done results have come back, or nil. A
// request that offers no tools, such as one for a title, gets none.
func (s *Server) next(q map[string]any, done int) *Call {
	if tools, _ := q["tools"].([]any); len(tools) == 0 || done >= len(s.calls) {
		return nil
	}
	return &s.calls[done]
}

// count returns how many objects within v have the value for the key.
func count(v any, key, value string) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		if v[key] == value {
			n++
		}
		for _, m := range v {
			n += count(m, key, value)
		}
	case []any:
		for _, m := range v {
			n += count(m, key, value)
		}
	}
	return n
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

// event is one server-sent event.
type event struct {
	name string
	data any
}

func stream(w http.ResponseWriter, events ...event) {
	w.Header().Set("Content-Type", "text/event-stream")
	for _, e := range events {
		if e.name != "" {
			io.WriteString(w, "event: "+e.name+"\n")
		}
		text, ok := e.data.(string)
		if !ok {
			b, err := json.Marshal(e.data)
			if err != nil {
				panic(err)
			}
			text = string(b)
		}
		io.WriteString(w, "data: "+text+"\n\n")
	}
}

func marshal(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
