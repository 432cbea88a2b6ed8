package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/jsonobject"
	"github.com/nono-sandbox/nono/core/testenv"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// never are packages that would cost at every start of a command, by their size
// or by what they do before main. encoding/json comes with ff, whose parser of
// JSON cannot be left out; nothing here uses it: see TestNoJSON.
var never = []string{"net", "net/*", "crypto", "crypto/*", "regexp", "*/template", "os/*", "log", "log/*", "context", "runtime/cgo",
	"github.com/landlock-lsm/go-landlock/landlock",
	"github.com/nono-sandbox/nono/core/supervise", "github.com/nono-sandbox/nono/core/supervise/*"}

func TestPackages(t *testing.T) {
	linked := testenv.Linked(t)
	if !slices.Contains(linked, "github.com/nono-sandbox/nono/core/policy") {
		t.Fatalf("nono-run links %q alone", linked)
	}
	for _, p := range linked {
		for _, pattern := range never {
			if no, err := path.Match(pattern, p); no || err != nil {
				t.Errorf("nono-run links %s: %v", p, err)
			}
		}
	}
}

// Nothing of nono's own is computed before main: Go tells of every package that
// does, with what it took.
func TestNoInit(t *testing.T) {
	cmd := exec.Command(testenv.Build(t, "github.com/nono-sandbox/nono/nono-run"), "--version")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var trace strings.Builder
	cmd.Stderr = &trace
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(trace.String(), "init os @") {
		t.Fatalf("no trace: %q", trace.String())
	}
	for line := range strings.Lines(trace.String()) {
		if strings.HasPrefix(line, "init main ") || strings.Contains(line, "nono-sandbox") {
			t.Error(line)
		}
	}
}

// encoding/json looks methods up by their names, so the linker keeps every method of every
// type beside it: a tenth of the program. nono-hook has it instead.
func TestNoJSON(t *testing.T) {
	for program, want := range map[string]bool{"nono-run": false, "nono-why": false, "nono-hook": true} {
		text, err := os.ReadFile(testenv.Build(t, "github.com/nono-sandbox/nono/"+program))
		if err != nil {
			t.Fatal(err)
		}
		// Go's runtime has the names of all functions.
		if has := bytes.Contains(text, []byte("encoding/json.(*decodeState)")); has != want {
			t.Errorf("%s links encoding/json: %v", program, has)
		}
	}
}

// A record holds any bytes, as JSON.
func TestText(t *testing.T) {
	words := []string{"", "a b", `"quoted"`, "\\", "a\"b", "\x00\x1f\x7f\n\t", "é😀\u2028\ufffd", "<&>", "\xff"}
	o := jsonobject.Append(nil)
	o.Texts("words", texts(words))
	var got struct{ Words []string }
	if err := json.Unmarshal(o.End(), &got); err != nil {
		t.Fatal(err)
	}
	for i := range words {
		if want := text(words[i]); got.Words[i] != want {
			t.Errorf("%q became %q, want %q", words[i], got.Words[i], want)
		}
	}
	if got := text("\xff"); got != `"\xff"` {
		t.Error(got)
	}
}
