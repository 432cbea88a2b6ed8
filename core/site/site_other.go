//go:build !linux

package site

import "golang.org/x/sys/unix"

// Dir is where all of it is, PolicyDir and ProfileDir the directories of the policies and
// of the profiles.
// /etc is a symlink on macOS.
const (
	Dir        = "/private/etc/nono"
	PolicyDir  = "/private/etc/nono/policy.d"
	ProfileDir = "/private/etc/nono/profiles"
)

const walk = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_CLOEXEC

func missing(string) bool { return false }
