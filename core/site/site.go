// Package site reads what the administrator of a machine has laid down for nono:
// the policies that hold for everybody, and the profiles of the site. What somebody
// else than root could have written is refused, and so is what cannot be read:
// nothing starts then. No variable of the environment and no flag says where it is.
package site

import (
	"cmp"
	"os"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/fdio"
	"golang.org/x/sys/unix"
)

// The lists of who may sign profiles: keys of OpenSSH's, those that are revoked, and
// identities of Sigstore's with the root that vouches for them.
const (
	AllowedSigners     = "allowed_signers"
	RevokedKeys        = "revoked_keys"
	SigstoreIdentities = "sigstore_identities"
	TrustedRoot        = "trusted_root.json"
)

// Suffix is what the names of policies and profiles end in.
const Suffix = ".profile"

// MaxFile is the largest file that is read, in bytes: one is written by hand.
const MaxFile = 1 << 20

// A File is a policy or a profile of the site. Name is the file's without Suffix.
type File struct{ Name, Path, Text string }

// Policies returns the policies, in the order of their names: none where there is no
// directory for them. Names that begin with a dot do not count, nor do those of what an
// editor or a package manager leaves beside a policy (site.profile.old) and README. Any
// other name that does not end in Suffix is refused: who put the file there takes it for
// a policy that holds.
func Policies() ([]File, error) {
	dir, err := openDir(PolicyDir)
	if err != nil || dir < 0 {
		return nil, err
	}
	defer unix.Close(dir)
	names, err := names(dir, PolicyDir)
	if err != nil {
		return nil, err
	}
	files := make([]File, 0, len(names))
	for _, name := range names {
		if !strings.HasSuffix(name, Suffix) {
			if strings.Contains(name, Suffix) || name == "README" {
				continue
			}
			return nil, &fault.Error{Do: "use", Path: PolicyDir + "/" + name, Err: fault.Text("the name of a policy ends in '" + Suffix + "'"),
				Hint: "name it so if it is a policy, or keep it elsewhere"}
		}
		text, err := read(dir, PolicyDir, name)
		if err != nil {
			return nil, err
		}
		files = append(files, File{strings.TrimSuffix(name, Suffix), PolicyDir + "/" + name, text})
	}
	return files, nil
}

// Profile returns the site's profile of that name, which has no slash in it, and
// whether there is one.
func Profile(name string) (File, bool, error) {
	dir, err := openDir(ProfileDir)
	if err != nil || dir < 0 {
		return File{}, false, err
	}
	defer unix.Close(dir)
	text, err := read(dir, ProfileDir, name+Suffix)
	if f, ok := err.(*fault.Error); ok && f.Err == unix.ENOENT {
		return File{}, false, nil
	}
	return File{name, ProfileDir + "/" + name + Suffix, text}, err == nil, err
}

// List returns one of the site's lists of who may sign, by its name, and whether there
// is one.
func List(name string) (File, bool, error) {
	f := File{name, Dir + "/" + name, ""}
	dir, err := openDir(Dir)
	if err != nil || dir < 0 {
		return f, false, err
	}
	defer unix.Close(dir)
	f.Text, err = read(dir, Dir, name)
	if e, ok := err.(*fault.Error); ok && e.Err == unix.ENOENT {
		return f, false, nil
	}
	return f, err == nil, err
}

// Profiles returns the names of the site's profiles, sorted.
func Profiles() ([]string, error) {
	dir, err := openDir(ProfileDir)
	if err != nil || dir < 0 {
		return nil, err
	}
	defer unix.Close(dir)
	files, err := names(dir, ProfileDir)
	files = slices.DeleteFunc(files, func(n string) bool { return !strings.HasSuffix(n, Suffix) })
	for i := range files {
		files[i] = strings.TrimSuffix(files[i], Suffix)
	}
	return files, err
}

func refuse(path string, err error) error {
	f := &fault.Error{Do: "use", Path: path, Err: err, Hint: "the policies of this machine need this: ask its administrator"}
	if why, ok := err.(exposed); ok {
		f.Do = "trust"
		f.Hint = string(why.remedy) + " " + fault.Quote(path) + ", as root"
	}
	return f
}

// exposed says why others than root could have written something, and what mends it.
type exposed struct{ why, remedy fault.Text }

func (e exposed) Error() string { return string(e.why) }

// openDir opens one of the directories, each on the way to it from the root on being
// root's alone and no symlink. It returns -1 where there is none.
func openDir(path string) (int, error) {
	if missing(path) {
		return -1, nil
	}
	fd, err := unix.Open("/", walk, 0)
	if err != nil {
		return -1, refuse("/", err)
	}
	at := ""
	for name := range strings.SplitSeq(path[1:], "/") {
		if err := rootsAlone(fd, unix.S_IFDIR); err != nil {
			unix.Close(fd)
			return -1, refuse(cmp.Or(at, "/"), err)
		}
		at += "/" + name
		next, err := unix.Openat(fd, name, walk|unix.O_NOFOLLOW, 0)
		unix.Close(fd)
		switch {
		case err == unix.ENOENT:
			return -1, nil
		case err == unix.ELOOP, err == unix.ENOTDIR:
			return -1, refuse(at, fault.Text("it is not a directory, or a symlink"))
		case err != nil:
			return -1, refuse(at, err)
		}
		fd = next
	}
	if err := rootsAlone(fd, unix.S_IFDIR); err != nil {
		unix.Close(fd)
		return -1, refuse(at, err)
	}
	return fd, nil
}

// rootsAlone says why what fd is open on is not of this type, or could have been
// changed by somebody else than root. An access control list that lets others write
// shows in the bits of the group (acl(5)).
func rootsAlone(fd int, kind uint32) error {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return err
	}
	switch {
	case uint32(st.Mode)&unix.S_IFMT != kind:
		return fault.Text("it is not a regular file")
	case st.Uid != 0:
		return exposed{"it does not belong to root", "chown root"}
	case st.Mode&0o022 != 0:
		return exposed{"others than root can write to it", "chmod go-w"}
	}
	return nil
}

// names returns the names in an open directory that do not begin with a dot, sorted.
func names(dir int, path string) ([]string, error) {
	again, err := unix.Openat(dir, ".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, refuse(path, err)
	}
	f := os.NewFile(uintptr(again), path)
	defer f.Close()
	all, err := f.Readdirnames(-1)
	if err != nil {
		return nil, refuse(path, err)
	}
	all = slices.DeleteFunc(all, func(n string) bool { return n[0] == '.' })
	slices.Sort(all)
	return all, nil
}

// read reads one file of an open directory.
func read(dir int, path, name string) (string, error) {
	path += "/" + name
	fd, err := unix.Openat(dir, name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err == unix.ELOOP {
		err = fault.Text("it is a symlink")
	}
	if err != nil {
		return "", refuse(path, err)
	}
	defer unix.Close(fd)
	if err := rootsAlone(fd, unix.S_IFREG); err != nil {
		return "", refuse(path, err)
	}
	text, err := fdio.ReadAll(fd, MaxFile+1)
	if err == nil && len(text) > MaxFile {
		err = fault.Text("it is larger than 1 MiB")
	}
	if err != nil {
		return "", refuse(path, err)
	}
	return string(text), nil
}
