//go:build linux

// Package oracle holds what nono-why says against what the kernel does: random
// trees, random specs, every operation, as root and as an ordinary user.
package oracle

import (
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

const (
	shortTime = 6 * time.Second
	longPairs = 110_000
)

// tally counts what was compared.
type tally struct {
	pairs, denied, cases, failedStarts, suggestions, skipped int
	spent                                                    time.Duration // without builds
}

// TestOracle draws cases until its time is over, the same ones each time, so that
// what fails was broken by a change; with NONO_LONG=1, others each time and until it
// has compared longPairs answers. NONO_SEED=N draws the one case with that seed,
// and NONO_SEED=N+ goes on from it.
func TestOracle(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	first, only := seed(t)
	t.Logf("NONO_SEED=%d+ draws these cases again", first)
	var n tally
	for i := uint64(0); ; i++ {
		runCase(t, first+i, &n)
		done := n.spent > shortTime
		if os.Getenv("NONO_LONG") != "" {
			done = n.pairs >= longPairs
		}
		if t.Failed() || only || done {
			break
		}
	}
	t.Logf("%d cases, %d answers compared, %d of them denials; %d suggestions applied; %d starts refused alike; %d not undoable",
		n.cases, n.pairs, n.denied, n.suggestions, n.failedStarts, n.skipped)
	if !only && (n.pairs < 500 || n.denied == n.pairs || n.denied == 0) {
		t.Errorf("too little was compared")
	}
}

func seed(t *testing.T) (first uint64, only bool) {
	text, more := strings.CutSuffix(os.Getenv("NONO_SEED"), "+")
	switch {
	case text != "":
	case os.Getenv("NONO_LONG") == "":
		return 1, false
	default:
		return uint64(time.Now().UnixNano()) % 1_000_000_000, false
	}
	first, err := strconv.ParseUint(text, 10, 64)
	must(t, err)
	return first, !more
}

// A trial is one tree and one spec as one user on one kernel.
type trial struct {
	t     *testing.T
	seed  uint64
	tree  *tree
	spec  *spec.Spec
	abi   int
	shim  string
	probe string
	user  int
	n     *tally
}

// runCase runs one case on a thread with its own mounts, if it may have them.
func runCase(t *testing.T, seed uint64, n *tally) {
	root := os.Geteuid() == 0
	r := rand.New(rand.NewPCG(seed, 1))
	c := &trial{t: t, seed: seed, n: n, user: os.Getuid(), probe: testenv.Build(t, suite.Probe)}
	if root && r.IntN(2) == 0 {
		c.user = testenv.Nobody
	}
	support, err := kernel.Detect()
	must(t, err)
	c.abi = support.ABI
	if r.IntN(3) == 0 {
		c.abi = 1 + r.IntN(c.abi)
	}
	c.shim = testenv.Build(t, "../../nono-exec-shim", "-ldflags=-X github.com/nono-sandbox/nono/core/kernel.lower="+strconv.Itoa(c.abi))
	start := time.Now()
	defer func() { n.spent += time.Since(start) }()
	base, err := os.MkdirTemp([]string{"/tmp", "/dev/shm"}[r.IntN(2)], "nono-oracle-")
	must(t, err, os.Chmod(base, 0o755))
	defer func() { must(t, os.RemoveAll(base)) }()
	body := func() {
		c.tree = grow(t, r, base, c.user, root)
		defer c.tree.fell()
		c.spec = c.tree.randomSpec()
		c.run(r)
	}
	if root {
		testenv.PrivateMounts(t, body)
	} else {
		body()
	}
	n.cases++
}

// as runs f with the file permissions of the user, on this thread alone.
func (c *trial) as(f func()) {
	if c.user == os.Getuid() {
		f()
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	unix.RawSyscall(unix.SYS_SETGROUPS, 0, 0, 0)
	unix.RawSyscall(unix.SYS_SETRESGID, ^uintptr(0), uintptr(c.user), ^uintptr(0))
	unix.RawSyscall(unix.SYS_SETRESUID, ^uintptr(0), uintptr(c.user), ^uintptr(0))
	f()
	unix.RawSyscall(unix.SYS_SETRESUID, ^uintptr(0), 0, ^uintptr(0))
	unix.RawSyscall(unix.SYS_SETRESGID, ^uintptr(0), 0, ^uintptr(0))
}

func (c *trial) run(r *rand.Rand) {
	asker, k := c.start(c.spec)
	if asker == nil || k == nil {
		return
	}
	defer func() {
		if k != nil {
			k.end()
		}
	}()
	shape := c.tree.print()
	var hints []query.Verdict
	var asked []query.Question
	for range 60 {
		q := c.tree.question()
		v := c.ask(asker, q)
		errno, changed, err := k.do(c.tree, q)
		if err == errIrreversible {
			c.n.skipped++
			continue
		}
		if err != nil {
			c.t.Errorf("%s\nthe probe: %v", c.story(q, &v), err)
			return
		}
		c.n.pairs++
		if errno != 0 {
			c.n.denied++
		}
		if msg := differ(c.tree, q, &v, errno); msg != "" {
			c.t.Errorf("%s\n%s", c.story(q, &v), msg)
			return
		}
		if msg := c.byLines(q, &v); msg != "" {
			c.t.Errorf("%s\n%s", c.story(q, &v), msg)
			return
		}
		// To open a file of an overlay for writing, or to link it, may give it another
		// number.
		now := c.tree.print()
		changed = changed || now != shape && len(c.tree.overlays) > 0 && errno == 0
		if !changed && now != shape {
			c.t.Errorf("%s\nafterwards the tree is not what it was:\n%s", c.story(q, &v), now)
			return
		}
		if v.Suggestion != nil {
			hints, asked = append(hints, v), append(asked, q)
		}
		if changed {
			k.end()
			if asker, k = c.start(c.spec); k == nil || asker == nil {
				return
			}
			shape = c.tree.print()
		}
	}
	for range min(3, len(hints)) {
		i := r.IntN(len(hints))
		c.tryHint(asked[i], &hints[i])
	}
}

// start makes both sides ready. They must agree on whether the spec can be
// applied at all.
func (c *trial) start(s *spec.Spec) (*query.Asker, *kernelEnd) {
	var asker *query.Asker
	var askErr error
	c.as(func() { asker, askErr = query.New(s, c.abi, "/") })
	k, err := launch(c.t, c.shim, c.probe, s, c.user)
	if (err == nil) != (askErr == nil) {
		c.t.Errorf("seed %d: the query says %v, the shim %v\n%s", c.seed, askErr, err, document.Append(nil, s))
	}
	if err != nil {
		c.n.failedStarts++
		return nil, nil
	}
	return asker, k
}
