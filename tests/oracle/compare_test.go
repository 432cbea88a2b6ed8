//go:build linux

package oracle

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/nono-sandbox/nono/core/advice"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec/document"
	"golang.org/x/sys/unix"
)

// ask asks, and has advice where the policy denies it.
func (c *trial) ask(asker *query.Asker, q query.Question) (v query.Verdict) {
	c.as(func() {
		v = asker.Ask(q)
		advice.New(advice.Sandbox{Spec: c.spec, ABI: c.abi, Platform: "linux", Dir: "/"}, asker).Advise(q, &v)
	})
	return v
}

// byLines compares the verdict with the one that is made from the spec's lines
// alone. They may differ only by what hard links and bind mounts do.
func (c *trial) byLines(q query.Question, v *query.Verdict) string {
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
	case is == "" && q.Op == query.RenameTo && (covered(q.Path) || covered(q.To)):
		return "" // what is beneath the mount is the same thing, so that nothing is done
	case v.Note == query.Unread:
		return "" // it says that it does not know
	case v.Note == query.OverlayDirectory && got == unix.EXDEV:
		return "" // so does this
	case q.Op == query.Connect && want == "ECONNREFUSED" && is == "EROFS" && kind != unix.S_IFSOCK:
		return "" // neither a socket nor on a file system that can be written
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
	s := advice.Edit(c.spec, v.Suggestion.Parts)
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
		c.t.Errorf("%s\nthe probe: %v", c.story(q, v), err)
		return
	}
	c.n.suggestions++
	if msg := differ(c.tree, q, &after, errno); msg != "" || after.Status != query.Allowed {
		c.t.Errorf("%s\nafter %s: %s %s %s", c.story(q, v), v.Suggestion, after.Status, after.Errno, msg)
	}
}

func (c *trial) story(q query.Question, v *query.Verdict) string {
	text := fmt.Sprintf("NONO_SEED=%d: uid %d, ABI %d\n%smounts %q\n%s %q %q: %+v\n%s", c.seed, c.user, c.abi, document.Append(nil, c.spec), c.tree.mounts, q.Op, q.Path, q.To, *v, c.tree.print())
	return strings.ReplaceAll(strings.ReplaceAll(text, long, "LONG"), filepath.Dir(c.tree.root), "")
}
