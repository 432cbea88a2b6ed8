//go:build linux

package oracle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// A run is one command line over one tree: what nono-why says of it is held
// against what nono-run comes to, from flags to errno.
type run struct {
	*trial
	bin   string // where the programs are
	cwd   string
	temp  string
	flags []string
	// besides are flags that need a supervisor.
	besides []string
}

// TestFlags is TestOracle from the command line on: random flags, paths as people
// spell them, a random working directory, and the suggestions as they are pasted.
func TestFlags(t *testing.T) { compareFlags(t, nil) }

// TestFlagsSupervised is TestFlags where a supervisor makes names beside what is denied, or
// removes the directories that the run has made, or holds metadata.
func TestFlagsSupervised(t *testing.T) {
	compareFlags(t, [][]string{{"--allow-beside-denied"}, {"--allow-rmdir-own"}, {"--allow-beside-denied", "--allow-rmdir-own"},
		{"--hold-metadata"}, {"--allow-beside-denied", "--hold-metadata"}})
}

// compareFlags draws cases; each has one of the sets of flags besides, if there are any.
func compareFlags(t *testing.T, besides [][]string) {
	testenv.RequireLandlock(t, kernel.ABITruncate)
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("suggestions are pasted into bash, which is not here")
	}
	support, err := kernel.Detect()
	must(t, err)
	bin := filepath.Join(testenv.User{}.Dir(t), "bin")
	must(t, os.Mkdir(bin, 0o755))
	for _, name := range []string{"nono-run", "nono-why", "nono-exec-shim", "nono-supervise"} {
		text, err := os.ReadFile(testenv.Build(t, "../../"+name))
		must(t, err, os.WriteFile(filepath.Join(bin, name), text, 0o755))
	}
	probe := testenv.Build(t, suite.Probe)
	first, only := seed(t)
	t.Logf("NONO_SEED=%d+ draws these cases again", first)
	var n tally
	for i := uint64(0); ; i++ {
		c := &run{trial: &trial{t: t, seed: first + i, n: &n, abi: support.ABI, probe: probe}, bin: bin}
		if len(besides) > 0 {
			c.besides = besides[(first+i)%uint64(len(besides))]
		}
		c.draw()
		done := n.spent > shortTime
		if os.Getenv("NONO_LONG") != "" {
			done = n.pairs >= longPairs/4
		}
		if t.Failed() || only || done {
			break
		}
	}
	t.Logf("%d cases, %d answers compared, %d of them denials; %d suggestions applied; %d starts refused alike; %d not undoable",
		n.cases, n.pairs, n.denied, n.suggestions, n.failedStarts, n.skipped)
	if !only && (n.pairs < 100 || n.denied == n.pairs || n.denied == 0) {
		t.Errorf("too little was compared")
	}
}

// draw makes one case up and compares it.
func (c *run) draw() {
	t, root := c.t, os.Geteuid() == 0
	start := time.Now()
	defer func() { c.n.spent += time.Since(start) }()
	r := rand.New(rand.NewPCG(c.seed, 2))
	if c.user = os.Getuid(); root && r.IntN(2) == 0 {
		c.user = testenv.Nobody
	}
	base, err := os.MkdirTemp([]string{"/tmp", "/dev/shm"}[r.IntN(2)], "nono-oracle-")
	c.temp = filepath.Join(base, "temp")
	must(t, err, os.Chmod(base, 0o755), os.Mkdir(c.temp, 0o700), os.Lchown(c.temp, c.user, c.user))
	defer func() { must(t, os.RemoveAll(base)) }()
	body := func() {
		c.tree = grow(t, r, base, c.user, root)
		defer c.tree.fell()
		if r.IntN(3) == 0 {
			c.tree.home(t)
		}
		c.flags = append(c.tree.randomFlags(), c.besides...)
		c.cwd = c.tree.real(c.tree.pick(c.tree.dirs))
		c.compare(r)
	}
	if root {
		testenv.PrivateMounts(t, body)
	} else {
		body()
	}
	c.n.cases++
}

// command is a program of the suite as the case's user, in its directory.
func (c *run) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = c.cwd
	cmd.Env = []string{"HOME=" + c.tree.root, "PATH=" + c.bin + ":/usr/bin:/bin", "TMPDIR=" + c.temp, "LC_ALL=C"}
	if c.user != os.Getuid() {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(c.user), Gid: uint32(c.user)}}
	}
	return cmd
}

// start is nono-run with the probe; more is text for a shell.
func (c *run) start(flags []string, more string) (*kernelEnd, error) {
	script := `exec nono-run --silent "$@" ` + more + ` -- "$0"`
	k, err := talk(c.t, c.command("bash", append([]string{"-c", script, c.probe}, flags...)...), c.user)
	if k != nil {
		k.cut = c.cwd
	}
	return k, err
}

// An answer is what nono-why says.
type answer struct {
	Status, Errno, Reason, Note, Suggestion, Error string
	Exists                                         bool
}

func (a *answer) verdict(q query.Question) *query.Verdict {
	return &query.Verdict{Op: q.Op, Path: q.Path, To: q.To, Status: query.Status(a.Status), Errno: a.Errno, Note: a.Note, Exists: a.Exists, Reason: query.Reason(a.Reason)}
}

// why asks all the questions at once; more is text for a shell.
func (c *run) why(flags []string, more string, all []query.Question) ([]answer, error) {
	var in bytes.Buffer
	for _, q := range all {
		fmt.Fprintf(&in, "%s %q", q.Op, relative(q.Path, c.cwd))
		if q.Op.Two() {
			fmt.Fprintf(&in, "\t%q", relative(q.To, c.cwd))
		}
		in.WriteByte('\n')
	}
	cmd := c.command("bash", append([]string{"-c", `exec nono-why "$@" ` + more + ` --read-file "$0" --batch`, c.probe}, flags...)...)
	cmd.Stdin = &in
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var answers []answer
	for line := range bytes.Lines(out) {
		var a answer
		if err := json.Unmarshal(line, &a); err != nil {
			return nil, err
		}
		if a.Error != "" {
			return nil, fmt.Errorf("%s", a.Error) // it would not start
		}
		answers = append(answers, a)
	}
	if len(answers) != len(all) {
		return nil, fmt.Errorf("%v %s", err, stderr.String())
	}
	return answers, nil
}

// compare holds the answers against the kernel.
func (c *run) compare(r *rand.Rand) {
	var all []query.Question
	for range 40 {
		q := c.tree.question()
		q.Path = c.spell(r, q.Path)
		all = append(all, q)
	}
	if err := c.command("true").Run(); err != nil {
		c.n.skipped++
		return // the user cannot be in that directory
	}
	answers, whyErr := c.why(c.flags, "", all)
	k, err := c.start(c.flags, "")
	if (err == nil) != (whyErr == nil) {
		c.t.Errorf("%s\nnono-why says %v, nono-run %v", c.about(), whyErr, err)
	}
	if err != nil || whyErr != nil {
		c.n.failedStarts++
		return
	}
	var hints []int
	for i, q := range all {
		v := answers[i].verdict(q)
		errno, changed, err := k.do(c.tree, q)
		if err == errIrreversible {
			c.n.skipped++
			continue
		}
		if err != nil {
			c.t.Errorf("%s\n%s\nthe probe: %v", c.about(), text(q, &answers[i]), err)
			break
		}
		c.n.pairs++
		if errno != 0 {
			c.n.denied++
		}
		if msg := differ(c.tree, q, v, errno); msg != "" {
			c.t.Errorf("%s\n%s\n%s", c.about(), text(q, &answers[i]), msg)
			break
		}
		if answers[i].Suggestion != "" {
			hints = append(hints, i)
		}
		if changed {
			k.end()
			if k, err = c.start(c.flags, ""); err != nil {
				c.t.Errorf("%s\nafterwards: %v", c.about(), err)
				return
			}
			// What is mounted elsewhere is no longer what was brought back here.
			if i+1 == len(all) {
				break
			}
			rest, err := c.why(c.flags, "", all[i+1:])
			if err != nil {
				c.t.Errorf("%s\nafterwards: %v", c.about(), err)
				return
			}
			copy(answers[i+1:], rest)
		}
	}
	k.end()
	for range min(3, len(hints)) {
		i := hints[r.IntN(len(hints))]
		c.paste(all[i], &answers[i])
	}
}

// spell makes some paths relative to the working directory in a roundabout way;
// those beneath it become relative anyway.
func (c *run) spell(r *rand.Rand, path string) string {
	if rel, err := filepath.Rel(c.cwd, path); err == nil && r.IntN(4) == 0 && !strings.HasSuffix(path, "/") && !strings.Contains(path, "/.") {
		return c.cwd + "/" + rel
	}
	return path
}

func (c *run) about() string {
	text := fmt.Sprintf("NONO_SEED=%d: uid %d in %q: %q\nmounts %q\n%s", c.seed, c.user, c.cwd, c.flags, c.tree.mounts, c.tree.print())
	return strings.ReplaceAll(strings.ReplaceAll(text, long, "LONG"), filepath.Dir(c.tree.root), "")
}

func text(q query.Question, a *answer) string {
	return fmt.Sprintf("%s %q %q: %+v", q.Op, q.Path, q.To, *a)
}
