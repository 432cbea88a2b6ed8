package secrets

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/credential"
	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// The real npm takes the endpoint for its registry and the made-up key for its token,
// also for archives that the registry names by its own address.
func TestNpm(t *testing.T) {
	testenv.RequireLandlock(t, 4)
	npm := tool(t, "npm")
	s := suite.Build(t, suite.Newest)
	u := testenv.Ordinary()
	w := newWorld(t, u, s)
	var asked []string
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		if r.Header.Get("Authorization") != "Bearer "+hidden {
			http.Error(w, "{}", http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, `{"name":"private-thing","dist-tags":{"latest":"1.2.3"},"versions":{"1.2.3":{"name":"private-thing","version":"1.2.3",
			"dist":{"tarball":"https://registry.npmjs.org/private-thing/-/private-thing-1.2.3.tgz"}}}}`)
	}))
	defer srv.Close()
	builtin, err := credential.Find("npm", "")
	must(t, err)
	config := filepath.Join(w.home, ".config/nono")
	must(t, os.MkdirAll(config, 0o755))
	ca := filepath.Join(config, "test.pem")
	must(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw}), 0o644))
	list := filepath.Join(config, "services")
	must(t, os.WriteFile(list, []byte("npm host="+srv.Listener.Addr().String()+" auth="+builtin.Auth+" key="+builtin.Key+" ca="+ca+" set="+strings.Join(builtin.Set, " set=")+"\n"), 0o644))
	u.Own(t, filepath.Join(w.home, ".config"), config, ca, list)
	w.env = append(w.env, "NPM_TOKEN="+hidden)
	w.env[1] += ":" + filepath.Dir(npm)
	out, errs, status := w.nono("--profile", "node", "--credential", "npm", "--", npm, "view", "private-thing", "version")
	if strings.TrimSpace(out) != "1.2.3" || status != 0 {
		t.Fatalf("status %d, %q %q", status, out, errs)
	}
	// The archive is no archive here: what counts is that it is asked for with the key.
	w.nono("--profile", "node", "--credential", "npm", "--", npm, "pack", "private-thing", "--fetch-retries=0")
	if !strings.Contains(strings.Join(asked, " "), "/private-thing-1.2.3.tgz") {
		t.Errorf("asked for %q", asked)
	}
}
