package main

import (
	"encoding/json"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// Without Landlock nothing would run, and all that is asked is answered.
func TestWithoutLandlock(t *testing.T) {
	bin := testenv.Build(t, ".", "-ldflags=-X github.com/nono-sandbox/nono/core/kernel.lower=0")
	out, err := exec.Command(bin, "--support").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "mechanism: none") || strings.Contains(string(out), "  enforced ") {
		t.Errorf("%v\n%s", err, out)
	}
	var v struct {
		Mechanism string
		ABI       int
		Promises  []struct {
			Key  string
			Held bool
		}
	}
	out, _ = exec.Command(bin, "--support", "--json").Output()
	if err := json.Unmarshal(out, &v); err != nil || v.Mechanism != "none" || len(v.Promises) < 10 {
		t.Errorf("%v\n%s", err, out)
	}
	out, _ = exec.Command(bin, "/etc/shadow").CombinedOutput()
	if !strings.Contains(string(out), "nothing is enforced here") || !strings.Contains(string(out), "denied: read '/etc/shadow'") {
		t.Errorf("%s", out)
	}
}

func TestSupport(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	out, err := exec.Command(testenv.Build(t, "."), "--support").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "mechanism: Landlock ABI ") || !strings.Contains(string(out), "  enforced      using the network") {
		t.Errorf("%v\n%s", err, out)
	}
}

// On macOS nothing is asked of Landlock.
func TestSupportOnMacOS(t *testing.T) {
	for _, flags := range [][]string{nil, {"-ldflags=-X github.com/nono-sandbox/nono/core/kernel.lower=0"}} {
		bin := testenv.Build(t, ".", flags...)
		out, err := exec.Command(bin, "--platform", "darwin", "--support").CombinedOutput()
		text := string(out)
		if err != nil || strings.Contains(text, "Landlock") || strings.Contains(text, "starts nothing") || strings.Contains(text, runtime.GOARCH) ||
			!strings.Contains(text, "mechanism: Seatbelt\n") || !strings.Contains(text, "  enforced      using the network (Seatbelt)\n") ||
			!strings.Contains(text, "  not enforced  typing into the terminal (TIOCSTI) (needs ") || strings.Count(text, "  enforced ") < 10 {
			t.Errorf("%v\n%s", err, out)
		}
		out, err = exec.Command(bin, "--platform", "darwin", "--support", "--json").Output()
		if err != nil || !strings.HasPrefix(string(out), `{"system":"darwin","mechanism":"seatbelt","abi":0,"promises":[`) {
			t.Errorf("%v\n%s", err, out)
		}
	}
}
