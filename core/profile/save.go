package profile

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/whole"
	"golang.org/x/sys/unix"
)

// Own returns the text of the user's own profile of that name, and whether there is
// one. A file that Load would refuse is an error here too.
func Own(name string, env Env) (text string, found bool, err error) {
	if !goodName(name) {
		return "", false, named(name, badName(name))
	}
	dir := env.dir()
	if dir == "" {
		return "", false, noPlace(name)
	}
	text, err = readOwn(dir, filepath.Join(dir, name+suffix), env.UID)
	if err == errNone {
		return "", false, nil
	}
	return text, err == nil, err
}

// Save writes a profile of the user's own and returns its file: whole or not at all,
// for the user alone. One that is there is replaced only with replace, and never where
// it is a symlink, since that leads to a file of some other purpose. No profile is
// written where others than the user could have put the directory.
func Save(name, text string, env Env, replace bool) (file string, err error) {
	if !goodName(name) {
		return "", named(name, badName(name))
	}
	dir := env.dir()
	if dir == "" {
		return "", noPlace(name)
	}
	file = filepath.Join(dir, name+suffix)
	if IsBuiltin(name) && !replace {
		return "", unsaved(file, fault.Text("it would hide the built-in of that name"), "choose another name, or add --force")
	}
	if env.movedIntoWorkdir(dir) {
		return "", unsaved(file, fault.Text("XDG_CONFIG_HOME leads into the project that you are in, where a command in a sandbox may have made it"), "unset XDG_CONFIG_HOME")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", unsaved(file, err, "")
	}
	// The directory that is looked at is the one that is written into.
	at, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	var st unix.Stat_t
	if err == nil {
		defer unix.Close(at)
		err = unix.Fstat(at, &st)
	}
	if err != nil {
		return "", unsaved(file, err, "")
	}
	if why, hint := exposed(&st, dir, env.UID); why != "" {
		return "", unsaved(file, fault.Text("its directory is not safe: "+why), hint)
	}
	return file, put(at, name+suffix, file, text, replace)
}

func put(dir int, name, file, text string, replace bool) error {
	var st unix.Stat_t
	switch err := unix.Fstatat(dir, name, &st, unix.AT_SYMLINK_NOFOLLOW); {
	case errors.Is(err, unix.ENOENT):
	case err != nil:
		return unsaved(file, err, "")
	case st.Mode&unix.S_IFMT != unix.S_IFREG:
		return unsaved(file, fault.Text("something else than a regular file is there"), "choose another name")
	case !replace:
		return unsaved(file, fault.Text("there is one already"), "choose another name, add --force to replace it or --add-to to add to it")
	}
	var err error
	if replace {
		err = whole.Write(dir, name, text, 0o600, nil)
	} else { // which fails where the name is taken, also since the look above
		err = whole.Make(dir, name, text, 0o600)
	}
	if err != nil {
		return unsaved(file, err, "")
	}
	return nil
}

func noPlace(name string) error {
	return &fault.Error{Do: "find profile " + fault.Quote(name), Err: fault.Text("HOME is not set to an absolute path")}
}

func unsaved(file string, err error, hint string) error {
	return &fault.Error{Do: "write the profile", Path: file, Err: err, Hint: hint}
}
