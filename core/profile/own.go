package profile

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/paths"
	"golang.org/x/sys/unix"
)

// errNone says that the user has no profile of that name.
const errNone = fault.Text("no such profile")

// readOwn reads a user's own profile. A profile decides what a program may
// touch, so a file that somebody else could have written is refused: it must
// belong to the user or to root, and so must the directory, and no one else may
// write to either. Symlinks are followed, and what they lead to is judged.
func readOwn(dir, file string, uid int) (string, error) {
	f, err := os.OpenFile(file, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ENOTDIR) {
		// A symlink that leads nowhere is a mistake, and no reason to use the
		// built-in that it hides.
		if _, err := os.Lstat(file); err != nil {
			return "", errNone
		}
		return "", refused(file, fault.Text("it is a symlink that leads nowhere"), "")
	}
	if err != nil {
		hint := ""
		if at := paths.Shut(file, uid); at != "" { // a command may have changed the modes
			hint = "chmod u+rwX " + fault.Quote(at)
		}
		return "", refused(file, err, hint)
	}
	defer f.Close()
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return "", refused(file, err, "")
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return "", refused(file, fault.Text("it is not a regular file"), "")
	}
	if why, hint := exposed(&st, file, uid); why != "" {
		return "", refused(file, fault.Text(why), hint)
	}
	if err := unix.Stat(dir, &st); err != nil {
		return "", refused(file, err, "")
	}
	if why, hint := exposed(&st, dir, uid); why != "" {
		return "", refused(file, fault.Text("its directory is not safe: "+why), hint)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return "", refused(file, err, "")
	}
	return string(text), nil
}

// exposed says why others than the user and root can change what st describes.
func exposed(st *unix.Stat_t, path string, uid int) (why, hint string) {
	switch {
	case int(st.Uid) != uid && st.Uid != 0:
		return "it belongs to another user", "own it: copy it to a file of yours"
	case st.Mode&0o022 != 0:
		return "others can write to it", "chmod go-w " + fault.Quote(path)
	}
	return "", ""
}

func refused(file string, err error, hint string) error {
	return &fault.Error{Do: "read the profile", Path: file, Err: err, Hint: hint}
}

// ownFiles returns the files in dir that are named as profiles are.
func ownFiles(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var files []string
	for _, e := range entries {
		if filepath.Ext(e.Name()) == suffix {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	return files
}
