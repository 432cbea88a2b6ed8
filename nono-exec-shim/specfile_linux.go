package main

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// refuseWritable returns an error if the command could change its own spec: the next start
// with this file would be another sandbox. path is the path of the spec, st the state of
// its file. A pipe or a file without a name is no problem: no later start reads it.
func refuseWritable(s *spec.Spec, path string, st *unix.Stat_t) error {
	if st.Mode&unix.S_IFMT != unix.S_IFREG || st.Nlink == 0 {
		return nil
	}
	self := carve.ID{Dev: uint64(st.Dev), Ino: st.Ino}
	way, err := directoriesTo(path, self)
	if err != nil {
		return &fault.Error{Do: "follow the way to the spec", Path: path, Err: err}
	}
	refuse := func(why, hint string) error {
		return &fault.Error{Do: "use the spec", Path: path, Err: fault.Text("the command could change it: " + why), Hint: hint}
	}
	_, err = carve.Rules(writing(s), func(r *carve.Rule) error {
		switch {
		case r.Rights&changing == 0:
		case way[r.ID] || r.ID == self:
			return refuse("writing is granted at "+fault.Quote(r.Path()), "keep the spec outside of what it grants, or add a line to it: deny-write PATH")
		case st.Nlink > 1 && unix.Access(path, unix.W_OK) == nil:
			return refuse("it has a second name (a hard link)", "copy it to a file of its own")
		}
		return nil
	})
	return err
}

// changing are the rights to change the content of a file, or to put another file in its
// place.
const changing = carve.WriteFile | carve.Create

// writing returns s without the grants that give none of these rights. Without them, the
// carve has far fewer rules.
func writing(s *spec.Spec) *spec.Spec {
	w := *s
	w.Paths = slices.DeleteFunc(slices.Clone(s.Paths), func(p spec.Path) bool {
		return p.Kind.Grants() && carve.Granted(p.Kind, s.Rmdir)&changing == 0
	})
	return &w
}

// directoriesTo returns the directories in which the kernel looks up path and the symlinks
// in it. A process that can replace an entry of such a directory can change the target of
// path. If path is a link in /proc to a descriptor, and its text does not lead to the file
// self, the result is nil: no later start opens the file by that name.
func directoriesTo(path string, self carve.ID) (map[carve.ID]bool, error) {
	if path[0] != '/' {
		cwd, err := unix.Getwd()
		if err != nil {
			return nil, err
		}
		path = spec.Join(cwd, path)
	}
	const how = unix.O_PATH | unix.O_NOFOLLOW | unix.O_CLOEXEC
	way := map[carve.ID]bool{}
	dir := -1
	defer func() { unix.Close(dir) }()
	// enter opens name in dir, makes it the new dir, and returns its type and ID.
	enter := func(name string) (uint32, carve.ID, error) {
		fd, err := unix.Openat(dir, name, how, 0)
		if err != nil {
			return 0, carve.ID{}, err
		}
		unix.Close(dir)
		dir = fd
		var st unix.Stat_t
		err = unix.Fstat(fd, &st)
		return st.Mode & unix.S_IFMT, carve.ID{Dev: uint64(st.Dev), Ino: st.Ino}, err
	}
	_, at, err := enter("/")
	for links := 0; err == nil; {
		name, rest, _ := strings.Cut(strings.TrimLeft(path, "/"), "/")
		if name == "" {
			return way, nil
		}
		way[at] = true
		buf := make([]byte, unix.PathMax)
		n, isLink := unix.Readlinkat(dir, name, buf)
		if path = rest; isLink != nil {
			var mode uint32
			mode, at, err = enter(name)
			if err == nil && mode != unix.S_IFDIR {
				return onlyIf(at == self, way), nil
			}
			continue
		}
		if links++; links > 40 {
			return nil, unix.ELOOP
		}
		if path = string(buf[:n]) + "/" + rest; path[0] == '/' {
			_, at, err = enter("/")
		}
	}
	if err == unix.ENOENT {
		return nil, nil
	}
	return nil, err
}

func onlyIf(yes bool, way map[carve.ID]bool) map[carve.ID]bool {
	if yes {
		return way
	}
	return nil
}
