package query

// Ahead begins a path that a command opens to say that its next open is a question and
// nothing more: behind it stands what that is for. Nothing is ever there, since /dev/null
// is no directory. A supervisor that asks answers EALREADY, to the question too where a
// person says yes.
const Ahead = "/dev/null/nono-ask\n"

// Performed reports whether a supervisor can do op in the place of a command: it opens,
// makes, removes and renames. It cannot start a program for it.
func Performed(op Op) bool {
	switch op {
	case Read, Write, ReadWrite, List, Create, Delete, Rmdir, Mkdir, Symlink, Mkfifo, Truncate, RenameTo, LinkTo:
		return true
	}
	return false
}
