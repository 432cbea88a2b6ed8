//go:build linux

package oracle

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
	"golang.org/x/sys/unix"
)

// Where query and kernel once disagreed. A tree is made of steps: d DIR, f FILE,
// x PROGRAM, h NEW OLD (hard link), s NEW TARGET (symlink), script FILE
// INTERPRETER, null FILE, rootdir DIR, private DIR (root alone may list it), tmpfs AT, bind AT FROM, overlay AT LOWER, ro AT. In a spec,
// paths are of the tree, and a word with dashes is a line of that flag's.
var found = []struct {
	name       string
	tree, spec string
	op         query.Op
	path, to   string
	errno      string // "" for success
	user       bool   // ask as an ordinary user
	suggestion string // if not ""
}{
	{name: "ioctl needs a right on devices alone", tree: "f a", spec: "read .", op: query.Ioctl, path: "a", errno: "ENOTTY"},
	{name: "a read-only mount comes before what is missing", tree: "d m; d n; bind m n; ro m", spec: "temp .", op: query.Rmdir, path: "m/gone", errno: "EROFS"},
	{name: "dot-dot is looked up before a rename leaves it", tree: "d a; d a/m; tmpfs a/m; f b", spec: "allow .", op: query.RenameTo, path: "b", to: "a/m/..", errno: "EXDEV"},
	{name: "what is under a mount is not what is seen", tree: "f a; null n; bind a n", spec: "allow .", op: query.RenameTo, path: "a", to: "b", errno: "EBUSY"},
	{name: "something is mounted on it by another of its names", tree: "d a; d a/c; bind a/c a", spec: "temp .", op: query.Rmdir, path: "a/c/c", errno: "EBUSY"},
	{name: "two names, but one is a mount", tree: "f a; f b; f c; h d c; bind a c", spec: "allow .", op: query.RenameTo, path: "a", to: "d", errno: "EBUSY"},
	{name: "two names of one file", tree: "f a; h b a", spec: "allow .", op: query.RenameTo, path: "a", to: "b", errno: ""},
	{name: "a script whose interpreter is missing", tree: "script a /nonexistent", spec: "read .", op: query.Execute, path: "a", errno: "ENOENT"},
	{name: "a script line that is cut short", tree: "script a /" + strings.Repeat("n", 300), spec: "read .", op: query.Execute, path: "a", errno: "ENOEXEC"},
	{name: "a script line with a space", tree: "script a /bin/no such", spec: "read .", op: query.Execute, path: "a", errno: "ENOENT"},
	{name: "a script whose interpreter is not granted", tree: "d i; x i/p; d s; script s/a @/i/p", spec: "read s", op: query.Execute, path: "s/a", errno: "EACCES", suggestion: "--read-file @/i/p"},
	{name: "connecting on a read-only mount", tree: "d n; f n/f; d m; bind m n; ro m", spec: "read .; unix-sockets", op: query.Connect, path: "m/f", errno: "ECONNREFUSED"},
	{name: "protected hard links come before Landlock", tree: "d a; rootdir r", spec: "allow .; deny a/no", op: query.LinkTo, path: "r", to: "a/x", errno: "EPERM", user: true},
	{name: "reading was not granted after all", tree: "f a; h d/b a", spec: "temp .; deny d/b", op: query.ReadWrite, path: "a", errno: "EACCES", suggestion: "--allow-file @/a"},
	{name: "made and then not opened", tree: "d a", spec: "write a", op: query.ReadWrite, path: "a/new", errno: "EACCES", suggestion: "--read @/a"},
	{name: "a deny of what does not exist", tree: "d a", spec: "allow a; deny a/no", op: query.Mkdir, path: "a/no", errno: "EACCES"},
	{name: "beside a deny of what does not exist", tree: "d a", spec: "allow a; deny a/no", op: query.Mkdir, path: "a/yes", errno: "EACCES"},
	{name: "listing beside a denied file", tree: "f a/no", spec: "read a; deny a/no", op: query.List, path: "a", errno: ""},
	{name: "listing beside a denied directory", tree: "d a/no", spec: "read a; deny a/no", op: query.List, path: "a", errno: "EACCES"},
	{name: "a file moved to where it could be read", tree: "f a/f; d b", spec: "write a; allow b", op: query.RenameTo, path: "a/f", to: "b/f", errno: "EXDEV", suggestion: "--allow @/a"},
	{name: "and the other way", tree: "f a/f; d b", spec: "write a; allow b", op: query.RenameTo, path: "a/f", to: "b/x", errno: "EXDEV"},
	{name: "a file moved to where it can do less", tree: "f a/f; d b", spec: "allow a; write b", op: query.RenameTo, path: "a/f", to: "b/f", errno: ""},
	{name: "a link out of a directory that is not granted", tree: "f a/f; d b", spec: "read a; allow b", op: query.LinkTo, path: "a/f", to: "b/f", errno: "EXDEV"},
	{name: "renaming a directory", tree: "d a/d", spec: "allow a", op: query.RenameTo, path: "a/d", to: "a/e", errno: "EACCES", suggestion: "--allow-rmdir"},
	{name: "renaming a directory in a temp", tree: "d a/d", spec: "temp a", op: query.RenameTo, path: "a/d", to: "a/e", errno: ""},
	{name: "moving a device", tree: "null a/n", spec: "temp a", op: query.RenameTo, path: "a/n", to: "a/m", errno: "EACCES"},
	{name: "a mount counts as the directory of its top", tree: "d a/b; d a/b/no; d c; bind c a/b", spec: "allow .; deny a/b/no", op: query.LinkTo, path: "c", to: "c/x", errno: "EACCES"},
	{name: "linking the top of a mount", tree: "d a/b/d; d c; bind c a/b", spec: "allow .", op: query.LinkTo, path: "c", to: "c/d/x", errno: "EPERM"},
	{name: "a slash is looked at before a symlink", tree: "s l @/no/where", spec: "allow .", op: query.Write, path: "l/", errno: "EISDIR"},
	{name: "a slash in what a symlink leads to", tree: "s l @/m/; s m @/no/where", spec: "allow .", op: query.Write, path: "l", errno: "EISDIR"},
	{name: "linking a directory by dot-dot", tree: "d c/a; d b/d/no", spec: "allow .; deny b/d/no", op: query.LinkTo, path: "c/a/..", to: "b/x", errno: "EACCES"},
	{name: "linking a directory by dot-dot, in a chain", tree: "d c/a; d b; f x/no", spec: "allow .; deny x/no", op: query.LinkTo, path: "c/a/..", to: "b/x", errno: "EXDEV"},
	{name: "a mount beneath a deny is given back with it", tree: "d a/m; d b; d c; tmpfs a/m; bind b c", spec: "allow a; deny a", op: query.List, path: "a/m", errno: ""},
	{name: "a grant loses to --deny-write at its path", tree: "f a", spec: "allow .; --deny-write a", op: query.Write, path: "a", errno: "EACCES", suggestion: "leave out --deny-write @/a"},
	{name: "and is needed besides", tree: "f a", spec: "read .; --deny-write a", op: query.Write, path: "a", errno: "EACCES", suggestion: "--write-file @/a, and leave out --deny-write @/a"},
	{name: "beneath a --deny a file is given back", tree: "f a/f", spec: "allow .; --deny a", op: query.Read, path: "a/f", errno: "EACCES", suggestion: "--read-file @/a/f"},
	{name: "at a --deny nothing is", tree: "f a", spec: "allow .; --deny a", op: query.Read, path: "a", errno: "EACCES", suggestion: "leave out --deny @/a"},
	{name: "a denied symlink", tree: "f b/f; d a; s a/l ../b", spec: "allow .; --deny a/l; --deny b", op: query.Read, path: "b/f", errno: "EACCES", suggestion: "--read-file @/b/f"},
	{name: "what denied it is named", tree: "d b; d a; s a/l ../b", spec: "allow .; --deny a/l; --deny b", op: query.Read, path: "b", errno: "EACCES", suggestion: "leave out --deny @/a/l"},
	{name: "a directory that is granted by another name", tree: "d a; d b; bind b a", spec: "write b", op: query.Mksock, path: "a/new", errno: "EPERM", suggestion: "--allow-unix-sockets"},
	{name: "a suggestion that would stop the start", tree: "d x/d; private x/shut", spec: "allow .; --deny x; deny x/shut/no", op: query.Read, path: "x/d/none/new", errno: "ENOENT", user: true},
	{name: "hard links in the lower part of an overlay", tree: "f l/a; h l/b l/a; d m; overlay m l", spec: "read-file m/a", op: query.Read, path: "m/b", errno: "EACCES", suggestion: "--read-file @/m/b"},
	{name: "one name in an overlay", tree: "f l/a; h l/b l/a; d m; overlay m l", spec: "read-file m/a", op: query.Read, path: "m/a", errno: ""},
	{name: "through a symlink and back", tree: "d a/b; d c; s c/l ../a/b; f a/f", spec: "read a", op: query.Read, path: "c/l/../f", errno: ""},
}

func TestFound(t *testing.T) {
	testenv.RequireLandlock(t, kernel.ABITruncate)
	testenv.RequireRoot(t, "mount, and make devices")
	support, err := kernel.Detect()
	must(t, err)
	probe := testenv.Build(t, suite.Probe)
	shim := testenv.Build(t, "../../nono-exec-shim")
	for _, f := range found {
		t.Run(f.name, func(t *testing.T) {
			if f.op == query.Mksock && support.ABI >= kernel.ABIUnix {
				t.Skip("this kernel can tell one Unix socket from another")
			}
			base := testenv.User{}.Dir(t)
			testenv.PrivateMounts(t, func() {
				tr := &tree{root: filepath.Join(base, "tree"), backup: filepath.Join(base, "backup"), saved: map[ident]string{}}
				c := &trial{t: t, tree: tr, abi: support.ABI, shim: shim, probe: probe, n: &tally{}}
				if f.user {
					c.user = testenv.Nobody
				}
				if err := tr.build(f.tree, c.user); err != nil {
					t.Error(err)
					return
				}
				defer tr.fell()
				c.spec = tr.parse(f.spec)
				q := query.Question{Op: f.op, Path: tr.root + "/" + f.path, To: tr.root + "/" + f.to}
				if !f.op.Two() {
					q.To = ""
				}
				c.one(q, f.errno, strings.ReplaceAll(f.suggestion, "@", tr.root))
			})
		})
	}
}

// one compares one answer, and what its suggestion comes to.
func (c *trial) one(q query.Question, errno, suggestion string) {
	asker, k := c.start(c.spec)
	if k == nil || asker == nil {
		c.t.Error("it does not start")
		return
	}
	defer k.end()
	v := c.ask(asker, q)
	got, _, err := k.do(c.tree, q)
	if err != nil {
		c.t.Errorf("%s\nthe probe: %v", c.story(q, &v), err)
		return
	}
	if msg := differ(c.tree, q, &v, got); msg != "" || v.Errno != errno {
		c.t.Errorf("%s\n%s; want %q", c.story(q, &v), msg, errno)
	}
	switch {
	case suggestion != "" && (v.Suggestion == nil || v.Suggestion.String() != suggestion):
		c.t.Errorf("%s\nthe suggestion is %v, want %s", c.story(q, &v), v.Suggestion, suggestion)
	case v.Suggestion != nil:
		c.tryHint(q, &v)
	}
}

// build makes a tree as found has it.
func (t *tree) build(steps string, owner int) error {
	t.owner = owner
	for _, dir := range []string{t.root, t.backup} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
	}
	for step := range strings.SplitSeq(steps, "; ") {
		f := strings.SplitN(step, " ", 3)
		p, arg := filepath.Join(t.root, f[1]), ""
		if len(f) > 2 {
			arg = strings.ReplaceAll(f[2], "@", t.root)
		}
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			return err
		}
		if err := t.step(f[0], p, arg); err != nil {
			return err
		}
		if f[0] != "rootdir" && f[0] != "private" {
			os.Lchown(p, owner, owner)
		}
	}
	return os.Chown(t.root, owner, owner)
}

func (t *tree) step(what, p, arg string) (err error) {
	switch what {
	case "d", "rootdir":
		t.dirs = append(t.dirs, p)
		return os.MkdirAll(p, 0o755)
	case "private":
		t.dirs = append(t.dirs, p)
		if err = os.MkdirAll(p, 0o711); err == nil {
			err = os.Chmod(p, 0o711)
		}
		return err
	case "tmpfs":
		t.mounts = append(t.mounts, p)
		return unix.Mount("none", p, "tmpfs", 0, "")
	case "bind":
		t.mounts = append(t.mounts, p)
		return unix.Mount(filepath.Join(t.root, arg), p, "", unix.MS_BIND, "")
	case "overlay":
		t.mounts = append(t.mounts, p)
		upper, work := filepath.Join(t.backup, "upper"), filepath.Join(t.backup, "work")
		if err = os.Mkdir(upper, 0o755); err == nil {
			err = os.Mkdir(work, 0o755)
		}
		if err != nil {
			return err
		}
		return unix.Mount("overlay", p, "overlay", 0, "lowerdir="+filepath.Join(t.root, arg)+",upperdir="+upper+",workdir="+work)
	case "ro":
		return unix.Mount("", p, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, "")
	case "f":
		err = os.WriteFile(p, nil, 0o644)
	case "x":
		err = os.WriteFile(p, []byte(tiny), 0o755)
	case "script":
		err = os.WriteFile(p, []byte("#!"+arg+"\n"), 0o755)
	case "h":
		err = os.Link(filepath.Join(t.root, arg), p)
	case "s":
		err = os.Symlink(arg, p)
	case "null":
		err = unix.Mknod(p, unix.S_IFCHR|0o666, int(unix.Mkdev(1, 3)))
	}
	if id, _, ok := identOf(p); ok && t.saved[id] == "" {
		t.saved[id] = filepath.Join(t.backup, filepath.Base(p)+filepath.Base(filepath.Dir(p)))
		if e := os.Link(p, t.saved[id]); e != nil {
			return e
		}
	}
	return err
}

// parse reads a spec as found has it.
func (t *tree) parse(text string) *spec.Spec {
	s := &spec.Spec{Switches: spec.Switches{Net: true}}
	for line := range strings.SplitSeq(text, "; ") {
		word, path, _ := strings.Cut(line, " ")
		if word == "unix-sockets" {
			s.UnixSockets = true
			continue
		}
		by := "test"
		if flag, ok := strings.CutPrefix(word, "--"); ok {
			by, word = word, flag
		}
		s.Paths = append(s.Paths, spec.Path{Kind: spec.KindOf(word), Path: filepath.Join(t.root, path), By: spec.ParseOrigin(by)})
	}
	return s
}
