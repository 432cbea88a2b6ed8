package lists

import (
	"strings"
	"testing"
)

func TestWithheldEnv(t *testing.T) {
	e, err := WithheldEnv()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.FieldsSeq(`AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_PROFILE
		GITHUB_TOKEN GH_TOKEN TOKEN NPM_TOKEN HF_TOKEN SLACK_TOKENS CI_JOB_TOKEN_X SYSTEM_ACCESSTOKEN GH_PAT
		ANTHROPIC_API_KEY OPENAI_API_KEY API_KEY SECRET_KEY SECRET_KEY_BASE RAILS_MASTER_KEY PRIVATE_KEY
		SSH_PRIVATE_KEY_PEM STRIPE_KEY MY_PASSWORD PASSWORD PGPASSWORD MYSQL_PWD DB_PASS VAULT_TOKEN
		CLIENT_SECRET X_SECRET_Y SESSION_COOKIE SENTRY_DSN DATABASE_URL MY_DATABASE_URL REDIS_URL
		GOOGLE_APPLICATION_CREDENTIALS AZURE_CLIENT_SECRET DOCKER_AUTH_CONFIG KUBECONFIG SSH_AUTH_SOCK
		GPG_AGENT_INFO DBUS_SESSION_BUS_ADDRESS XAUTHORITY DOCKER_HOST SSH_ASKPASS NPM_CONFIG__AUTH
		npm_config__authToken npm_config_//registry.example/:_password TF_VAR_x OP_SESSION_abc
		VSCODE_IPC_HOOK_CLI SOPS_AGE_KEY_FILE LDAP_BIND_PW SLACK_WEBHOOK MONGO_URI POSTGRES_URI TEST_DB_URL
		UV_INDEX_URL BUNDLE_GEMS__EXAMPLE__COM ORG_GRADLE_PROJECT_signingPassword npm_config_password
		gitlab_token oauthToken openai_api_key client_secret`) {
		if !e.Withholds(name) {
			t.Errorf("%s is passed", name)
		}
	}
	for name := range strings.FieldsSeq(`HOME PATH PWD OLDPWD SHELL USER LOGNAME LANG LC_ALL TZ TERM COLORTERM
		TERM_PROGRAM EDITOR VISUAL PAGER LESS LESSKEY LS_COLORS DISPLAY WAYLAND_DISPLAY XDG_RUNTIME_DIR
		XDG_CONFIG_HOME XDG_SESSION_ID DESKTOP_SESSION TMPDIR TMUX SHLVL HOSTNAME INIT_CWD NODE_ENV NODE_OPTIONS
		GOPATH GOFLAGS CARGO_HOME JAVA_HOME PYTHONPATH VIRTUAL_ENV NVM_DIR LD_LIBRARY_PATH SSL_CERT_FILE
		HTTP_PROXY https_proxy NO_PROXY AWS_REGION AWS_DEFAULT_REGION AWS_CA_BUNDLE VAULT_ADDR NO_COLOR CI
		GPG_KEY GPG_TTY CLAUDE_CODE_MAX_OUTPUT_TOKENS MAX_THINKING_TOKENS MAX_TOKENS LLM_MAX_TOKENS
		GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL NONO_SANDBOX MY_PUBLIC_KEY CI_CACHE_KEY DBUS_X PASSAGE COMPASS KEYBOARD
		MONKEY token_count BUNDLE_BUILD__NOKOGIRI BUNDLE_LOCAL__RACK BUNDLE_PATH BUNDLE_GEMFILE UV_CACHE_DIR
		npm_config_registry npm_package_json no_proxy WEBHOOK_PORT COREPACK_INTEGRITY_KEYS`) {
		if e.Withholds(name) {
			t.Errorf("%s is withheld", name)
		}
	}
}

// TestReveals: a credential is known by its look where the name says nothing.
func TestReveals(t *testing.T) {
	e, err := WithheldEnv()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []string{
		"postgres://u:p@h", "postgres://u:p@h/db?x=y", "https://:t@host/", "x=1 redis://:secret@h:6379 y",
		"http://proxy.example:80 http://u:p@proxy.example:8080", "amqp://u:p@ss@h/", "mongodb+srv://u:p%40@h1,h2/db",
		"https://x-access-token:ghp_x@github.com/a/b", "https://u:p?#@h", "\"mysql://a:b@c\"",
		"-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blb\n-----END OPENSSH PRIVATE KEY-----\n",
		"ghp_0123456789abcdefghij", "github_pat_11AAAAAAA0123456789", "sk-ant-api03-0123456789abcdef", "glpat-0123456789abcdefghij",
		"xoxb-1234567890-abcdef", "AKIAIOSFODNN7EXAMPLE", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
		"Bearer abcdef0123456789", "X-A: b, Authorization: Basic dTpw", "Server=h;User Id=u;Password=p", "jdbc:mysql://h/d?user=u&password=p",
		"host=h user=u password=p dbname=d", "DefaultEndpointsProtocol=https;AccountKey=abc==",
	} {
		if !e.Reveals(v) {
			t.Errorf("%q is passed", v)
		}
	}
	for _, v := range []string{
		"", "x", "/usr/bin:/bin", "ssh://git@example.org:22/x", "https://user@example.org", "https://example.org/@scope/pkg:x@1",
		"http://localhost:8080/a@b", "http://proxy.example:3128", "://", "a://@", "a://:@h", "a://b:@h", "mailto:a:b@c",
		"unix:///run/x.sock:y@z", "hf_cache", "npm_run", "-Djavax.net.ssl.trustStorePassword=changeit", "rs=0:di=01;34:ln=01;36",
		"file:///home/u/a:b@c", "C.UTF-8", "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----", "\x00\xff://",
	} {
		if e.Reveals(v) {
			t.Errorf("%q is withheld", v)
		}
	}
}

// TestSession: what every desktop has is told apart from what carries a secret.
func TestSession(t *testing.T) {
	e, err := WithheldEnv()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"SSH_AUTH_SOCK": true, "DBUS_SESSION_BUS_ADDRESS": true, "XAUTHORITY": true, "GIT_ASKPASS": true,
		"VSCODE_GIT_IPC_HANDLE": true, "VSCODE_GIT_IPC_AUTH_TOKEN": true, "NVIM": true,
		"GITHUB_TOKEN": false, "AWS_PROFILE": false, "DOCKER_AUTH_CONFIG": false, "KRB5CCNAME": false, "HOME": false,
	} {
		if got := e.Session(name); got != want {
			t.Errorf("Session(%q) = %v", name, got)
		}
		if want && !e.Withholds(name) {
			t.Errorf("%s is passed", name)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"A", "A", true}, {"A", "AB", false}, {"A", "", false}, {"A", "a", false},
		{"A*", "A", true}, {"A*", "AB", true}, {"A*", "BA", false},
		{"*A", "A", true}, {"*A", "BA", true}, {"*A", "AB", false},
		{"*A*", "BAB", true}, {"*A*", "A", true}, {"*A*", "B", false},
		{"A*A", "A", false}, {"A*A", "AA", true}, {"A*A", "ABA", true},
		{"A*B*C", "AxBxC", true}, {"A*B*C", "ACB", false}, {"A*B*C", "ABBCC", true},
		{"*_X_*", "_X_", true}, {"*_X_*", "A_X", false}, {"*ab", "aab", true}, {"*ab*b", "abab", true},
		{"A**B", "AB", true}, {"*é", "né", true},
	} {
		e, err := parseEnv("env", c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.Withholds(c.name); got != c.want {
			t.Errorf("match(%q, %q) = %v", c.pattern, c.name, got)
		}
	}
}

// The last line that matches decides.
func TestEnvExceptions(t *testing.T) {
	e, err := parseEnv("env", "A_*\n!A_OK*\nA_OK_NOT\n# B\n  !C  \nC\nC\n!C")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"A_X": true, "A_OK": false, "A_OK_FINE": false, "A_OK_NOT": true, "B": false, "C": false, "": false, "!C": false,
	} {
		if got := e.Withholds(name); got != want {
			t.Errorf("Withholds(%q) = %v", name, got)
		}
	}
	if (Env{}).Withholds("A_TOKEN") {
		t.Error("an empty list withholds")
	}
}

func TestEnvErrors(t *testing.T) {
	for text, want := range map[string]string{
		"A\n\n*":     "line 3 of 'own': it must be a name or a pattern, not '*'",
		"**":         "line 1 of 'own': it must be a name or a pattern, not '**'",
		"!":          "line 1 of 'own': it must be a name or a pattern, not '!'",
		"!*":         "line 1 of 'own': it must be a name or a pattern, not '!*'",
		"A=B":        "line 1 of 'own': it must be a name or a pattern, not 'A=B'",
		"A B":        "line 1 of 'own': it must be a name or a pattern, not 'A B'",
		"A\tB":       `line 1 of 'own': it must be a name or a pattern, not $'A\011B'`,
		"#\nA\x00\n": `line 2 of 'own': it must be a name or a pattern, not $'A\000'`,
	} {
		if _, err := parseEnv("own", text); err == nil || err.Error() != "cannot read "+want {
			t.Errorf("%q: %v\nwant … %s", text, err, want)
		}
	}
}
