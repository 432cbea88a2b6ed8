package query

// Ahead begins a path that a command opens to ask for a grant without using it: its next
// open is only the question, and the reason stands after Ahead. No such file can exist,
// because /dev/null is no directory. A supervisor with --ask answers EALREADY to this open.
// It also answers EALREADY to the next open, if a person says yes.
const Ahead = "/dev/null/nono-ask\n"

// Performed reports whether a supervisor can perform op for a command. It can open, make,
// remove and rename files, but not start a program.
func Performed(op Op) bool {
	switch op {
	case Read, Write, ReadWrite, List, Create, Delete, Rmdir, Mkdir, Symlink, Mkfifo, Truncate, RenameTo, LinkTo:
		return true
	}
	return false
}
