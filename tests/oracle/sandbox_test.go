//go:build linux

package oracle

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
	"github.com/nono-sandbox/nono/core/version"
	"golang.org/x/sys/unix"
)

// A kernelEnd answers what the kernel does to operations in one sandbox, through
// the real shim.
type kernelEnd struct {
	cmd *exec.Cmd
	cut string // of every path, which is relative then
	in  io.WriteCloser
	out *bufio.Reader
}

// launch starts the probe under s as user, by shim. The error is what the shim
// said instead of starting it.
func launch(tb testing.TB, shim, probe string, s *spec.Spec, user int) (*kernelEnd, error) {
	tb.Helper()
	full := *s
	full.Paths = append(full.Paths[:len(full.Paths):len(full.Paths)], spec.Path{Kind: spec.ReadFile, Path: probe, By: spec.ParseOrigin("the probe")})
	r, w, err := os.Pipe()
	must(tb, err)
	doc := document.Append(nil, &full)
	go func() { w.Write(doc); w.Close() }()
	defer r.Close()
	cmd := exec.Command(shim, "--fd=3", "--from="+version.String(), "--", probe)
	cmd.ExtraFiles = []*os.File{r}
	cmd.Dir = "/"
	return talk(tb, cmd, user)
}

// talk starts the probe by cmd as user.
func talk(tb testing.TB, cmd *exec.Cmd, user int) (*kernelEnd, error) {
	tb.Helper()
	k := &kernelEnd{cmd: cmd}
	var err error
	var stderr strings.Builder
	k.cmd.Stderr = &stderr
	if user != os.Getuid() {
		k.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(user), Gid: uint32(user)}}
	}
	if k.in, err = k.cmd.StdinPipe(); err == nil {
		var out io.ReadCloser
		if out, err = k.cmd.StdoutPipe(); err == nil {
			k.out = bufio.NewReader(out)
			err = k.cmd.Start()
		}
	}
	must(tb, err)
	if _, err := k.ask("nothing", "", ""); err != nil {
		k.cmd.Wait()
		return nil, fmt.Errorf("%s", strings.TrimSpace(stderr.String()))
	}
	return k, nil
}

func (k *kernelEnd) ask(op, path, to string) (syscall.Errno, error) {
	words := []string{op, strconv.Quote(relative(path, k.cut)), strconv.Quote(relative(to, k.cut))}
	if name, ok := probeNames[op]; ok {
		words[0] = name
	}
	if op == string(query.Symlink) {
		words = []string{op, "nowhere", words[1]}
	}
	if _, err := fmt.Fprintln(k.in, strings.Join(words, " ")); err != nil {
		return 0, err
	}
	line, err := k.out.ReadString('\n')
	if err != nil {
		return 0, err
	}
	answer := strings.TrimSpace(line)
	errno, ok := errnos[answer]
	if !ok {
		return 0, fmt.Errorf("the answer to %q is %q", words, answer)
	}
	return errno, nil
}

// probeNames has the probe's names of operations for which the query has others.
var probeNames = map[string]string{
	string(query.Read):     "open",
	string(query.Execute):  "runs",
	string(query.Delete):   "unlink",
	string(query.Mksock):   "unix-bind",
	string(query.Mkdev):    "mkchar",
	string(query.Truncate): "truncate-same",
	string(query.Metadata): "chmod-same",
	string(query.RenameTo): "rename",
	string(query.LinkTo):   "link",
	string(query.Ioctl):    "terminal",
	string(query.Connect):  "unix-place",
}

// errnos has the errno for each answer of the probe.
var errnos = func() map[string]syscall.Errno {
	all := map[string]syscall.Errno{"ok": 0}
	for n := syscall.Errno(1); n < 200; n++ {
		all[unix.ErrnoName(n)] = n
	}
	return all
}()

// relative is path as seen from the directory dir, where it is spelled as one
// beneath it; dir may be empty.
func relative(path, dir string) string {
	rest, ok := strings.CutPrefix(path, dir+"/")
	if dir == "" || !ok || rest == "" || rest[0] == '/' {
		return path
	}
	return rest
}

func (k *kernelEnd) end() {
	k.in.Close()
	k.cmd.Wait()
}

// errIrreversible is returned for an operation that could not be undone.
var errIrreversible = fmt.Errorf("it could not be undone")

// do performs the question's operation and undoes it. changed tells that
// something has another identity now, so that the sandbox's rules are stale.
func (k *kernelEnd) do(t *tree, q query.Question) (errno syscall.Errno, changed bool, err error) {
	at, exists := lastOf(q.Path)
	to, toExists := lastOf(q.To)
	op, isDir := string(q.Op), false
	if st, err := os.Stat(q.Path); err == nil {
		isDir = st.IsDir()
	}
	switch q.Op {
	case query.Delete:
		if lst, err := os.Lstat(strings.TrimRight(q.Path, "/")); err == nil && lst.IsDir() {
			op = "rmdir"
		}
		if exists && !t.canRestore(at) {
			return 0, false, errIrreversible
		}
	case query.Rmdir:
		if exists && !t.canRestore(at) {
			return 0, false, errIrreversible
		}
	case query.RenameTo:
		if toExists && !t.canRestore(to) {
			return 0, false, errIrreversible
		}
	case query.Read:
		if isDir {
			op = "list"
		}
	case query.Execute:
		if isDir {
			op = "search"
		}
	case query.Write, query.ReadWrite:
		if isDir {
			return k.intoDirectory(t, q)
		}
		if !isDir && unix.Access(q.Path, unix.F_OK) == unix.ENOENT {
			op += "-new"
		}
	}
	before := fingerprint(at, to)
	toID, toKind, _ := identOf(to)
	made := followed(q.Path)
	errno, err = k.ask(op, q.Path, q.To)
	if strings.HasSuffix(op, "-new") {
		// It may have been made and then not been opened.
		if os.Remove(made) != nil && errno == 0 {
			return 0, false, fmt.Errorf("cannot remove %q", made)
		}
		return errno, false, err
	}
	if err != nil || errno != 0 {
		return errno, false, err
	}
	switch {
	case q.Op == query.Create, q.Op == query.Mkdir, q.Op == query.Symlink, q.Op == query.Mkfifo, q.Op == query.Mksock, q.Op == query.Mkdev:
		return 0, false, os.Remove(at)
	case q.Op == query.LinkTo:
		return 0, false, os.Remove(to)
	case q.Op == query.Delete || q.Op == query.Rmdir:
		changed, err = t.restore(at, before[0])
		return 0, changed, err
	case q.Op == query.RenameTo:
		if fingerprint(at, to) == before {
			return 0, false, nil // two names of one thing
		}
		if err := unix.Rename(to, at); err != nil {
			return 0, false, err
		}
		if toExists {
			changed, err = t.restore(to, state{toID, toKind, true})
		}
		return 0, changed, err
	}
	return 0, false, nil
}

// intoDirectory asks whether something can be made in the directory, and for
// both, first whether it can be listed.
func (k *kernelEnd) intoDirectory(t *tree, q query.Question) (syscall.Errno, bool, error) {
	if q.Op == query.ReadWrite {
		if errno, err := k.ask("list", q.Path, ""); err != nil || errno != 0 {
			return errno, false, err
		}
	}
	name := q.Path + "/made by the oracle"
	errno, err := k.ask("create", name, "")
	if err == nil && errno == 0 {
		err = os.Remove(name)
	}
	return errno, false, err
}

type state struct {
	id     ident
	kind   uint32
	exists bool
}

func fingerprint(paths ...string) [2]state {
	var out [2]state
	for i, p := range paths {
		out[i].id, out[i].kind, out[i].exists = identOf(p)
	}
	return out
}

// canRestore reports whether what is at p can be made again as it was.
func (t *tree) canRestore(p string) bool {
	id, kind, _ := identOf(p)
	if kind == unix.S_IFDIR {
		// A bind mount would keep the one that is gone, in which nothing can be made.
		return !slices.ContainsFunc(t.mounts, func(m string) bool {
			mounted, _, _ := identOf(m)
			return m != p && mounted == id
		})
	}
	trial := filepath.Join(filepath.Dir(p), "tried by the oracle")
	err := unix.Linkat(unix.AT_FDCWD, t.saved[id], unix.AT_FDCWD, trial, 0)
	if err == nil {
		os.Remove(trial)
	}
	return err == nil || err == unix.EROFS // where nothing will succeed
}

// restore makes again what was at p. A directory is another one then.
func (t *tree) restore(p string, was state) (changed bool, err error) {
	if was.kind == unix.S_IFDIR {
		err := os.Mkdir(p, 0o755)
		if err == nil {
			err = os.Lchown(p, t.owner, t.owner)
		}
		return true, err
	}
	return false, unix.Linkat(unix.AT_FDCWD, t.saved[was.id], unix.AT_FDCWD, p, 0)
}

// lastOf is the path without symlinks of the last name of path, which itself is
// not followed, and whether something is there.
func lastOf(path string) (string, bool) {
	trimmed := strings.TrimRight(path, "/")
	dir, err := filepath.EvalSymlinks(dirPart(trimmed))
	if err != nil || trimmed == "" {
		return path, false
	}
	at := filepath.Join(dir, trimmed[strings.LastIndexByte(trimmed, '/')+1:])
	_, _, exists := identOf(at)
	return at, exists
}

func dirPart(path string) string { return path[:strings.LastIndexByte(path, '/')+1] }

// followed is where open(2) with O_CREAT makes a file: where a symlink points.
func followed(path string) string {
	for range 41 {
		to, err := os.Readlink(path)
		if err != nil {
			break
		}
		if !filepath.IsAbs(to) {
			dir, err := filepath.EvalSymlinks(dirPart(path))
			if err != nil {
				break
			}
			to = dir + "/" + to
		}
		path = to
	}
	return path
}
