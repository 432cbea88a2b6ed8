package main_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/testenv"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

const module = "github.com/nono-sandbox/nono/"

// shimFor builds the shim for a kernel that has at most that Landlock ABI.
func shimFor(t testing.TB, abi int) string {
	t.Helper()
	return testenv.Build(t, module+"nono-exec-shim", "-ldflags=-s -w -X "+module+"core/kernel.lower="+strconv.Itoa(abi))
}

func probePath(t testing.TB) string {
	t.Helper()
	return testenv.Build(t, module+"tests/internal/probe")
}

// scalars ends a spec that blocks all that can be blocked.
const scalars = "net block\nunix-sockets block\nrmdir block\n"

// A place is where one test has its files: $D in specs and operations.
type place struct {
	u    testenv.User
	dir  string
	shim string
}

func newPlace(t testing.TB, u testenv.User, shim string) *place {
	t.Helper()
	return &place{u: u, dir: u.Dir(t), shim: shim}
}

// spec writes a spec that allows the probe itself and what lines say, which are
// separated by semicolons. A line of a scalar replaces its default.
func (p *place) spec(t testing.TB, lines string) string {
	t.Helper()
	doc := "nono-spec 1\nread-file " + probePath(t) + "\n"
	end := scalars
	for line := range strings.SplitSeq(lines, ";") {
		line = strings.TrimSpace(p.in(line))
		if name, value, _ := strings.Cut(line, " "); value == "allow" {
			end = strings.Replace(end, name+" block\n", "", 1) + line + "\n"
			continue
		}
		if line != "" {
			doc += line + "\n"
		}
	}
	return p.file(t, "the.spec", doc+end)
}

// file writes a file next to the place's directory, so that no grant covers it.
func (p *place) file(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(testenv.User{Name: "own"}.Dir(t), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func (p *place) in(text string) string { return strings.ReplaceAll(text, "$D", p.dir) }

// An outcome is how one program ended and what it said.
type outcome struct {
	status int // 128 and the signal's number, if one ended it
	stdout string
	stderr string
}

func run(t testing.TB, cmd *exec.Cmd) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if cmd.Stdout == nil {
		cmd.Stdout = &stdout
	}
	cmd.Stderr = &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	o := outcome{stdout: stdout.String(), stderr: stderr.String(), status: cmd.ProcessState.ExitCode()}
	if o.status < 0 {
		o.status = 128 + int(signalOf(cmd))
	}
	return o
}

// outside runs operations of the probe without a sandbox, as the place's user.
func (p *place) outside(t testing.TB, ops ...string) []string {
	t.Helper()
	return p.answers(t, p.u.Command(probePath(t), p.words(ops)...), ops)
}

// inside runs them in the sandbox that lines describe.
func (p *place) inside(t testing.TB, lines string, ops ...string) []string {
	t.Helper()
	return p.answers(t, p.command(t, lines, ops...), ops)
}

func (p *place) command(t testing.TB, lines string, ops ...string) *exec.Cmd {
	t.Helper()
	return p.u.Command(p.shim, append([]string{p.spec(t, lines), "--", probePath(t)}, p.words(ops)...)...)
}

// words turns "OP ARGUMENT …" operations into the probe's arguments.
func (p *place) words(ops []string) []string {
	var w []string
	for i, op := range ops {
		if i > 0 {
			w = append(w, ",")
		}
		for _, f := range strings.Fields(op) {
			w = append(w, p.in(f))
		}
	}
	return w
}

// answers runs the probe and returns its answer to each operation. The probe
// must have lived to say that it finished.
func (p *place) answers(t testing.TB, cmd *exec.Cmd, ops []string) []string {
	t.Helper()
	o := run(t, cmd)
	lines := strings.Split(strings.TrimSuffix(o.stdout, "\n"), "\n")
	if o.status != 0 || len(lines) != len(ops)+1 || lines[len(ops)] != "finished" {
		t.Fatalf("%q: status %d, and the probe did not finish\n%s%s", cmd.Args, o.status, o.stdout, o.stderr)
	}
	return lines[:len(ops)]
}

// abis returns the ABIs to test: each that this kernel has.
func abis(t testing.TB) []int {
	t.Helper()
	testenv.RequireLandlock(t, 1)
	support, err := kernel.Detect()
	if err != nil {
		t.Fatal(err)
	}
	all := []int{}
	for abi := kernel.MinABI; abi <= support.ABI; abi++ {
		all = append(all, abi)
	}
	return all
}

// within reports whether there are both older and newer ABIs, and no long run is wanted.
func within(t testing.TB, abi int) bool {
	all := abis(t)
	return os.Getenv("NONO_LONG") != "1" && abi > all[0] && abi < all[len(all)-1]
}

// eachABI runs f for each ABI and each kind of user.
func eachABI(t *testing.T, f func(t *testing.T, abi int, u testenv.User)) {
	for _, abi := range abis(t) {
		t.Run(fmt.Sprintf("ABI=%d", abi), func(t *testing.T) {
			testenv.AsUsers(t, func(t *testing.T, u testenv.User) { f(t, abi, u) })
		})
	}
}
