package policy

import (
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/fdio"
	"golang.org/x/sys/unix"
)

// Host is the machine and user that a policy is for.
type Host struct {
	GOOS   string
	Dir    string              // the working directory, absolute
	Env    func(string) string // like os.Getenv
	UID    int
	Passwd string // the text of /etc/passwd, or "" where there is none
	// XcodeLink is the symlink that xcode-select(1) keeps, as root.
	XcodeLink string
	// Own are the user's own lists of protected paths.
	Own []OwnList
}

// OwnList is a list of protected paths of the user's own.
type OwnList struct{ Name, Text string }

// ThisHost describes the machine and user at hand, for a policy that is made as
// on the operating system goos.
func ThisHost(goos string) (Host, error) {
	dir, err := unix.Getwd()
	if err != nil {
		return Host{}, &fault.Error{Do: "tell the working directory", Err: err, Hint: "cd to a directory that exists"}
	}
	h := Host{GOOS: goos, Dir: dir, Env: os.Getenv, UID: unix.Getuid(), XcodeLink: "/var/db/xcode_select_link"}
	// Without a user database HOME alone says where the home is. One that is
	// there and cannot be read may name a home that would go unprotected: stop.
	passwd, err := readFile("/etc/passwd")
	if err != nil && err != unix.ENOENT {
		return h, &fault.Error{Do: "read the user database", Path: "/etc/passwd", Err: err}
	}
	h.Passwd = passwd
	for _, name := range h.ownLists() {
		text, err := readFile(name)
		if err == unix.ENOENT && isSymlink(name) {
			err = fault.Text("it is a symlink that leads nowhere")
		}
		// A list that exists and cannot be read would protect nothing: stop.
		if err != nil && err != unix.ENOENT && err != unix.ENOTDIR {
			f := &fault.Error{Do: "read the list of protected paths", Path: name, Err: err}
			if err == unix.EACCES { // a command may have changed the modes
				f.Hint = "chmod u+rwx " + fault.Quote(filepath.Dir(filepath.Dir(name))) + " " + fault.Quote(filepath.Dir(name)) + "; chmod u+r " + fault.Quote(name)
			}
			return h, f
		}
		if other := otherList(name, err); other != "" {
			return h, &fault.Error{Do: "read the list of protected paths", Path: name, Err: fault.Text("there is " + fault.Quote(other) + " instead, which nothing reads"),
				Hint: "mv " + fault.Quote(other) + " " + fault.Quote(name)}
		}
		if text != "" {
			h.Own = append(h.Own, OwnList{name, text})
		}
	}
	return h, nil
}

// otherList returns a file beside a list that does not exist, with a name such as
// protected.txt or Protected, or "": it looks like a list and protects nothing.
func otherList(name string, err error) string {
	if err != unix.ENOENT {
		return ""
	}
	entries, err := os.ReadDir(filepath.Dir(name))
	if err != nil {
		return "" // most often there is no such directory
	}
	for _, e := range entries {
		switch strings.ToLower(e.Name()) {
		case "protected", "protected.txt", "protected.list", "protected.lst", "protected.conf", "protected.cfg", "protected.d", "protected-paths", "protect":
			return filepath.Join(filepath.Dir(name), e.Name())
		}
	}
	return ""
}

// ownLists returns where the user's own list may be. Like a protected path in an
// XDG directory it counts in every place, also in the home of the user database: a
// variable that something has set for this run only must not do away with it.
func (h *Host) ownLists() []string {
	var files []string
	add := func(config string) {
		file := filepath.Clean(config + "/nono/protected")
		if strings.HasPrefix(config, "/") && !slices.Contains(files, file) {
			files = append(files, file)
		}
	}
	if home := h.home(); home != "" {
		add(home + "/.config")
	}
	for path, own := range h.Homes() {
		if own {
			add(path + "/.config")
		}
	}
	add(h.Env("XDG_CONFIG_HOME"))
	return files
}

// readFile reads a whole file. It must be a regular one, so that reading it ends.
func readFile(path string) (string, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return "", err
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return "", err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return "", fault.Text("it is not a regular file")
	}
	text, err := fdio.ReadAll(fd, math.MaxInt)
	return string(text), err
}

// isSymlink reports whether path is a symlink.
func isSymlink(path string) bool {
	var st unix.Stat_t
	return unix.Lstat(path, &st) == nil && uint32(st.Mode)&unix.S_IFMT == unix.S_IFLNK
}

// home is HOME, or what the user database says where it is not set.
func (h *Host) home() string {
	if home := h.Env("HOME"); home != "" {
		return home
	}
	for path, own := range h.Homes() {
		if own {
			return path
		}
	}
	return ""
}

// Homes yields the homes in the user database (passwd(5)), absolute and clean,
// and whether each is this user's own.
func (h *Host) Homes() iter.Seq2[string, bool] {
	return func(yield func(path string, own bool) bool) {
		for entry := range strings.SplitSeq(h.Passwd, "\n") {
			f := strings.SplitN(entry, ":", 7)
			if len(f) < 7 || !strings.HasPrefix(f[5], "/") {
				continue
			}
			uid, err := strconv.Atoi(f[2])
			if err == nil && !yield(filepath.Clean(f[5]), uid == h.UID) {
				return
			}
		}
	}
}
