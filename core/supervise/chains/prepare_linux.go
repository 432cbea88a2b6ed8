package chains

import (
	"os"
	"strconv"
	"time"

	"github.com/nono-sandbox/nono/core/fdio"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// How many files and directories a command can make in chain directories of one mount:
// so many more as there are already, since what builds in place makes about one file for
// each, within bounds. Each costs about 50 µs at the start. A file that is removed or
// replaced there, and that nobody has open, serves again.
const (
	leastFiles, mostFiles = 64, 512
	leastDirs, mostDirs   = 16, 64
	poolFIFOs             = 4
)

// Prepare makes, for each mount that has chain directories, empty files and directories
// that the sandbox of s grants each by itself: a Landlock rule is of the thing and not of
// its name, so what is renamed to a new name in a chain directory can be used there like
// everything else. It adds the lines to s, and returns where they lie, and the directories
// in which nothing can be made, since they give no place for them. dirs are those of s.
func Prepare(s *spec.Spec, dirs Dirs, temp string) (pools []string, without []string) {
	type key struct {
		mount uint64
		reads bool
	}
	groups := map[key][]*Dir{}
	var order []key
	for _, d := range dirs.sorted() {
		k := key{d.mount, d.reads}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], d)
	}
	for _, k := range order {
		path, err := makePool(s, groups[k], temp)
		if err != nil {
			for _, d := range groups[k] {
				without = append(without, d.Path)
			}
			continue
		}
		pools = append(pools, path)
	}
	return pools, without
}

// makePool makes the pool for all, in the private temp where that is on the same mount
// and else in the first of them that lets it.
func makePool(s *spec.Spec, all []*Dir, temp string) (path string, err error) {
	if fd, err := unix.Open(temp, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0); err == nil {
		if _, mount, err := identity(fd); err == nil && mount == all[0].mount {
			path = spec.Join(temp, ".names-"+strconv.FormatBool(all[0].reads))
		}
		unix.Close(fd)
	}
	if path != "" {
		return path, fill(s, path, all)
	}
	for _, d := range all {
		// By then its supervisor has it open.
		sweep(d.Path, time.Minute)
	}
	for _, d := range all {
		path = spec.Join(d.Path, poolPrefix+strconv.Itoa(os.Getpid()))
		if err = fill(s, path, all); err == nil {
			break
		}
	}
	return path, err
}

// fill makes the directory path and what is in it. It adds all lines to s, or none.
func fill(s *spec.Spec, path string, all []*Dir) error {
	if err := unix.Mkdir(path, 0o700); err != nil {
		return err
	}
	var entries, directories int
	for _, d := range all {
		e, n := count(d.Path)
		if d.private {
			e = 3 * leastFiles // what is there is of others
		}
		entries, directories = entries+e, directories+n
	}
	dir, file := spec.Write, spec.WriteFile
	if all[0].reads {
		dir, file = spec.Allow, spec.AllowFile
	}
	var lines []spec.Path
	for _, part := range []struct {
		prefix string
		count  int
		kind   spec.Kind
		make   func(name string) error
	}{
		{"f", min(leastFiles+entries, mostFiles), file, func(name string) error { return unix.Mknod(name, unix.S_IFREG|0o600, 0) }},
		{"d", min(leastDirs+directories, mostDirs), dir, func(name string) error { return unix.Mkdir(name, 0o700) }},
		{"p", poolFIFOs, file, func(name string) error { return unix.Mkfifo(name, 0o600) }},
	} {
		for n := range part.count {
			name := spec.Join(path, part.prefix+strconv.Itoa(n))
			if err := part.make(name); err != nil {
				os.RemoveAll(path)
				return err
			}
			lines = append(lines, spec.Path{Kind: part.kind, Path: name, By: spec.Origin{Source: spec.System}})
		}
	}
	s.Paths = append(s.Paths, lines...)
	return nil
}

// count tells how many entries a directory has, and how many directories are among them,
// of the first thousand or so.
func count(path string) (entries, directories int) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, 0
	}
	defer unix.Close(fd)
	buf := make([]byte, 32<<10)
	n, err := unix.Getdents(fd, buf)
	if err != nil {
		return 0, 0
	}
	for rest := buf[:n]; len(rest) > 0; {
		var e fdio.Dirent
		e, rest = fdio.Entry(rest)
		entries++
		if e.Kind == unix.DT_DIR {
			directories++
		}
	}
	return entries, directories
}
