package policy

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// Host is the machine and user that a policy is for.
type Host struct {
	GOOS   string
	Dir    string              // the working directory, absolute
	Env    func(string) string // like os.Getenv
	UID    int
	Passwd string // the text of /etc/passwd, or "" where there is none
	// Own is the user's own list of protected paths and its file name, if any.
	Own, OwnName string
}

// ThisHost describes the machine and user at hand, for a policy that is made as
// on the operating system goos.
func ThisHost(goos string) (Host, error) {
	dir, err := unix.Getwd()
	if err != nil {
		return Host{}, &fault.Error{Do: "tell the working directory", Err: err, Hint: "cd to a directory that exists"}
	}
	h := Host{GOOS: goos, Dir: dir, Env: os.Getenv, UID: unix.Getuid()}
	// Without a user database HOME alone says where the home is. One that is
	// there and cannot be read may name a home that would go unprotected: stop.
	passwd, err := os.ReadFile("/etc/passwd")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return h, &fault.Error{Do: "read the user database", Path: "/etc/passwd", Err: cause(err)}
	}
	h.Passwd = string(passwd)
	config := os.Getenv("XDG_CONFIG_HOME")
	if !strings.HasPrefix(config, "/") {
		config = h.home() + "/.config"
	}
	if h.OwnName = config + "/nono/protected"; !strings.HasPrefix(h.OwnName, "/") {
		return h, nil
	}
	text, err := os.ReadFile(h.OwnName)
	// A list that exists and cannot be read would protect nothing: stop.
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return h, &fault.Error{Do: "read the list of protected paths", Path: h.OwnName, Err: cause(err)}
	}
	h.Own = string(text)
	return h, nil
}

// cause takes the path off an error of package os: the message has it already.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// home is HOME, or what the user database says where it is not set.
func (h *Host) home() string {
	if home := h.Env("HOME"); home != "" {
		return home
	}
	for entry := range strings.SplitSeq(h.Passwd, "\n") {
		if uid, path := passwdEntry(entry); uid == h.UID && path != "" {
			return path
		}
	}
	return ""
}
