package secrets

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// direct is the service's own address for the client of TestFigures, which is this test's
// program in a sandbox.
const direct = "NONO_TEST_DIRECT"

// streamed is how long an answer is whose speed is measured.
const streamed = 64 << 20

// TestFigures says what a secret and an endpoint cost (make bench-secrets). Figures of a
// loaded machine are upper bounds, so it judges nothing.
func TestFigures(t *testing.T) {
	if os.Getenv("NONO_FIGURES") == "" {
		t.Skip("make bench-secrets measures")
	}
	testenv.RequireLandlock(t, 4)
	w := newWorld(t, testenv.Ordinary(), suite.Build(t, suite.Newest))
	t.Run("secret", func(t *testing.T) { w.secretFigures(t) })
	for proto, h2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2": true} {
		t.Run(proto, func(t *testing.T) { w.endpointFigures(t, proto, h2) })
	}
}

// secretFigures compares starts without secrets and with three, and with what their program
// takes when it is started by itself.
func (w *world) secretFigures(t *testing.T) {
	const rounds, secrets = 60, 3
	manager := w.script(filepath.Join(w.bin, "manager"), "echo hunter2")
	flags := []string{"nono-run", "--silent", "--allow", w.project}
	with := slices.Clone(flags)
	for i := range secrets {
		with = append(with, "--secret", fmt.Sprintf("T%d=exec:%s", i, manager))
	}
	none, some, alone := time.Hour, time.Hour, time.Hour
	for range rounds {
		none = min(none, w.takes(t, append(slices.Clone(flags), "--", "true")...))
		some = min(some, w.takes(t, append(slices.Clone(with), "--", "true")...))
		alone = min(alone, w.takes(t, manager))
	}
	each := (some - none) / secrets
	t.Logf("least of %d: a start %v, with %d secrets %v; a secret adds %v, its program alone takes %v: nono's part %v", rounds,
		none.Round(time.Microsecond), secrets, some.Round(time.Microsecond), each.Round(time.Microsecond), alone.Round(time.Microsecond), (each - alone).Round(time.Microsecond))
}

func (w *world) takes(t *testing.T, argv ...string) time.Duration {
	t.Helper()
	cmd := w.command(argv...)
	begun := time.Now()
	if out, err := cmd.Output(); err != nil {
		t.Fatalf("%q: %v %s", argv, err, out)
	}
	return time.Since(begun)
}

// endpointFigures has a client in a sandbox ask a service by itself, and by the endpoint.
func (w *world) endpointFigures(t *testing.T, proto string, h2 bool) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/stream") {
			out.Write([]byte("x"))
			return
		}
		block := make([]byte, 64<<10)
		for range streamed / len(block) {
			out.Write(block)
		}
	}))
	srv.EnableHTTP2 = h2
	srv.StartTLS()
	t.Cleanup(srv.Close)
	w.listed(t, srv)
	self := filepath.Join(w.bin, "client")
	text, err := os.ReadFile("/proc/self/exe")
	must(t, err)
	must(t, os.WriteFile(self, text, 0o755))
	w.user.Own(t, self)
	before := w.env
	defer func() { w.env = before }()
	w.env = append(slices.Clone(before), "TEST_API_KEY="+hidden, direct+"="+srv.URL+"/v1")
	out, errs, status := w.nono("--credential", "test", "--", self)
	if status != 0 {
		t.Fatalf("status %d, %s %s", status, out, errs)
	}
	t.Logf("%s %s", proto, out)
}

// figuresClient measures, inside, and prints one line.
func figuresClient() int {
	ways := [2]string{os.Getenv(direct), os.Getenv("TEST_BASE_URL")}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true, DisableCompression: true}}
	ask := func(way int, path string) (first, all time.Duration, err error) {
		r, err := http.NewRequest("GET", ways[way]+path, nil)
		if err != nil {
			return 0, 0, err
		}
		r.Header.Set("X-Api-Key", os.Getenv("TEST_API_KEY"))
		begun := time.Now()
		answer, err := client.Do(r)
		if err != nil {
			return 0, 0, err
		}
		defer answer.Body.Close()
		_, err = io.ReadFull(answer.Body, make([]byte, 1))
		first = time.Since(begun)
		if n, e := io.Copy(io.Discard, answer.Body); e != nil || answer.StatusCode != http.StatusOK || path == "/stream" && n != streamed-1 {
			err = fmt.Errorf("%s: %d bytes, %v", answer.Status, n, e)
		}
		return first, time.Since(begun), err
	}
	var firsts [2][]time.Duration
	least := [2]time.Duration{time.Hour, time.Hour}
	for round := range 2000 {
		for way := range ways {
			first, _, err := ask(way, "/first")
			if err != nil {
				fmt.Println(err)
				return 1
			}
			firsts[way] = append(firsts[way], first)
			if round%100 == 0 {
				_, all, err := ask(way, "/stream")
				if err != nil {
					fmt.Println(err)
					return 1
				}
				least[way] = min(least[way], all)
			}
		}
	}
	for way := range ways {
		slices.Sort(firsts[way])
	}
	micros := func(i int) (a, b, more int64) {
		a, b = firsts[0][i].Microseconds(), firsts[1][i].Microseconds()
		return a, b, b - a
	}
	a, b, more := micros(0)
	c, d, more2 := micros(len(firsts[0]) / 2)
	rate := func(way int) float64 { return streamed / 1e6 / least[way].Seconds() }
	fmt.Printf("first byte: direct %d us, endpoint %d: +%d (medians %d, %d: +%d; at most +1000 wanted); stream: direct %.0f MB/s, endpoint %.0f: %.0f %% (at least 80 %% wanted)",
		a, b, more, c, d, more2, rate(0), rate(1), 100*rate(1)/rate(0))
	return 0
}
