package credential

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Every line of the list that nono comes with is right.
func TestBuiltin(t *testing.T) {
	for _, name := range names("") {
		s, err := Find(name, "")
		if err != nil || s.Name != name || s.Key == "" {
			t.Errorf("%s: %+v %v", name, s, err)
			continue
		}
		for _, kv := range s.Variables("T", "127.0.0.1:1") {
			if strings.Contains(kv, "$") {
				t.Errorf("%s: %s", name, kv)
			}
		}
	}
	s, _ := Find("anthropic", "")
	if got := s.Variables("T", "127.0.0.1:1"); !slices.Equal(got, []string{"ANTHROPIC_API_KEY=T", "ANTHROPIC_BASE_URL=http://127.0.0.1:1"}) {
		t.Errorf("%q", got)
	}
}

func TestOwnList(t *testing.T) {
	own := "# mine\n\nanthropic host=proxy.example:8443 auth=bearer set=A=$TOKEN ca=/x.pem\n"
	if s, err := Find("anthropic", own); err != nil || s.Host != "proxy.example:8443" || s.CA != "/x.pem" {
		t.Errorf("%+v %v", s, err)
	}
	for line, want := range map[string]string{
		"x auth=bearer set=A=b":                    "'host' needs a name",
		"x host=https://h auth=bearer set=A=b":     "'host' needs",
		"x host=h/p auth=bearer set=A=b":           "'host' needs a name",
		"x host=u@h auth=bearer set=A=b":           "'host' needs a name",
		"x host=h:70000x auth=bearer set=A=b":      "'host' needs a port",
		"x host=h set=A=b":                         "'auth' needs",
		"x host=h auth=bearer:y set=A=b":           "'auth' needs",
		"x host=h auth=header: set=A=b":            "'auth' needs",
		"x host=h auth=header:a:b set=A=b":         "'auth=header:' needs",
		"x host=h auth=bearer":                     "it needs a 'set'",
		"x host=h auth=bearer set=A":               "'set' needs",
		"x host=h auth=bearer set=A=b ca=x.pem":    "'ca' needs an absolute path",
		"x host=h auth=bearer set=A=b hots=h":      "there is no word 'hots'",
		"x host=h auth=bearer set=A=b key":         "not of the form",
		"y host=h auth=bearer set=A=b":             "there is no service of that name",
		"x host=h\u200b auth=bearer set=A=b":       "'host' needs a name",
		"x host=h auth=header:x-key\u00e9 set=A=b": "'auth=header:' needs",
	} {
		if _, err := Find("x", line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}

func TestParse(t *testing.T) {
	r, problem, _ := Parse("openai:100/h=pass:api#1")
	if problem != "" || r.Name != "openai" || r.Limit != (Limit{100, time.Hour}) || r.Limit.String() != "100/h" || r.Source != "pass:api#1" || r.Query.Line != 1 {
		t.Errorf("%+v %s", r, problem)
	}
	for _, bad := range []string{"", "=pass:x", "A", "a:", "a:1", "a:1/x", "a:-1/h", "a:1e3/h", "a:100001/h", "a:01/h", "a=", "a=pass:"} {
		if _, problem, remedy := Parse(bad); problem == "" || remedy == "" {
			t.Errorf("%q is taken", bad)
		}
	}
}

// What is handed over is read back, whatever bytes a key or a certificate has.
func FuzzHandover(f *testing.F) {
	f.Add("n", "h", "bearer", "t", "k\n\"'\\ \x00\xff", "ca\n", 3, 7)
	f.Fuzz(func(t *testing.T, name, host, auth, token, key, ca string, requests, listen int) {
		g := Given{name, host, auth, token, key, ca, Limit{requests, time.Hour}, listen}
		doc := g.Append(nil)
		got, err := ParseGiven(string(append(slices.Clone(doc), doc...)))
		if err != nil || len(got) != 2 || got[0] != g || got[1] != g {
			t.Errorf("%q: %+v %v", doc, got, err)
		}
		for _, bad := range []string{"x", string(doc[:len(doc)/2]), strings.TrimSuffix(string(doc), "\n") + " 1"} {
			if _, err := ParseGiven(bad); err == nil && bad != "" {
				t.Errorf("%q is taken", bad)
			}
		}
	})
}
