package chains

import (
	"os"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/supervise/files"
	"golang.org/x/sys/unix"
)

// Later sandboxes follow the symlinks in some directories (Dir.followed), so a command may
// put none there. What is renamed into one comes from a directory in which the command can
// exchange names at any time, also between the look at a name and the rename. So the kernel
// itself must hold the thing to its type: a directory by a slash behind its name, which
// rename(2) takes for nothing else, and anything else by a link to the thing that is held
// open. Not even for a moment does a symlink lie there.

// untrusted reports whether what goes from one directory into the other may be exchanged
// for a symlink that later sandboxes would follow.
func untrusted(from, to *Dir) bool {
	return to != nil && to.followed && (from == nil || !from.followed)
}

// stageName is the name under which a thing lies in a followed directory until it replaces
// another there.
func stageName() string { return ".nono-link-" + strconv.Itoa(os.Getpid()) }

// enter renames what is held open as thing, of type kind, from the name old in the directory
// dir to base in the directory to, as renameat2(2) does with flags, and never moves a symlink
// there.
func enter(thing int, kind uint32, dir int, old string, to int, base string, flags uint) error {
	switch kind & unix.S_IFMT {
	case unix.S_IFLNK:
		return unix.EACCES
	case unix.S_IFDIR:
		return unix.Renameat2(dir, strings.TrimSuffix(old, "/")+"/", to, base, flags)
	}
	err := linkTo(thing, to, base)
	if err == unix.EEXIST && flags&unix.RENAME_NOREPLACE == 0 {
		if at(to, base, thing) {
			return nil // two names of one file: rename(2) does nothing
		}
		err = replace(thing, to, base)
	}
	if err != nil || !at(dir, old, thing) {
		return err // what else came to lie at the old name stays
	}
	if err = unix.Unlinkat(dir, old, 0); err == unix.ENOENT || err == unix.EISDIR {
		return nil // exchanged in this moment
	}
	return err
}

// replace gives what is held open the name base in dir in the place of what has it. Names
// in dir no sandbox changes but by its supervisor, which lays no symlink there either.
func replace(thing, dir int, base string) error {
	stage := stageName()
	err := linkTo(thing, dir, stage)
	if err == unix.EEXIST { // of a killed supervisor
		unix.Unlinkat(dir, stage, 0)
		err = linkTo(thing, dir, stage)
	}
	if err != nil {
		return err
	}
	if err = unix.Renameat2(dir, stage, dir, base, 0); err != nil {
		unix.Unlinkat(dir, stage, 0)
	}
	return err
}

// linkTo gives what is held open one more name. The kernel follows the path to that very
// thing, whatever its name leads to (proc(5), /proc/pid/fd).
func linkTo(thing, to int, base string) error {
	return unix.Linkat(unix.AT_FDCWD, "/proc/self/fd/"+strconv.Itoa(thing), to, base, unix.AT_SYMLINK_FOLLOW)
}

// at reports whether thing lies at name in dir.
func at(dir int, name string, thing int) bool {
	var there, held unix.Stat_t
	return unix.Fstatat(dir, name, &there, unix.AT_SYMLINK_NOFOLLOW) == nil && unix.Fstat(thing, &held) == nil &&
		there.Dev == held.Dev && there.Ino == held.Ino
}

// moveGuarded renames into a followed directory.
func moveGuarded(p *files.Plan, flags uint) error {
	err := enter(p.At.Thing, p.At.Stat.Mode, p.At.Dir, p.At.Base, p.To.Dir, p.To.Name(), flags)
	switch err {
	case unix.EPERM, unix.EOPNOTSUPP, unix.EMLINK:
		return unix.EXDEV // another user's file, or a file system without links: copying works
	}
	return err
}
