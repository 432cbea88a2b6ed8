package files

import (
	"slices"

	"github.com/nono-sandbox/nono/core/supervise/caller"
	"golang.org/x/sys/unix"
)

// own is what this process is, which it stays.
type own struct {
	identity identity
	known    bool // there is an identity, and a namespace
	users    unix.Stat_t
	root     int // its root directory, with O_PATH; -1 where that cannot be opened
	at       unix.Statx_t
}

// ourselves looks at this process. What cannot be learnt is like nobody's.
func ourselves() own {
	var o own
	s, err := caller.Own()
	o.known = err == nil && unix.Stat("/proc/self/ns/user", &o.users) == nil
	o.identity = identity{uid: s.UID, gid: s.GID, groups: s.Groups, caps: s.Caps}
	if o.root, err = unix.Open("/", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0); err != nil {
		o.root = -1
		return o
	}
	if unix.Statx(o.root, "", unix.AT_EMPTY_PATH, ofPlace, &o.at) != nil {
		unix.Close(o.root)
		o.root = -1
	}
	return o
}

const ofPlace = unix.STATX_INO | unix.STATX_MNT_ID

// identify returns how a file system sees the caller. One in a user namespace of its own
// has its capabilities over nothing that counts here.
func (o *own) identify(p *caller.Process, s *caller.Status) identity {
	i := identity{uid: s.UID, gid: s.GID, groups: s.Groups, caps: s.Caps}
	var theirs unix.Stat_t
	if i.caps != 0 && (!o.known || p.Stat("ns/user", &theirs) != nil || o.users.Ino != theirs.Ino || o.users.Dev != theirs.Dev) {
		i.caps = 0
	}
	return i
}

// is reports whether a file system sees this process as it sees i.
func (o *own) is(i *identity) bool {
	return o.known && o.identity.uid == i.uid && o.identity.gid == i.gid && o.identity.caps == i.caps && slices.Equal(o.identity.groups, i.groups)
}

// sameRoot reports whether the caller's root directory is this process's own.
func (o *own) sameRoot(p *caller.Process) bool {
	var st unix.Statx_t
	return o.root >= 0 && p.Statx("root", ofPlace, &st) == nil &&
		st.Ino == o.at.Ino && st.Dev_major == o.at.Dev_major && st.Dev_minor == o.at.Dev_minor && st.Mnt_id == o.at.Mnt_id
}

// as runs f as i: at once, where this process is as i, and else on a thread that is. Only
// where f makes something it has the umask.
func (f *Performer) as(i identity, umask int, makes bool, do func()) error {
	if !makes && f.own.is(&i) {
		do()
		return nil
	}
	return f.workers.as(i, umask, do)
}
