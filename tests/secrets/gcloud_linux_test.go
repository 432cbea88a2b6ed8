package secrets

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

// Google's own program, where it is installed, and a stand-in of its service on loopback.
func realGcloud(t *testing.T, w *world) {
	w.t = t
	if _, err := os.Stat("/usr/bin/gcloud"); err != nil {
		t.Skip("Google's gcloud is missing: it is not asked for real")
	}
	secrets := map[string]string{"web/versions/latest": "hunter2", "web/versions/7": "hunter7", "two/versions/latest": "a\nb"}
	service := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		name, _ := strings.CutPrefix(r.URL.Path, "/v1/projects/ours/secrets/")
		value, known := secrets[strings.TrimSuffix(name, ":access")]
		answer := map[string]any{"name": name, "payload": map[string]any{"data": base64.StdEncoding.EncodeToString([]byte(value))}}
		out.Header().Set("Content-Type", "application/json")
		if !known {
			out.WriteHeader(http.StatusNotFound)
			answer = map[string]any{"error": map[string]any{"code": 404, "status": "NOT_FOUND", "message": "Secret [none] not found"}}
		}
		json.NewEncoder(out).Encode(answer)
	}))
	t.Cleanup(service.Close)
	w.env = append(w.env, "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER="+service.URL+"/", "CLOUDSDK_AUTH_DISABLE_CREDENTIALS=true", "CLOUDSDK_CORE_PROJECT=ours")
	for source, want := range map[string]string{"web": "<hunter2>\n", "web#7": "<hunter7>\n"} {
		out, errs, status := w.nono("--secret", "TOKEN=gcloud:"+source, "--", "sh", "-c", `echo "<$TOKEN>"`)
		if out != want || status != 0 {
			t.Errorf("%s: %q %q, status %d", source, out, errs, status)
		}
	}
	for source, want := range map[string][]string{
		"none": {"NOT_FOUND", "'gcloud' ended with status 1", "if it is locked: gcloud auth login"},
		"two":  {"the answer has more than one line"},
	} {
		_, errs, status := w.nono("--secret", "TOKEN=gcloud:"+source, "--", "touch", "started")
		for _, part := range want {
			if status != 125 || !strings.Contains(errs, part) {
				t.Errorf("%s: status %d, %q", source, status, errs)
			}
		}
		w.nothingLeft(t)
	}
}
