package undo

import (
	"sort"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// An ID is one inode, and not a later one of the same number.
type ID struct {
	Dev, Ino uint64
	Born     int64 // in nanoseconds of the wall clock; 0 where the file system does not tell
}

// A Meta is what is known about a thing besides its content.
type Meta struct {
	ID
	Mode       uint32 // with the type
	UID, GID   uint32
	Nlink      uint32
	Rdev       uint64
	Size       int64
	Atim, Mtim unix.Timespec
	Ctim       unix.Timespec // it cannot be set back; it tells whether somebody changed the thing
	Attributes []Attribute
	// Unread tells that nothing is known of the attributes.
	Unread bool
}

// An Attribute is an extended attribute.
type Attribute struct{ Name, Value string }

// Is reports whether the thing is of the type, one of unix.S_IF….
func (m *Meta) Is(kind uint32) bool { return m.Mode&unix.S_IFMT == kind }

// metaAt reads about the entry base of the directory dir, or about dir itself where
// base is empty. Extended attributes are not read.
func metaAt(dir int, base string) (*Meta, error) {
	var st unix.Statx_t
	flags := unix.AT_SYMLINK_NOFOLLOW
	if base == "" {
		flags |= unix.AT_EMPTY_PATH
	}
	if err := unix.Statx(dir, base, flags, unix.STATX_BASIC_STATS|unix.STATX_BTIME, &st); err != nil {
		return nil, err
	}
	m := &Meta{
		ID:   ID{Dev: unix.Mkdev(st.Dev_major, st.Dev_minor), Ino: st.Ino},
		Mode: uint32(st.Mode), UID: st.Uid, GID: st.Gid, Nlink: st.Nlink,
		Rdev: unix.Mkdev(st.Rdev_major, st.Rdev_minor), Size: int64(st.Size),
		Atim: timespec(st.Atime), Mtim: timespec(st.Mtime), Ctim: timespec(st.Ctime),
	}
	if st.Mask&unix.STATX_BTIME != 0 {
		born := timespec(st.Btime)
		m.Born = born.Nano()
	}
	return m, nil
}

func timespec(t unix.StatxTimestamp) unix.Timespec {
	return unix.NsecToTimespec(t.Sec*1e9 + int64(t.Nsec))
}

// procFD is a path to what the descriptor is, also one with O_PATH.
func procFD(fd int) string { return "/proc/self/fd/" + strconv.Itoa(fd) }

// attributesOf reads the extended attributes of what fd is, sorted. A file system
// without them has none.
func attributesOf(fd int) ([]Attribute, error) {
	path := procFD(fd)
	list, err := readAll(func(b []byte) (int, error) { return unix.Listxattr(path, b) })
	if err != nil {
		return nil, ignoreUnsupported(err)
	}
	var all []Attribute
	for name := range strings.SplitSeq(strings.TrimSuffix(list, "\x00"), "\x00") {
		if name == "" {
			continue
		}
		value, err := readAll(func(b []byte) (int, error) { return unix.Getxattr(path, name, b) })
		switch err {
		case nil:
			all = append(all, Attribute{name, value})
		case unix.ENODATA, unix.EACCES, unix.EPERM, unix.ENOTSUP:
			// Not this process's to read, so not its to set either.
		default:
			return nil, err
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all, nil
}

// readAll calls get with a buffer that is large enough.
func readAll(get func([]byte) (int, error)) (string, error) {
	for size := 256; ; size *= 4 {
		b := make([]byte, size)
		n, err := get(b)
		if err == unix.ERANGE && size < 1<<20 {
			continue
		}
		if err != nil {
			return "", err
		}
		return string(b[:n]), nil
	}
}

func ignoreUnsupported(err error) error {
	if err == unix.ENOTSUP || err == unix.EPERM || err == unix.EACCES {
		return nil
	}
	return err
}

// setMeta gives the thing that fd is, base in the directory dir, the metadata of m. The
// times are left where times is false. fd may be one with O_PATH.
func setMeta(fd, dir int, base string, m *Meta, times bool) error {
	now, err := metaAt(fd, "")
	if err != nil {
		return err
	}
	if now.UID != m.UID || now.GID != m.GID {
		if err := unix.Fchownat(fd, "", int(m.UID), int(m.GID), unix.AT_EMPTY_PATH|unix.AT_SYMLINK_NOFOLLOW); err != nil {
			return err
		}
	}
	if !m.Is(unix.S_IFLNK) {
		// The owner, who is not root, reads and sets attributes only where the mode lets him.
		if now.Mode&0o600 != 0o600 && !m.Unread && (len(m.Attributes) > 0 || hasAttributes(fd)) {
			if err := unix.Chmod(procFD(fd), now.Mode&0o7777|0o600); err != nil {
				return err
			}
		}
		// A change of the owner takes some of both away, so they come after it. The mode comes
		// last: attributes can change it too (acl(5)).
		if !m.Unread {
			if err := setAttributes(fd, m.Attributes); err != nil {
				return err
			}
		}
		if err := unix.Chmod(procFD(fd), m.Mode&0o7777); err != nil {
			return err
		}
	}
	if !times {
		return nil
	}
	return unix.UtimesNanoAt(dir, base, []unix.Timespec{m.Atim, m.Mtim}, unix.AT_SYMLINK_NOFOLLOW)
}

func hasAttributes(fd int) bool {
	n, err := unix.Listxattr(procFD(fd), nil)
	return err == nil && n > 0
}

// setAttributes gives the thing the attributes, and no others.
func setAttributes(fd int, want []Attribute) error {
	have, err := attributesOf(fd)
	if err != nil {
		return err
	}
	keep := map[string]string{}
	for _, a := range want {
		keep[a.Name] = a.Value
	}
	was := map[string]string{}
	for _, a := range have {
		was[a.Name] = a.Value
		if _, ok := keep[a.Name]; !ok {
			if err := unix.Removexattr(procFD(fd), a.Name); err != nil && err != unix.ENODATA && ignoreUnsupported(err) != nil {
				return err
			}
		}
	}
	for _, a := range want {
		if v, ok := was[a.Name]; ok && v == a.Value {
			continue
		}
		if err := unix.Setxattr(procFD(fd), a.Name, []byte(a.Value), 0); err != nil {
			return err
		}
	}
	return nil
}
