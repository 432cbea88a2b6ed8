// Package model is a stand-in for the services that agents talk to. It speaks
// enough of three of their APIs to have an agent carry out a list of tool calls,
// and keeps what the agent reports of them.
package model

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// Call is one tool call that the model makes.
type Call struct {
	Tool string
	Args map[string]any
	in   string // the namespace that it was offered in, or ""
}

// Server is one conversation's model.
type Server struct {
	*httptest.Server
	mu    sync.Mutex
	calls []Call
	asked []string // the bodies of all requests
	// marker is in the first words of a subagent's conversation, and sub are its calls.
	marker string
	sub    []Call
	told   map[int]string // what the model was told, by how many results it had then
}

// Within has the conversations whose first words have the marker in them, which are those
// of subagents, make other calls.
func (s *Server) Within(marker string, calls ...Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.marker, s.sub = marker, calls
}

// Next begins another conversation at the same address: nothing is left of the one before.
func (s *Server) Next(calls ...Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls, s.asked, s.marker, s.sub, s.told = calls, nil, "", nil, nil
}

// Told returns what the model was told when the results of n calls had come back, with all
// that was said before.
func (s *Server) Told(n int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.told[n]
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

// NewAt is New at an address: at the one of a server that is closed, what has learned that
// address finds another conversation.
func NewAt(address string, calls ...Call) (*Server, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	s := &Server{calls: calls}
	s.Server = &httptest.Server{Listener: l, Config: &http.Server{Handler: s}}
	s.Start()
	return s, nil
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
// request that offers no tools, such as one for a title, gets none. A tool whose name
// begins with ? is the one of those offered that has the rest in its name.
func (s *Server) next(q map[string]any, done int) *Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls, within := s.calls, s.marker != "" && strings.Contains(marshal(firstWords(q)), s.marker)
	if within {
		calls = s.sub
	}
	tools, _ := q["tools"].([]any)
	if len(tools) > 0 && !within && s.told[done] == "" {
		if s.told == nil {
			s.told = map[int]string{}
		}
		s.told[done] = marshal(q)
	}
	if len(tools) == 0 || done >= len(calls) {
		return nil
	}
	c := calls[done]
	if part, ok := strings.CutPrefix(c.Tool, "?"); ok {
		c.in, c.Tool = offered(q["tools"], part)
	}
	return &c
}

// firstWords is the first message of the user's.
func firstWords(q map[string]any) any {
	messages, _ := q["messages"].([]any)
	for _, m := range messages {
		if m, _ := m.(map[string]any); m["role"] == "user" {
			return m
		}
	}
	return nil
}

// offered returns the name among tools that has part in it, or part, and the namespace
// that it stands in, if it stands in one.
func offered(tools any, part string) (in, name string) {
	list, _ := tools.([]any)
	for _, t := range list {
		tool, _ := t.(map[string]any)
		name, _ := tool["name"].(string)
		if function, ok := tool["function"].(map[string]any); ok {
			name, _ = function["name"].(string)
		}
		if inner, ok := tool["tools"].([]any); ok {
			if _, found := offered(inner, part); found != part || strings.Contains(marshal(inner), `"name":"`+part+`"`) {
				return name, found
			}
			continue
		}
		if declared, ok := tool["functionDeclarations"].([]any); ok {
			if _, found := offered(declared, part); found != part {
				return "", found
			}
			continue
		}
		if strings.Contains(name, part) {
			return "", name
		}
	}
	return "", part
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
