package agents

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A login is how an agent signs in, as far as that goes without its maker's server.
type login struct {
	// words are the command line, in which URL stands for the stand-in of the server.
	words []string
	env   []string
	// says is what it prints before a person goes on in a browser.
	says string
	// kept is the file that has the stand-in's token in it in the end, where there can be
	// a stand-in.
	kept string
	// update are the arguments with which it brings itself up to date.
	update []string
}

var logins = map[string]login{
	"claude-code": {words: []string{"claude", "auth", "login"}, says: "oauth/authorize?", update: []string{"update"}},
	"codex":       {words: []string{"codex", "login", "--device-auth", "--experimental_issuer", "URL"}, says: "STAND-IN", kept: ".codex/auth.json", update: []string{"update"}},
	"opencode":    {words: []string{"opencode", "auth", "login", "URL"}, kept: ".local/share/opencode/auth.json", update: []string{"upgrade", "--method", "npm"}},
	"copilot":     {words: []string{"copilot", "login", "--web-flow"}, says: "login/oauth/authorize?", update: []string{"update"}},
	"amp":         {words: []string{"amp", "login"}, says: "auth/cli-login", update: []string{"update"}},
}

// token is what the stand-in gives.
const token = "STAND-IN-TOKEN-5f0c"

// signIn is the stand-in of a server that agents sign in at: Codex's device flow, and what
// opencode asks of a server of one's own.
func signIn() *httptest.Server {
	mux := http.NewServeMux()
	answer := func(path, text string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Write([]byte(text))
		})
	}
	answer("/.well-known/opencode", `{"auth": {"command": ["echo", "`+token+`"], "env": "STANDIN_TOKEN"}}`)
	answer("/api/accounts/deviceauth/usercode", `{"device_auth_id": "d", "user_code": "STAND-IN", "interval": "1"}`)
	answer("/api/accounts/deviceauth/token", `{"authorization_code": "c", "code_challenge": "c", "code_verifier": "v"}`)
	part := base64.RawURLEncoding.EncodeToString
	jwt := part([]byte(`{"alg":"none"}`)) + "." + part([]byte(`{"email": "a@example.org", "exp": 4102444800, "https://api.openai.com/auth": {"chatgpt_plan_type": "pro", "chatgpt_account_id": "a", "chatgpt_user_id": "u"}}`)) + "." + part([]byte("s"))
	answer("/oauth/token", `{"id_token": "`+jwt+`", "access_token": "`+token+`", "refresh_token": "r", "token_type": "Bearer", "expires_in": 3600}`)
	return httptest.NewServer(mux)
}

// signsIn has the agent sign in: up to what is for a browser, or to the end where the
// server's address can be set. Then it tries to update itself, which changes nothing of
// what is installed.
func (a agent) signsIn(w *world) {
	l, ok := logins[a.profile]
	if !ok {
		w.t.Skip("nobody has written how it signs in")
	}
	w = w.another()
	server := signIn()
	defer server.Close()
	words := slices.Clone(l.words)
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], "URL", server.URL)
	}
	until := l.says
	if l.kept != "" {
		until = "" // it goes to its end
	}
	r := w.run(w.command(append([]string{"NO_COLOR=1"}, l.env...), w.nono(a.profile, words...)...), until, conversation)
	if !strings.Contains(r.out, l.says) || l.kept != "" && (r.status != 0 || !strings.Contains(w.text(l.kept), token)) {
		w.t.Errorf("status %d, and %q is wanted\n%s", r.status, l.says, r.out)
	}
	crashes(w.t, r.out)

	program, err := filepath.EvalSymlinks(w.path(".npm-global/bin/" + a.command))
	if err != nil {
		w.t.Fatal(err)
	}
	before, err := os.Stat(program)
	if err != nil {
		w.t.Fatal(err)
	}
	r = w.run(w.command(nil, w.nonoWith([]string{"--net-block"}, a.profile, append([]string{a.command}, l.update...)...)...), "", 2*time.Minute)
	after, err := os.Stat(program)
	if err != nil || !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) || before.Size() != after.Size() {
		w.t.Errorf("the update has changed the program: %v\n%s", err, r.out)
	}
	w.t.Logf("update: status %d\n%s", r.status, end(r.out))
}
