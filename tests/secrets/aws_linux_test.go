package secrets

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/tests/internal/authority"
)

// secretsManager answers as AWS Secrets Manager does, and is reached by a proxy: the aws
// of Debian 12 can be told no other address of its service. It returns the proxy's
// address and the authority's certificate.
func secretsManager(t *testing.T) (proxy string, ca []byte) {
	ca, cert := authority.New(t, "secretsmanager.eu-central-1.amazonaws.com")
	service := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ SecretId string }
		json.NewDecoder(r.Body).Decode(&asked)
		answer, status := `{"__type":"ResourceNotFoundException","Message":"Secrets Manager can't find the specified secret."}`, http.StatusBadRequest
		text := map[string]string{"web/site": "hunter2", "two": `line 1\nline 2`, "empty": ""}
		switch value, ok := text[asked.SecretId]; {
		case !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"):
			answer = `{"__type":"ExpiredTokenException","Message":"The security token included in the request is expired"}`
		case r.Header.Get("X-Amz-Target") == "secretsmanager.GetSecretValue" && ok:
			answer, status = `{"Name":"`+asked.SecretId+`","SecretString":"`+value+`"}`, http.StatusOK
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(status)
		io.WriteString(w, answer)
	}))
	service.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	service.StartTLS()
	t.Cleanup(service.Close)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Host != "secretsmanager.eu-central-1.amazonaws.com:443" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		to, err := net.Dial("tcp", service.Listener.Addr().String())
		if err != nil {
			return
		}
		defer to.Close()
		from, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer from.Close()
		io.WriteString(from, "HTTP/1.1 200 OK\r\n\r\n")
		go io.Copy(to, from)
		io.Copy(from, to)
	}))
	t.Cleanup(front.Close)
	return front.URL, ca
}

// Debian's aws, and a service on loopback.
func realAWS(t *testing.T, w *world) {
	w.t = t
	if _, err := os.Stat("/usr/bin/aws"); err != nil {
		t.Skip("Debian's awscli is missing: aws is not asked for real")
	}
	proxy, ca := secretsManager(t)
	file := filepath.Join(w.home, "ca.pem")
	must(t, os.WriteFile(file, authority.PEM(ca), 0o644))
	w.env = append(w.env, "HTTPS_PROXY="+proxy, "AWS_CA_BUNDLE="+file, "AWS_REGION=eu-central-1", "AWS_EC2_METADATA_DISABLED=true", "AWS_MAX_ATTEMPTS=1")
	without := w.env
	with := func(id string) []string {
		return append(slices.Clone(without), "AWS_ACCESS_KEY_ID="+id, "AWS_SECRET_ACCESS_KEY=not-for-the-command")
	}
	w.env = with("AKIDEXAMPLE")
	out, errs, status := w.nono("--secret", "TOKEN=aws-sm:web/site", "--", "sh", "-c", `echo "<$TOKEN$AWS_SECRET_ACCESS_KEY>"`)
	if out != "<hunter2>\n" || status != 0 {
		t.Fatalf("%q %q, status %d", out, errs, status)
	}
	for _, c := range []struct {
		secret, id string
		says       []string
	}{
		{"none", "AKIDEXAMPLE", []string{"can't find the specified secret", "'aws' ended with status 254"}},
		{"two", "AKIDEXAMPLE", []string{"the answer has more than one line"}},
		{"empty", "AKIDEXAMPLE", []string{"the answer is empty"}},
		{"web/site", "AKIDOTHER", []string{"is expired", "'aws' ended with status 254", "if it is locked: aws sso login"}},
		{"web/site", "", []string{"Unable to locate credentials", "'aws' ended with status 253", "if it is locked: aws sso login"}},
	} {
		if w.env = with(c.id); c.id == "" {
			w.env = without
		}
		_, errs, status := w.nono("--secret", "TOKEN=aws-sm:"+c.secret, "--", "touch", "started")
		for _, part := range c.says {
			if status != 125 || !strings.Contains(errs, part) {
				t.Errorf("%s as %q: status %d, %q", c.secret, c.id, status, errs)
			}
		}
		w.nothingLeft(t)
	}
}
