// Package oracle holds what nono-why says against what the kernel does: random
// trees, random specs, every operation, as root and as an ordinary user.
package oracle

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/testenv"
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

// TestOracle draws cases until its time is over; with NONO_LONG=1, until it has
// compared longPairs answers. NONO_SEED=N draws the one case with that seed, and
// NONO_SEED=N+ goes on from it.
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
	if text == "" {
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
	actor string
	user  int
	n     *tally
}

// runCase runs one case on a thread with its own mounts, if it may have them.
func runCase(t *testing.T, seed uint64, n *tally) {
	root := os.Geteuid() == 0
	r := rand.New(rand.NewPCG(seed, 1))
	c := &trial{t: t, seed: seed, n: n, user: os.Getuid(), actor: testenv.Build(t, "./actor")}
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
		var v query.Verdict
		c.as(func() { v = asker.Ask(q) })
		errno, changed, err := k.do(c.tree, q)
		if err == errIrreversible {
			c.n.skipped++
			continue
		}
		if err != nil {
			c.t.Errorf("%s\nthe actor: %v", c.story(q, &v), err)
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
		if msg := c.sketch(q, &v); msg != "" {
			c.t.Errorf("%s\n%s", c.story(q, &v), msg)
			return
		}
		if now := c.tree.print(); !changed && now != shape {
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

// sketch compares the verdict with the one that is made from the spec's lines
// alone. They may differ only by what hard links and bind mounts do.
func (c *trial) sketch(q query.Question, v *query.Verdict) string {
	if len(c.tree.mounts) > 0 || len(c.tree.saved) < len(c.tree.files) {
		return ""
	}
	var other query.Verdict
	c.as(func() { other = query.Inside(c.spec, c.abi, "/").Ask(q) })
	if other.Status != v.Status || other.Errno != v.Errno || other.Reason != v.Reason {
		return fmt.Sprintf("by the lines alone: %+v", other)
	}
	return ""
}

// start makes both sides ready. They must agree on whether the spec can be
// applied at all.
func (c *trial) start(s *spec.Spec) (*query.Asker, *kernelEnd) {
	var asker *query.Asker
	var askErr error
	c.as(func() { asker, askErr = query.New(s, c.abi, "/") })
	k, err := launch(c.t, c.shim, c.actor, s, c.user)
	if (err == nil) != (askErr == nil) {
		c.t.Errorf("seed %d: the query says %v, the shim %v\n%s", c.seed, askErr, err, s.Append(nil))
	}
	if err != nil {
		c.n.failedStarts++
		return nil, nil
	}
	return asker, k
}

// differ says how the verdict and the kernel disagree, or returns "".
func differ(t *tree, q query.Question, v *query.Verdict, got syscall.Errno) string {
	want := v.Errno
	is := unix.ErrnoName(got)
	kind := uint32(0)
	if st, err := os.Stat(q.Path); err == nil {
		kind = st.Sys().(*syscall.Stat_t).Mode & unix.S_IFMT
	}
	switch {
	case got == unix.ENXIO && kind == unix.S_IFIFO && q.Op == query.Write, // nobody reads it
		got == unix.ENOTTY && kind == unix.S_IFCHR && q.Op == query.Ioctl, // it came to the driver
		got == unix.ECONNREFUSED && kind == unix.S_IFSOCK,                 // nobody listens
		got == unix.ENOTEMPTY && (q.Op == query.Rmdir || q.Op == query.Delete || q.Op == query.RenameTo) && want == "":
		is = ""
	case got == unix.EEXIST && q.Op == query.RenameTo && want == "":
		is = "" // another word for ENOTEMPTY
	}
	absent := v.Status == query.Allowed && v.Errno == "ENOENT" && !v.Exists
	switch {
	case want != "" && is != "" && (covered(q.Path) || covered(q.To)):
		return "" // what is beneath a mount, and is meant, cannot be seen: only that it fails is known
	case v.Note == query.Unread:
		return "" // it says that it does not know
	case want != is:
		return fmt.Sprintf("the query says %q, the kernel %q", want, is)
	case (v.Status == query.Allowed) != (is == "") && !absent:
		return fmt.Sprintf("the status is %s, the kernel says %q", v.Status, is)
	}
	return ""
}

// covered reports whether something is mounted at the last name of path.
func covered(path string) bool {
	at, exists := lastOf(path)
	var st unix.Statx_t
	return exists && unix.Statx(unix.AT_FDCWD, at, unix.AT_SYMLINK_NOFOLLOW, 0, &st) == nil && st.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0
}

// tryHint applies a suggestion: then both must allow.
func (c *trial) tryHint(q query.Question, v *query.Verdict) {
	s := query.Apply(c.spec, v.Suggestion)
	asker, k := c.start(s)
	if asker == nil || k == nil {
		c.t.Errorf("%s\nthe suggestion %s stops the start", c.story(q, v), v.Suggestion)
		return
	}
	defer k.end()
	var after query.Verdict
	c.as(func() { after = asker.Ask(q) })
	errno, _, err := k.do(c.tree, q)
	if err != nil {
		c.t.Errorf("%s\nthe actor: %v", c.story(q, v), err)
		return
	}
	c.n.suggestions++
	if msg := differ(c.tree, q, &after, errno); msg != "" || after.Status != query.Allowed {
		c.t.Errorf("%s\nafter %s: %s %s %s", c.story(q, v), v.Suggestion, after.Status, after.Errno, msg)
	}
}

func (c *trial) story(q query.Question, v *query.Verdict) string {
	text := fmt.Sprintf("NONO_SEED=%d: uid %d, ABI %d\n%smounts %q\n%s %q %q: %+v\n%s", c.seed, c.user, c.abi, c.spec.Append(nil), c.tree.mounts, q.Op, q.Path, q.To, *v, c.tree.print())
	return strings.ReplaceAll(strings.ReplaceAll(text, long, "LONG"), filepath.Dir(c.tree.root), "")
}

// randomSpec grants and denies things in the tree.
func (t *tree) randomSpec() *spec.Spec {
	s := &spec.Spec{Net: t.r.IntN(2) == 0, UnixSockets: t.r.IntN(3) == 0, Rmdir: t.r.IntN(3) == 0}
	kinds := []spec.Kind{spec.Read, spec.Write, spec.Allow, spec.Allow, spec.ReadFile, spec.WriteFile, spec.AllowFile,
		spec.Device, spec.Temp, spec.Deny, spec.Deny, spec.Deny, spec.DenyWrite, spec.DenyWrite}
	have := map[string]bool{}
	if t.r.IntN(4) > 0 {
		k := []spec.Kind{spec.Allow, spec.Allow, spec.Temp, spec.Read, spec.Write}[t.r.IntN(5)]
		s.Paths = append(s.Paths, spec.Path{Kind: k, Path: t.root, By: "--test"})
	}
	for range 1 + t.r.IntN(7) {
		p := spec.Path{Kind: kinds[t.r.IntN(len(kinds))], By: "--test"}
		if p.Path = t.granted(p.Kind); p.Path == "" || have[p.Path] && t.r.IntN(4) > 0 {
			continue
		}
		if !p.Kind.Grants() {
			p.By = []string{"a category", "--deny", "blocked command: a category"}[t.r.IntN(3)]
			if p.Kind == spec.DenyWrite {
				p.By = "a category"
			}
		}
		p.Optional = t.r.IntN(5) == 0
		have[p.Path] = true
		s.Paths = append(s.Paths, p)
	}
	if t.r.IntN(12) == 0 {
		s.Paths = append(s.Paths, spec.Path{Kind: []spec.Kind{spec.Read, spec.Allow}[t.r.IntN(2)], Path: "/", By: "--test"})
	}
	return s
}

// granted returns a path in the tree that a line of kind k can have, or "".
func (t *tree) granted(k spec.Kind) string {
	switch {
	case !k.Grants() && t.r.IntN(3) == 0:
		return filepath.Join(t.real(t.pick(t.dirs)), t.name())
	case !k.Grants() && t.r.IntN(2) == 0 && len(t.files) > 0:
		return t.real(t.pick(t.files))
	case k.Directory() || !k.Grants():
		return t.real(t.pick(t.dirs))
	case len(t.files) == 0:
		return ""
	}
	p := t.real(t.pick(t.files))
	st, err := os.Lstat(p)
	if err != nil || st.IsDir() || st.Mode()&os.ModeSymlink != 0 || k == spec.Device && st.Mode()&os.ModeDevice == 0 {
		return ""
	}
	return p
}

// real is path without the symlinks on its way; the last name is not followed.
func (t *tree) real(path string) string {
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(dir, filepath.Base(path))
	}
	return path
}

// question makes one up.
func (t *tree) question() query.Question {
	q := query.Question{Op: query.Ops[t.r.IntN(len(query.Ops))], Path: t.asked()}
	switch q.Op {
	case query.Create, query.Mkdir, query.Symlink, query.Mkfifo, query.Mksock, query.Mkdev:
		if t.r.IntN(4) > 0 {
			q.Path = t.pick(t.dirs) + "/" + t.name()
		}
	}
	if q.Op.Two() {
		q.To = t.asked()
	}
	return q
}

// asked is a path in the tree, spelled in some way.
func (t *tree) asked() string {
	all := slices.Concat(t.dirs, t.files, t.files)
	p := t.pick(all)
	switch t.r.IntN(16) {
	case 0:
		p = t.pick(t.dirs) + "/" + t.name() + "/../" + t.name()
	case 1:
		p += "/" + t.name()
	case 2:
		p = t.pick(t.dirs) + "/" + t.name()
	case 3:
		if len(t.links) > 0 {
			p = t.pick(t.links) + "/" + t.name()
		}
	case 4:
		p += []string{"/", "/.", "/..", "//"}[t.r.IntN(4)]
	case 5:
		p = t.pick(t.dirs) + "/./" + t.name() + "/" + t.name()
	}
	return p
}
