package protect

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/spec"
)

// secret is what every file has in it.
const secret = "secret\n"

// An entry is a protected path in a home.
type entry struct {
	path   string
	open   bool // deny-write: may be read
	dir    bool // as it is made where it is present
	nested bool // beneath another entry, or above one
}

// entries are the protected paths that belong to a home, with the XDG
// directories where they are by default and XDG_RUNTIME_DIR in run. Half of them
// are files and half directories, those with others beneath always.
func entries(t *testing.T, home string) []entry {
	t.Helper()
	list, err := lists.Protect("linux")
	if err != nil {
		t.Fatal(err)
	}
	env := variables(list, home)
	var out []entry
	for i, l := range list {
		path := os.Expand(strings.Replace(l.Path, "~/", home+"/", 1), func(name string) string { return env[name] })
		if strings.HasPrefix(path, home+"/") {
			out = append(out, entry{path: path, open: l.Kind == spec.DenyWrite, dir: i%2 == 0})
		}
	}
	if len(out) < 1800 {
		t.Fatalf("only %d protected paths belong to a home", len(out))
	}
	for i := range out {
		for j := range out {
			if spec.Beneath(out[j].path, out[i].path) {
				out[i].dir, out[i].nested, out[j].nested = true, true, true
			}
		}
	}
	return out
}

// variables gives every variable that stands in the list a value: a place in the
// home for one that begins a path, and a name for one further on.
func variables(list []lists.Protected, home string) map[string]string {
	env := map[string]string{"XDG_CONFIG_HOME": home + "/.config", "XDG_DATA_HOME": home + "/.local/share", "XDG_CACHE_HOME": home + "/.cache",
		"XDG_STATE_HOME": home + "/.local/state", "XDG_RUNTIME_DIR": home + "/run"}
	for _, l := range list {
		inner := false
		os.Expand(l.Path, func(name string) string {
			switch {
			case inner:
				env[name] = "of-" + name
			case l.Path[0] == '$' && env[name] == "":
				env[name] = home + "/vars/" + name
			}
			inner = true
			return ""
		})
	}
	return env
}

// covered reports whether path is at or beneath an entry.
func covered(list []entry, path string) bool {
	return slices.ContainsFunc(list, func(e entry) bool { return e.path == path || spec.Beneath(path, e.path) })
}

// listable reports whether a deny-write directory can be listed: no denied
// directory may be beneath it.
func listable(list []entry, e entry) bool {
	return !slices.ContainsFunc(list, func(f entry) bool { return !f.open && f.dir && spec.Beneath(f.path, e.path) })
}

// A table is what the probe shall try and what is to come of it.
type table struct {
	lines []line
}

type line struct {
	op, path string
	ok       bool // it works inside too
}

func (b *table) add(ok bool, path string, ops ...string) {
	for _, op := range ops {
		b.lines = append(b.lines, line{op, path, ok})
	}
}

var (
	reading  = []string{"read", "symlink-read", "dotdot", "proc-self", "proc-pid", "proc-cwd", "dirfd"}
	changing = []string{"write", "append", "overwrite", "truncate", "unlink", "rename-over", "exchange", "rename-away", "link-out", "symlink-write"}
	making   = []string{"create", "mkdir", "mkfifo", "symlink", "link-in", "rename-in", "dir-in", "create-through-symlink"}
)

// words are the line as an operation of the probe, which undoes what it changes.
// In work everything is allowed; there are files src and other, and a directory
// srcdir. The process outside belongs to the same user.
func (l line) words(work string, outside int) []string {
	holds := func(path string) []string { return []string{"holds", path, secret} }
	switch l.op {
	case "read":
		return holds(l.path)
	case "symlink-read":
		return []string{"by-symlink", work + "/ln", "holds", l.path, secret}
	case "symlink-write":
		return []string{"by-symlink", work + "/ln", "write", l.path}
	case "symlink-list":
		return []string{"by-symlink", work + "/ln", "list", l.path}
	case "dotdot":
		return holds(work + "/.." + l.path[len(filepath.Dir(work)):])
	case "proc-self":
		return holds("/proc/self/root" + l.path)
	case "proc-pid":
		return append([]string{"by-pid"}, holds(l.path)...)
	case "proc-outside":
		return holds("/proc/" + strconv.Itoa(outside) + "/root" + l.path)
	case "proc-cwd":
		return append([]string{"from-directory"}, holds(l.path)...)
	case "dirfd":
		return []string{"holds-openat", l.path, secret}
	case "overwrite":
		return []string{"back", "write-truncate", l.path}
	case "unlink-link":
		return []string{"back", "unlink", l.path}
	case "truncate", "unlink", "create", "mkdir", "mkfifo":
		return []string{"back", l.op, l.path}
	case "rename-over", "rename-in":
		return []string{"back", "rename", work + "/src", l.path}
	case "rename-away":
		return []string{"back", "rename", l.path, work + "/away"}
	case "dir-in":
		return []string{"back", "rename", work + "/srcdir", l.path}
	case "exchange":
		return []string{"back", "exchange", work + "/other", l.path}
	case "link-out":
		return []string{"back", "link", l.path, work + "/out"}
	case "link-in":
		return []string{"back", "link", work + "/src", l.path}
	case "symlink":
		return []string{"back", "symlink", "/dev/null", l.path}
	case "create-through-symlink":
		return []string{"back", "by-symlink", work + "/ln", "write-new", l.path}
	}
	return []string{l.op, l.path}
}

// present makes every entry and lists what shall be tried on it.
func present(t *testing.T, list []entry) *table {
	b := &table{}
	for _, e := range list {
		if !e.dir {
			write(t, e.path)
			b.file(e, e.path)
			continue
		}
		write(t, e.path+"/inside")
		b.file(e, e.path+"/inside")
		b.add(e.open && listable(list, e), e.path, "list", "symlink-list")
		b.add(false, e.path, "rename-away", "exchange")
		b.add(false, e.path+"/new", making...)
	}
	neighbours(t, b, list)
	return b
}

func (b *table) file(e entry, path string) {
	b.add(e.open, path, reading...)
	b.add(false, path, "proc-outside")
	b.add(false, path, changing...)
}

// neighbours makes a file, and beside some entries a directory, with a name that
// begins like the entry's. They stay usable, but for their own names: those are
// in a directory on the way to something protected.
func neighbours(t *testing.T, b *table, list []entry) {
	for i, e := range list {
		near := e.path + "-near"
		if covered(list, near) {
			continue
		}
		write(t, near)
		b.add(true, near, "read", "overwrite")
		if i%16 != 0 {
			continue
		}
		b.add(true, near, reading...)
		b.add(true, near, "write", "append", "truncate", "symlink-write")
		b.add(false, near, "unlink", "rename-away")
		write(t, near+".d/inside")
		b.add(true, near+".d", "list")
		b.add(true, near+".d/inside", reading...)
		b.add(true, near+".d/inside", changing...)
		b.add(true, near+".d/new", making...)
	}
}

// absent makes the directories in which the entries would be and lists the ways
// to make an entry.
func absent(t *testing.T, list []entry) *table {
	b := &table{}
	for _, e := range list {
		if dir := filepath.Dir(e.path); !covered(list, dir) {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			b.add(false, e.path, making...)
		}
	}
	return b
}

// empty lists the ways to make the first directory on the way to each entry, in
// a home in which there is nothing.
func empty(home string, list []entry) *table {
	b := &table{}
	for _, e := range list {
		name, _, _ := strings.Cut(e.path[len(home)+1:], "/")
		if first := home + "/" + name; !slices.ContainsFunc(b.lines, func(l line) bool { return l.path == first }) {
			b.add(false, first, "mkdir", "dir-in", "symlink")
		}
	}
	return b
}

// linked makes every entry a symlink to a file or directory elsewhere in the
// home, which is then as protected as the name.
func linked(t *testing.T, home string, list []entry) *table {
	b := &table{}
	for i, e := range list {
		if e.nested {
			continue
		}
		target := home + "/targets/" + "0123456789"[i%10:i%10+1] + "/" + filepath.Base(e.path)
		if _, err := os.Lstat(target); err == nil {
			target += "-again"
		}
		file := target
		if e.dir {
			file = target + "/inside"
		}
		write(t, file)
		if err := os.MkdirAll(filepath.Dir(e.path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, e.path); err != nil {
			t.Fatal(err)
		}
		b.add(false, e.path, "unlink-link", "rename-away", "exchange", "link-out")
		b.file(e, file)
		if e.dir {
			b.add(e.open, e.path+"/inside", reading...)
			b.add(false, e.path+"/inside", changing...)
			b.add(false, target, "rename-away", "exchange")
		} else {
			b.add(e.open, e.path, reading...)
			b.add(false, e.path, "write", "append", "overwrite", "truncate", "symlink-write")
		}
	}
	return b
}

func write(t *testing.T, path string) {
	t.Helper()
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, []byte(secret), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
